"""The notebook, run with no network in an environment that has no Podium, gives the run's own submission."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.serving import bundle
from pipeline.serving.bundle import Request, write_bundle
from pipeline.serving.notebook import notebook
from tests.conftest import ROOT
from tests.toy import run_all, toy_frame, write_toy


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    folder = tmp_path_factory.mktemp("bundle")
    shutil.copytree(ROOT / "pipeline", folder / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, folder / file)
    frames = toy_frame("binary", 120, seed=1), toy_frame("binary", 40, seed=2)
    models = {"extra_trees": {"n_estimators": 10}, "lightgbm": {"n_estimators": 20}}
    paths = write_toy(folder, "binary", "auc", frames, models=models, split={"folds": 2}, ensemble={"rule": "best"})
    run_all(paths)
    return paths


def outside(folder: Path) -> Path:
    """An environment of its own that finds the installed libraries, but neither Podium nor this project."""
    venv.create(folder, with_pip=True)
    own = next((folder / "lib").glob("python*/site-packages"))
    installed = next(Path(entry) for entry in sys.path if entry.endswith("site-packages"))
    for entry in installed.iterdir():
        taken = (own / entry.name).exists() or "podium" in entry.name.lower() or entry.suffix in (".pth", ".egg-link")
        if not taken:
            (own / entry.name).symlink_to(entry)
    return folder / "bin" / "python"


def test_the_notebook_gives_the_runs_own_bytes(run: Paths, tmp_path: Path) -> None:
    try:
        write_bundle(run, Request("somebody"))
    except PodiumError as error:
        if "pip" in str(error):
            pytest.skip(f"wheels cannot be built here: {error}")
        raise
    made, kaggle = run.data / "notebook", tmp_path / "input"
    shutil.copytree(made / "models", kaggle / "podium-toy-models")
    (kaggle / "toy").mkdir()
    shutil.copy(run.root / "raw" / "test.csv", kaggle / "toy" / "test.csv")
    cells = json.loads((made / "kernel" / "notebook.ipynb").read_text())["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PIP", "VIRTUAL"))}
    work = tmp_path / "work"
    work.mkdir()
    done = subprocess.run(
        [str(outside(tmp_path / "env")), "-c", code],
        cwd=work,
        env={**kept, **nowhere, "KAGGLE_INPUT": str(kaggle)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (work / "submission.csv").read_bytes() == (run.stage("submit") / "submission.csv").read_bytes()
    metadata = json.loads((made / "kernel" / "kernel-metadata.json").read_text())
    assert metadata["enable_internet"] is False and metadata["is_private"] is True
    assert metadata["dataset_sources"] == [json.loads((made / "models" / "dataset-metadata.json").read_text())["id"]]


def test_members_without_weight_leave_their_models_at_home(run: Paths, tmp_path: Path, monkeypatch) -> None:
    weights = run.stage("ensemble") / "weights.json"
    content = json.loads(weights.read_text())
    monkeypatch.setattr(bundle, "_write_wheels", lambda *_: None)
    weights.write_text(json.dumps(content | {"weights": {"extra_trees": 0.0, "lightgbm": 1.0}}))
    try:
        write_bundle(run, Request("somebody"))
    finally:
        weights.write_text(json.dumps(content))
    train = run.data / "notebook" / "models" / "project" / "data" / "toy" / "train"
    assert (train / "lightgbm" / "models" / "lightgbm").exists()
    assert not (train / "extra_trees" / "models" / "extra_trees").exists()
    assert (train / "extra_trees" / "oof.parquet").exists()


def test_a_failed_pip_is_told_with_its_reason(run: Paths) -> None:
    with pytest.raises(PodiumError, match="no-such-package-at-all"):
        write_bundle(run, Request("somebody", ("no-such-package-at-all",)))


def test_an_unfinished_run_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(PodiumError, match="make toy"):
        write_bundle(Paths(tmp_path, "toy"), Request("somebody"))


def test_the_code_compiles() -> None:
    cells = notebook("titanic", "titanic", "test.csv", "mark.json")["cells"]
    for cell in cells[1:]:
        compile("".join(cell["source"]), "cell", "exec")
