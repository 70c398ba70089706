"""Where a competition stands: the plan compared by key, DVC's words in ours, and the sums."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import plan
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.times import remember
from pipeline.declaration.read import read_declaration
from pipeline.standing import status
from pipeline.standing.status import FOLLOWS, KEPT, RUNS, Standing, changed_specs, status_of
from pipeline.standing.terminal import status_line
from tests.conftest import ROOT
from tests.toy import toy_frame, write_toy

MODELS: dict[str, Any] = {"linear": {}, "extra_trees": {"n_estimators": 30}}


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A planned toy competition, and its declaration edited afterwards."""
    frames = toy_frame("binary", 40, seed=1), toy_frame("binary", 20, seed=2)
    paths = write_toy(tmp_path, "binary", "accuracy", frames, models=MODELS)
    plan.run(Job(paths, "plan"))
    content = yaml.safe_load(paths.declaration.read_text())
    content["models"]["extra_trees"]["n_estimators"] = 31
    paths.declaration.write_text(yaml.safe_dump(content, sort_keys=False))
    return paths


def told(monkeypatch: pytest.MonkeyPatch, changes: dict[str, list[Any]], upstream: dict[str, list[str]]) -> None:
    monkeypatch.setattr(status, "_asked_of_dvc", lambda paths: (changes, upstream))


def test_an_edit_is_told_by_the_specs_it_changes(paths: Paths) -> None:
    changed = changed_specs(paths, read_declaration(paths.declaration))
    assert changed == {
        "tune-extra_trees": ["params.n_estimators 30 → 31"],
        "train-extra_trees": ["params.n_estimators 30 → 31"],
    }


def test_what_runs_what_may_follow_and_why(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {
        "plan": [{"changed deps": {"competitions/toy/competition.yaml": "modified"}}],
        "audit": [{"changed outs": {"data/toy/audit": "deleted"}}],
        "evaluate": [{"changed deps": {"data/toy/audit": "modified"}}],
    }
    upstream = {"train@extra_trees": ["plan"], "ensemble": ["plan", "train@extra_trees", "train@linear"]}
    told(monkeypatch, changes, upstream | {"submit": ["ensemble"], "evaluate": ["audit"], "fetch": ["plan"]})
    remember(paths, "train", "extra_trees", 7.0, 1.0)
    found = {one.stage: one for one in status_of(paths, read_declaration(paths.declaration))}
    assert found["plan"].why == "changed: competitions/toy/competition.yaml"
    assert found["train@extra_trees"] == Standing(
        "train@extra_trees", RUNS, "declared: params.n_estimators 30 → 31", 7.0
    )
    assert found["ensemble"] == Standing("ensemble", FOLLOWS, "after train extra_trees", None)
    assert (found["submit"].state, found["evaluate"].state) == (FOLLOWS, FOLLOWS)
    assert found["audit"].why == "its output data/toy/audit is not there"
    assert {found[name].state for name in ("fetch", "train@linear", "clean")} == {KEPT}


def test_the_sums() -> None:
    assert status_line([Standing("plan", KEPT, "", 1.0)]) == "up to date"
    due = [Standing("a", RUNS, "x", 60.0), Standing("b", FOLLOWS, "x", None), Standing("c", KEPT, "", 9.0)]
    said = status_line(due)
    assert said == (
        "1 of 3 stages would run, 1 more may follow; they took 1 min 0 s last time (1 of them not timed here yet)"
    )


def test_dvc_is_asked_in_a_real_project(paths: Paths) -> None:
    root = paths.root
    (paths.recipe / "dvc.yaml").write_bytes((ROOT / "pipeline" / "chain.yaml").read_bytes())
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    subprocess.run([sys.executable, "-m", "dvc", "init", "-q"], cwd=root, check=True)
    found = {one.stage: one for one in status_of(paths, read_declaration(paths.declaration))}
    assert {one.state for one in found.values()} == {RUNS}
    assert found["fetch"].why == "it never ran"
    assert not (root / "dvc.lock").exists() and not (paths.recipe / "dvc.lock").exists()
