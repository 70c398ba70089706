"""The course: a competition's training rows, cut into files to train on, files to predict, and answers kept apart.

raw/         train, test, sample submission and side tables, laid out as the competition's own files are
peer/        train.csv and test.csv for peers, and task.json
answers.npz  the held-out target, which no contestant gets
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from benchmarks.automatic import draw, write_files
from pipeline.core.errors import PodiumError
from pipeline.core.tables import read_json, read_table
from pipeline.dataset import Schema
from pipeline.declaration.competition import Competition
from pipeline.declaration.read import Loader, read_declaration
from pipeline.folds import TRAIN, VALID, Folds
from pipeline.reading import read_raw
from pipeline.stages.fetch import MIRROR, mirrors

ROOT = Path(__file__).resolve().parent.parent.parent
PREPARED = ("plan", "fetch", "clean", "features", "split")


@dataclass(frozen=True)
class Course:
    """What a race is run on.

    Parameters
    ----------
    folder : Path
        Holds ``raw/``, ``peer/`` and ``answers.npz``.
    competition : Competition
        The declaration.
    classes : tuple of str
        The labels in the order of their codes; empty for values.
    y : array of shape (n,)
        The held-out rows' codes or values, in the order of the test file.
    rows : int
        The training rows.
    """

    folder: Path
    competition: Competition
    classes: tuple[str, ...]
    y: np.ndarray
    rows: int


def lay(name: str, work: Path) -> Course:
    """Prepare a competition as far as its folds in a copy of the project, and cut its raw files by one of them.

    Parameters
    ----------
    name : str
        The competition's folder.
    work : Path
        An empty folder.

    Returns
    -------
    Course
        The held-out rows are those that the last fold of the first repeat validates: the youngest, where folds go
        forward in time. Rows that it neither trains on nor validates (a gap) are in no file.
    """
    scratch = project(name, work / "prepared")
    for stage in PREPARED:
        _command(name, scratch, stage, name)
    competition = read_declaration(scratch / "competitions" / name / "competition.yaml")
    data = scratch / "data" / name
    folds = Folds.read(data / "split" / "folds.parquet")
    mark = [folds.marks[fold] for fold in folds.names if fold.startswith("r0")][-1]
    target = read_table(data / "clean" / "target.parquet")["target"].to_numpy()
    scored = folds.row_id[mark == VALID]
    raw = _raw(competition, data / "fetch", set(folds.row_id[mark == TRAIN].tolist()), scored)
    _write(raw, competition, data / "fetch", work)
    np.savez(work / "answers.npz", y=target[mark == VALID])
    classes = classes_of(data)
    _write_task(competition, classes, work / "peer")
    return Course(work, competition, classes, target[mark == VALID], int((mark == TRAIN).sum()))


def lay_drawn(name: str, work: Path) -> Course:
    """Write the files of a made-up competition or a published table, declared by ``new``; its maker keeps the answers.

    Parameters
    ----------
    name : str
        One of ``benchmarks.automatic.DRAWN``.
    work : Path
        An empty folder.
    """
    made = draw(name)
    write_files(made, work / "raw")
    scratch = declared_by_new(slug(name), work / "raw", made.metric, work / "prepared")
    for stage in PREPARED[:3]:
        _command(name, scratch, stage, slug(name))
    competition = read_declaration(scratch / "competitions" / slug(name) / "competition.yaml")
    classes = classes_of(scratch / "data" / slug(name))
    (work / "peer").mkdir()
    made.train.to_csv(work / "peer" / "train.csv", index=False)
    made.test.drop(columns=made.target).to_csv(work / "peer" / "test.csv", index=False)
    _write_task(competition, classes, work / "peer")
    labels = made.test[made.target]
    y = pd.Index(classes).get_indexer(labels.astype(str)) if classes else labels.to_numpy(dtype=np.float64)
    return Course(work, competition, classes, y, len(made.train))


def slug(name: str) -> str:
    """A name as a competition's folder may have it."""
    return name.replace("_", "-")


def classes_of(data: Path) -> tuple[str, ...]:
    """The labels in the order of their codes, as ``clean`` has them; empty for values."""
    schema = Schema.model_validate(read_json(data / "clean" / "schema.json"))
    return tuple(str(label) for label in schema.classes or ())


def declared_by_new(name: str, raw: Path, metric: str, folder: Path) -> Path:
    """A project with one competition, as ``new`` declares it from its files, and nothing else."""
    _code(folder)
    _command(name, folder, "new", name, "--from", str(raw.resolve()), "--metric", metric)
    return folder


def _command(name: str, folder: Path, *words: str) -> None:
    """One command of a copy of the project, which says itself what is wrong.

    Raises
    ------
    PodiumError
        Where it failed.
    """
    done = subprocess.run([sys.executable, "-m", "pipeline", *words], cwd=folder, env=_environment(), check=False)
    if done.returncode:
        raise PodiumError("race", name, f"could not be laid out: {words[0]} failed", step="It says above what to do")


def _environment() -> dict[str, str]:
    """This one, with ``COMPETITION_DATA`` in full: a copy of the project lies where ``../data`` is another folder.

    Where there is no such folder it stays as it is, and ``fetch`` says so.
    """
    found = next((str(folder.resolve()) for folder in mirrors(ROOT) if folder.is_dir()), None)
    return {**os.environ, **({MIRROR: found} if found else {})}


def project(name: str, folder: Path) -> Path:
    """A copy of the code and of one competition, without anything that was ever computed."""
    _code(folder)
    ignored = shutil.ignore_patterns("__pycache__", "dvc.lock", "submissions.jsonl")
    shutil.copytree(ROOT / "competitions" / name, folder / "competitions" / name, ignore=ignored, symlinks=True)
    return folder


def _code(folder: Path) -> Path:
    shutil.copytree(ROOT / "pipeline", folder / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", ".dvcignore"):
        shutil.copy(ROOT / file, folder / file)
    subprocess.run([sys.executable, "-m", "dvc", "init", "--no-scm", "--quiet"], cwd=folder, check=True)
    return folder


def from_raw(course: Course, folder: Path) -> Path:
    """A project whose competition reads the course's raw files, and nothing else."""
    name = course.competition.name
    scratch = project(name, folder)
    declaration = scratch / "competitions" / name / "competition.yaml"
    content = yaml.load(declaration.read_text(encoding="utf-8"), Loader)
    kept = {key: value for key, value in content.get("source", {}).items() if key in ("files", "encoding")}
    kept.setdefault("files", {}).pop("solution", None)
    content["source"] = {**kept, "path": str((course.folder / "raw").resolve()), "delimiter": ","}
    declaration.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return scratch


@dataclass(frozen=True)
class _Raw:
    train: pd.DataFrame
    test: pd.DataFrame
    sample: pd.DataFrame | None


def _raw(c: Competition, fetched: Path, training: set[int], scored: np.ndarray) -> _Raw:
    """The training file's rows, told apart; every field is the text that the file has."""
    source = c.source

    def read(file: str) -> pd.DataFrame:
        return read_raw(fetched / file, c.name, source.delimiter, source.encoding)

    whole, test = read(source.files.train), read(source.files.test)
    train = whole.iloc[sorted(training)]
    held = whole.iloc[scored]
    held = held[[name for name in test.columns if name in held.columns]].copy()
    key = c.columns.id
    if key is not None and key not in held:
        held.insert(0, key, [str(number) for number in range(1, len(held) + 1)])
    sample = None if source.files.sample is None else read(source.files.sample)
    if sample is not None:
        rows = sample.iloc[np.zeros(len(held), dtype=int)].reset_index(drop=True)
        sample = rows.assign(**{key: held[key].to_numpy()}) if key is not None else rows
    return _Raw(train, held, sample)


def _write(raw: _Raw, c: Competition, fetched: Path, work: Path) -> None:
    files = c.source.files
    (work / "raw").mkdir(parents=True)
    (work / "peer").mkdir()
    named = {files.train: raw.train, files.test: raw.test}
    if files.sample is not None and raw.sample is not None:
        named[files.sample] = raw.sample
    for name, table in named.items():
        path = work / "raw" / name
        table.to_parquet(path, index=False) if path.suffix == ".parquet" else table.to_csv(path, index=False)
    for other in fetched.iterdir():
        if other.name not in {*named, "source.json", files.solution}:
            shutil.copy(other, work / "raw" / other.name)
    raw.train[[*raw.test.columns.intersection(raw.train.columns), c.columns.target]].to_csv(
        work / "peer" / "train.csv", index=False
    )
    raw.test.to_csv(work / "peer" / "test.csv", index=False)


def _write_task(c: Competition, classes: tuple[str, ...], folder: Path) -> None:
    """What a peer must know. Its scripts drop the id, but for one of dates: nobody would keep these from it."""
    content = {
        "target": c.columns.target,
        "id": None if c.columns.featured_id else c.columns.id,
        "task": c.resolved_task,
        "metric": c.metric.name,
        "needs": c.metric.facts.needs,
        "transform": c.metric.facts.transform,
        "classes": list(classes),
    }
    (folder / "task.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
