"""Reading a run where git keeps it, and where it lies."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.comparison.run import run_at, working_run
from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.core.tables import write_json


def git(root: Path, *words: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A project below git's root, with one finished run that is committed, then edited."""
    root = tmp_path / "below"
    paths = Paths(root, "toy")
    paths.recipe.mkdir(parents=True)
    git(tmp_path, "init", "-q")
    subprocess.run([sys.executable, "-m", "dvc", "init", "-q", "--subdir"], cwd=root, check=True)
    paths.declaration.write_text("name: toy\nseed: 1\n")
    digest = hashlib.md5(paths.declaration.read_bytes()).hexdigest()
    lock = f"stages:\n  plan:\n    deps:\n    - path: competitions/toy/competition.yaml\n      md5: {digest}\n"
    (paths.recipe / "dvc.lock").write_text(lock)
    write_json({"split": "first"}, paths.stage("evaluate") / "record.json")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "run")
    git(tmp_path, "tag", "first")
    paths.declaration.write_text("name: toy\nseed: 2\n")
    write_json({"split": "second"}, paths.stage("evaluate") / "record.json")
    return paths


def test_the_revision_and_the_working_folder_are_told_apart(paths: Paths) -> None:
    before, after = run_at(paths, "first"), working_run(paths)
    assert (before.declared["seed"], before.record["split"], before.ran) == (1, "first", True)
    assert (after.declared["seed"], after.record["split"], after.ran) == (2, "second", False)


def test_an_unknown_revision_and_one_without_a_run_are_refused(paths: Paths) -> None:
    with pytest.raises(PodiumError, match="must be known to git; got nowhere"):
        run_at(paths, "nowhere")
    with pytest.raises(PodiumError, match=r"first must hold competitions/other/competition\.yaml"):
        run_at(Paths(paths.root, "other"), "first")
    (paths.stage("evaluate") / "record.json").unlink()
    with pytest.raises(PodiumError, match="Finish a run first: make toy"):
        working_run(paths)
