"""``fetch``: the raw files, from the first source that has them.

In order: the local mirror ``COMPETITION_DATA``, the declared zip or folder, scikit-learn, OpenML, Kaggle.

    data/<competition>/fetch/
      train.csv ...   the raw files, unpacked flat, under their own names
      source.json     where they come from, and each file's hash and size
"""

from __future__ import annotations

import difflib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.errors import PodiumError, nearest
from pipeline.core.job import Job
from pipeline.core.tables import write_json
from pipeline.declaration.specs import FetchSpec, read_spec
from pipeline.sources.archives import space_errors, unpack

if TYPE_CHECKING:
    from pipeline.sources.holdout import Layout

MIRROR = "COMPETITION_DATA"


@dataclass(frozen=True)
class Origin:
    """Where the files come from: the kind of source, and which one of that kind."""

    kind: str
    name: str


def run(job: Job) -> str:
    """Bring the files, check that the declared ones are among them, and write ``fetch/``."""
    spec = read_spec(job, FetchSpec)
    with job.writing() as folder, space_errors(spec.competition, folder):
        origin = gather(spec, job, folder)
        if spec.source.kaggle.table and origin.kind in ("mirror", "path", "kaggle"):
            _split_table(spec, job, folder, origin)
        check_declared(spec, folder, origin)
        files = {path.name: _described(path) for path in sorted(folder.iterdir())}
        write_json({"kind": origin.kind, "from": origin.name, "files": files}, folder / "source.json")
        size = sum(path.stat().st_size for path in folder.iterdir() if path.name in files)
    if origin.kind == "kaggle":
        (job.paths.cache("fetch") / f"{origin.name.replace('/', '-')}.zip").unlink(missing_ok=True)
    return f"{len(files)} files, {size / 1e6:.1f} MB, from {origin.kind} {origin.name}"


def gather(spec: FetchSpec, job: Job, folder: Path) -> Origin:
    """Put the raw files of the first source that has them into ``folder``."""
    source, root = spec.source, job.paths.root
    slug = source.kaggle.mirrored or spec.competition
    also = frozenset(name for _, name in declared_files(spec)) | {source.kaggle.table or ""}
    if mirror := mirrored(slug, root):
        unpack(mirror, folder, spec.competition, also)
        return Origin("mirror", mirror.name)
    if source.path:
        unpack(_declared_path(spec, root), folder, spec.competition, also)
        return Origin("path", source.path)
    if source.sklearn or source.openml:
        return _from_library(spec, job, folder)
    if absent := not_mirrored(slug, root):
        job.screen.note(absent)
    if source.kaggle.asked:
        return _from_kaggle(spec, job, folder, also)
    raise _no_source(spec, slug)


def mirrored(slug: str, root: Path) -> Path | None:
    """``<slug>.zip`` or ``<slug>/`` in the folder that ``COMPETITION_DATA`` names, from the root or from here."""
    for base in mirrors(root):
        for found in (base / f"{slug}.zip", base / slug):
            if found.exists():
                return found
    return None


def not_mirrored(slug: str, root: Path) -> str:
    """What is wrong with a ``COMPETITION_DATA`` that is set and has no such files; empty where it is not set."""
    bases = mirrors(root)
    if not bases:
        return ""
    there = next((base for base in bases if base.is_dir()), None)
    if there is None:
        return f"{MIRROR} is {os.environ[MIRROR]}, and there is no such folder"
    named = {path.stem: path.name for path in sorted(there.iterdir())}
    close = difflib.get_close_matches(slug, named, n=1)
    hint = f"; {named[close[0]]} is there" if close else ""
    return f"{MIRROR} is {os.environ[MIRROR]}, which holds neither {slug}.zip nor {slug}/{hint}"


def mirrors(root: Path) -> list[Path]:
    """The folders that ``COMPETITION_DATA`` may name, from the root and from here; none where it is not set."""
    named = os.environ.get(MIRROR, "")
    return list(dict.fromkeys(base / Path(named).expanduser() for base in (root, Path.cwd()))) if named else []


def declared_files(spec: FetchSpec) -> list[tuple[str, str]]:
    """The key and the name of every file that the declaration counts on."""
    files = spec.source.files
    named = [(f"source.files.{key}", getattr(files, key)) for key in ("train", "test", "labels", "sample", "solution")]
    for name, join in spec.tables.items():
        named += [
            (f"tables.{name}.file", join.file),
            *((f"tables.{name}.more_files", more) for more in join.more_files),
        ]
    return [(key, name) for key, name in named if name]


def check_declared(spec: FetchSpec, folder: Path, origin: Origin) -> None:
    """Refuse a declared file that is not among the raw ones, or is empty."""
    for key, name in declared_files(spec):
        _must_be_there(spec, key, name, folder, origin)


def _must_be_there(spec: FetchSpec, key: str, name: str, folder: Path, origin: Origin) -> None:
    there = sorted(path.name for path in folder.iterdir())
    where = f"{origin.kind} {origin.name}"
    if name not in there:
        step = nearest(name, there).replace("Known:", "There are:") if there else "It holds no tables at all"
        if key == "source.files.sample":
            step += ". Write null where the competition ships no sample submission"
        raise PodiumError(spec.competition, key, "must name a file that is there", got=name, where=where, step=step)
    if _is_blank(folder / name):
        raise PodiumError(spec.competition, key, "must name a file that is not empty", got=name, where=where)


def _declared_path(spec: FetchSpec, root: Path) -> Path:
    path = root / Path(str(spec.source.path)).expanduser()
    if not path.exists():
        there = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        step = nearest(path.name, there[:30]).replace("Known:", "There are:") if there else ""
        raise PodiumError(spec.competition, "source.path", "must be there", got=str(spec.source.path), step=step)
    return path


def _from_library(spec: FetchSpec, job: Job, folder: Path) -> Origin:
    from pipeline.sources.holdout import from_openml, from_sklearn, lay_out

    if spec.source.sklearn:
        frame, origin = from_sklearn(spec), Origin("sklearn", spec.source.sklearn)
    else:
        frame = from_openml(spec, job.paths.cache("fetch"), job.screen.note)
        origin = Origin("openml", str(spec.source.openml))
    _write_layout(lay_out(frame, spec), spec, folder)
    return origin


def _split_table(spec: FetchSpec, job: Job, folder: Path, origin: Origin) -> None:
    """Put train and test file in the place of a data set's one table."""
    from pipeline.sources.holdout import from_table, lay_out

    name = str(spec.source.kaggle.table)
    _must_be_there(spec, "source.kaggle.table", name, folder, origin)
    layout = lay_out(from_table(folder / name, spec, job.screen.note), spec)
    (folder / name).unlink()
    _write_layout(layout, spec, folder)


def _write_layout(layout: Layout, spec: FetchSpec, folder: Path) -> None:
    files = spec.source.files
    tables = {files.train: layout.train, files.tested: layout.test, files.sample: layout.sample}
    tables[files.solution] = layout.solution
    for name, table in tables.items():
        if name:
            table.to_csv(folder / name, index=False, lineterminator="\n")


def _from_kaggle(spec: FetchSpec, job: Job, folder: Path, also: frozenset[str]) -> Origin:
    from pipeline.sources.kaggle import download

    slug = str(spec.source.kaggle.asked)
    archive = download(slug, job.paths.cache("fetch"), spec.competition, job.screen.note)
    try:
        unpack(archive, folder, spec.competition, also)
    except PodiumError:
        archive.unlink(missing_ok=True)
        raise
    return Origin("kaggle", slug)


def _no_source(spec: FetchSpec, slug: str) -> PodiumError:
    step = (
        f"Set {MIRROR} to a folder that holds {slug}.zip or {slug}/; or declare source.path (a zip or a folder), "
        "source.sklearn (a data set of scikit-learn), source.openml (a data set's id) "
        "or source.kaggle (a competition's slug, or dataset: owner/name)"
    )
    return PodiumError(spec.competition, "source", "must say where the raw files come from", step=step)


def _is_blank(path: Path) -> bool:
    with path.open("rb") as stream:
        return not stream.read(65536).strip()


def _described(path: Path) -> dict[str, str | int]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"sha256": digest, "bytes": path.stat().st_size}
