"""One evaluated toy competition for each task, shared by the report's tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.stages import STAGES, evaluate
from tests.factory import fabricate
from tests.toy import run_stages, toy_frame, write_toy

OPTIONS: dict[str, dict[str, Any]] = {
    "binary": {"oversample": "smote", "select": "filter", "also": ("log_loss",)},
    "multiclass": {},
    "regression": {"also": ("mae",), "warnings": 0},
}


@pytest.fixture(scope="session")
def explained(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A toy competition that ran, with a search and fold models: what fabricated outputs do not have."""
    frames = toy_frame("regression", 200, 1), toy_frame("regression", 60, 2)
    boosted = {"n_estimators": 20, "early_stopping_rounds": None, "learning_rate": 0.2}
    paths = write_toy(
        tmp_path_factory.mktemp("explained"),
        "regression",
        "rmse",
        frames,
        models={"linear": {}, "lightgbm": boosted},
        tune={"models": {"lightgbm": 10}, "pruner": "none"},
        split={"folds": 3},
    )
    run_stages(paths, "plan", *STAGES)
    return paths


@pytest.fixture(scope="session")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Paths]:
    """The paths of the evaluated competitions, by task."""
    root: Path = tmp_path_factory.mktemp("evaluated")
    found = {}
    for task, options in OPTIONS.items():
        found[task] = fabricate(root, task, **options)  # type: ignore[arg-type]
        evaluate.run(Job(found[task], "evaluate"))
    return found
