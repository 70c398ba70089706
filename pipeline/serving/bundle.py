"""A finished run as two folders that Kaggle takes: a notebook without internet, and a private data set it reads.

``data/<competition>/notebook/kernel/`` goes to ``kaggle kernels push``, ``.../models/`` to ``kaggle datasets create
--dir-mode zip``. The data set holds the parts of the run that ``Predictor.load`` reads, and wheels: Podium's own, and
those of the packages that Kaggle's image lacks.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline import models
from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import read_json, write_json, written_whole
from pipeline.declaration.ensemble import SEES_FEATURES
from pipeline.declaration.specs import EnsembleSpec, FetchSpec, SubmitSpec, read_spec
from pipeline.members import read_records
from pipeline.serving.notebook import notebook

LACKING = ("skops", "skorch", "tabm", "rtdl_num_embeddings")
"""What models may import and Kaggle's image does not have."""
MARK = "podium-bundle.json"
Ignored = Callable[[str, list[str]], set[str]]
"""What ``shutil.copytree`` asks for each folder: which of its entries to leave out."""


@dataclass(frozen=True)
class Request:
    """What is to be built.

    Parameters
    ----------
    user : str
        The Kaggle account that the notebook and the data set will belong to.
    wheels : tuple of str
        Further packages whose installed version goes along.
    """

    user: str
    wheels: tuple[str, ...] = ()


def write_bundle(paths: Paths, request: Request) -> str:
    """Write both folders; one line that says where.

    Raises
    ------
    PodiumError
        Where the run is not finished, the competition is not Kaggle's, or a wheel cannot be had.
    """
    job = Job(paths, "notebook")
    _check_finished(paths)
    source = read_spec(Job(paths, "fetch"), FetchSpec).source
    if source.sklearn or source.openml or source.kaggle.dataset:
        allowed, got = "is for competitions on Kaggle", "a data set of scikit-learn's, OpenML's or Kaggle's"
        raise PodiumError(paths.competition, "notebook", allowed, got=got)
    names = wanted_models(job)
    wheels = [name for name in LACKING if name in _libraries(names)] + list(request.wheels)
    with written_whole(paths.data / "notebook") as folder:
        _copy_run(paths, folder / "models" / "project")
        write_json({"competition": paths.competition, "models": names}, folder / "models" / MARK)
        _write_wheels(paths, folder / "models" / "wheels", wheels)
        _write_kernel(paths, folder / "kernel", request.user, source.kaggle.competition or paths.competition)
        _write_dataset(paths, folder / "models", request.user)
    home = paths.shown(paths.data / "notebook")
    return f"{len(names)} models: {home}/kernel for `kaggle kernels push`, {home}/models for `kaggle datasets create`"


def wanted_models(job: Job) -> list[str]:
    """The models with a say in the ensemble; all of them where it has no weights."""
    spec = read_spec(Job(job.paths, "ensemble"), EnsembleSpec)
    weights = read_json(job.path("ensemble", "weights.json"))["weights"]
    records = read_records(job, spec.models)
    return list(dict.fromkeys(str(r["model"]) for name, r in records.items() if not weights or weights.get(name)))


def _check_finished(paths: Paths) -> None:
    if not (paths.stage("submit") / "submission.csv").exists():
        step = f"Run it first: make {paths.competition}"
        raise PodiumError(paths.competition, "notebook", "needs a finished run", got="no submission.csv", step=step)


def _libraries(names: Iterable[str]) -> set[str]:
    """The libraries that the models import: a card names those whose versions bear on its results."""
    return {library for name in names for library in models.load(name).libraries} | {"skops"}


def _copy_run(paths: Paths, folder: Path) -> None:
    """The parts of a run that prediction reads, in the project's own layout."""
    own, there = paths.competition, Paths(folder, paths.competition)
    if not (paths.stage("ensemble") / "weights.json").exists():
        raise PodiumError(own, "notebook", "needs a finished ensemble", got="no weights.json")
    there.recipe.mkdir(parents=True)
    if (paths.recipe / "features.py").exists():
        shutil.copy(paths.recipe / "features.py", there.recipe)
    for stage in ("plan", "clean", "split", "ensemble"):
        shutil.copytree(paths.stage(stage), there.stage(stage))
    there.stage("features").mkdir()
    candidate = read_json(paths.stage("ensemble") / "weights.json")["candidate"]
    tables = ("train.parquet", "test.parquet") if candidate in SEES_FEATURES else ()
    for name in ("columns.json", *tables):
        shutil.copy(paths.stage("features") / name, there.stage("features"))
    shutil.copytree(paths.stage("fetch"), there.stage("fetch"), ignore=_big_files(paths))
    shutil.copytree(paths.stage("train"), there.stage("train"), ignore=_unused(paths))


def _big_files(paths: Paths) -> Ignored:
    files = read_spec(Job(paths, "fetch"), FetchSpec).source.files
    return shutil.ignore_patterns(files.train, files.tested, *([files.solution] if files.solution else []))


def _unused(paths: Paths) -> Ignored:
    """Leaves out the fitted models of members without weight; their tables stay, for the ensemble is made of them."""
    weights = read_json(paths.stage("ensemble") / "weights.json")["weights"]

    def ignored(folder: str, names: list[str]) -> set[str]:
        unused = {name for name in names if weights and not weights.get(name)}
        return unused if Path(folder).name == "models" else set()

    return ignored


def _write_wheels(paths: Paths, folder: Path, packages: Sequence[str]) -> None:
    folder.mkdir(parents=True)
    _pip(paths, "wheel", "--no-deps", "--wheel-dir", str(folder), str(paths.root))
    if packages:
        pinned = [f"{name}=={_version(paths, name)}" for name in packages]
        _pip(paths, "download", "--no-deps", "--only-binary=:all:", "--dest", str(folder), *pinned)


def _version(paths: Paths, package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        raise PodiumError(paths.competition, "--wheels", "must name installed packages", got=repr(package)) from None


def _pip(paths: Paths, *words: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        step = "Building wheels needs the package index; look at the connection"
        raise PodiumError(
            paths.competition, f"pip {words[0]}", "must succeed", got=lines[-1] if lines else "failure", step=step
        )


def _write_kernel(paths: Paths, folder: Path, user: str, slug: str) -> None:
    folder.mkdir(parents=True)
    title = f"Podium {paths.competition}"
    metadata = {
        "id": f"{user}/{_slug(title)}",
        "title": title,
        "code_file": "notebook.ipynb",
        "language": "python",
        "kernel_type": "notebook",
        "is_private": True,
        "enable_gpu": False,
        "enable_internet": False,
        "dataset_sources": [f"{user}/{_slug(title)}-models"],
        "competition_sources": [slug],
        "kernel_sources": [],
    }
    write_json(metadata, folder / "kernel-metadata.json")
    test = read_spec(Job(paths, "submit"), SubmitSpec).files.test
    if test is None:
        allowed = "must name a file of the test rows for a notebook to predict"
        raise PodiumError(paths.competition, "source.files.test", allowed, got="null")
    content = json.dumps(notebook(paths.competition, slug, test, MARK), indent=1)
    (folder / "notebook.ipynb").write_text(content + "\n", encoding="utf-8")


def _write_dataset(paths: Paths, folder: Path, user: str) -> None:
    title = f"Podium {paths.competition} models"
    metadata = {"title": title, "id": f"{user}/{_slug(title)}", "licenses": [{"name": "other"}]}
    write_json(metadata, folder / "dataset-metadata.json")


def _slug(title: str) -> str:
    """A title as Kaggle writes it in an address.

    >>> _slug("Podium house-prices")
    'podium-house-prices'
    """
    return "-".join(title.lower().split())
