"""The chain through DVC in a copy: it runs, does nothing twice, and reruns only what an edit bears on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import yaml

from pipeline.chain import behind
from pipeline.core.paths import Paths
from tests.conftest import ROOT
from tests.toy import toy_frame, write_toy

SECTIONS = {
    "models": {"linear": {}, "extra_trees": {"n_estimators": 30}},
    "split": {"folds": 3},
}


def podium(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of the project in the copy."""
    command = [sys.executable, "-m", "pipeline", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment())


def environment() -> dict[str, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "DVC_NO_ANALYTICS": "1"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the toy competition."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "pipeline", folder / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".gitignore", ".dvcignore"):
        shutil.copy(ROOT / name, folder / name)
    train, test = toy_frame("binary", 150, seed=1), toy_frame("binary", 40, seed=2)
    paths = write_toy(folder, "binary", "accuracy", (train, test), **SECTIONS)
    shutil.copy(ROOT / "pipeline" / "chain.yaml", paths.recipe / "dvc.yaml")
    for command in (["git", "init", "-q"], ["dvc", "init", "-q"]):
        subprocess.run(command, cwd=folder, check=True, env=environment())
    ran = podium(folder, "run", "toy")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return folder


def stages_that_ran(output: str) -> list[str]:
    """The stages with a summary line, in their order."""
    lines = [line for line in output.splitlines() if line.rstrip().endswith("MiB]")]
    names = [line[:22].strip() for line in lines]
    return names


def edit(project: Path, change: dict[str, object]) -> None:
    path = project / "competitions" / "toy" / "competition.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **change}, sort_keys=False))


def test_it_writes_a_submission_and_a_report(project: Path) -> None:
    submission = pd.read_csv(project / "data" / "toy" / "submit" / "submission.csv")
    sample = pd.read_csv(project / "raw" / "sample_submission.csv")
    assert submission.columns.tolist() == sample.columns.tolist()
    assert submission["id"].tolist() == sample["id"].tolist()
    assert set(submission["y"]) <= {"yes", "no"}
    assert (project / "data" / "toy" / "evaluate" / "report" / "index.html").exists()


def test_the_second_run_does_nothing(project: Path) -> None:
    again = podium(project, "run", "toy")
    assert again.returncode == 0
    assert "toy is up to date" in again.stdout
    assert stages_that_ran(again.stdout) == []
    assert behind(Paths(project, "toy")) == []


def test_one_model_setting_reruns_that_model_and_what_follows_it(project: Path) -> None:
    edit(project, {"models": {"linear": {}, "extra_trees": {"n_estimators": 31}}})
    assert behind(Paths(project, "toy")) == ["plan"]
    ran = podium(project, "run", "toy")
    expected = ["plan", "tune extra_trees", "train extra_trees", "ensemble", "evaluate", "submit"]
    assert sorted(stages_that_ran(ran.stdout)) == sorted(expected), ran.stdout + ran.stderr


def test_a_broken_declaration_is_one_sentence_and_loses_nothing(project: Path) -> None:
    before = (project / "data" / "toy" / "submit" / "submission.csv").read_bytes()
    path = project / "competitions" / "toy" / "competition.yaml"
    good = path.read_text()
    path.write_text(good.replace("metric: accuracy", "metric: acuracy"))
    ran = podium(project, "run", "toy")
    path.write_text(good)
    assert ran.returncode == 1
    assert "Did you mean accuracy?" in ran.stderr and "Traceback" not in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
    assert (project / "data" / "toy" / "submit" / "submission.csv").read_bytes() == before


def _folds_kept(cache: Path) -> list[str]:
    """The folders of finished folds; others may go while they are looked through."""
    return [name for _, folders, _ in os.walk(cache) for name in folders if name.startswith("r0f")]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_killed_training_goes_on_where_it_was_and_gives_the_same_bytes(project: Path, how: signal.Signals) -> None:
    out = project / "data" / "toy" / "train" / "extra_trees"
    cache = project / ".cache" / "toy" / "train" / "extra_trees"
    wanted = (out / "oof.parquet").read_bytes()
    shutil.rmtree(out)
    shutil.rmtree(cache, ignore_errors=True)
    command = [sys.executable, "-m", "pipeline", "train", "toy", "extra_trees"]
    process = subprocess.Popen(command, cwd=project, env=environment(), stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not _folds_kept(cache):
        time.sleep(0.01)
    process.send_signal(how)
    process.wait()
    assert _folds_kept(cache), "no finished fold was kept"
    again = podium(project, "train", "toy", "extra_trees")
    assert again.returncode == 0, again.stderr
    assert (out / "oof.parquet").read_bytes() == wanted


def test_a_budget_of_the_command_marks_the_run_and_holds_for_that_run_alone(project: Path) -> None:
    metrics = project / "data" / "toy" / "evaluate" / "metrics.json"
    ran = podium(project, "run", "toy", "--budget", "45s")
    assert ran.returncode == 0, ran.stderr
    limited = yaml.safe_load(metrics.read_text())
    assert limited["limited_by_time"]
    assert podium(project, "run", "toy").returncode == 0
    assert set(yaml.safe_load(metrics.read_text())["models"]) == {"linear", "extra_trees"}
