"""One evaluated toy competition for each task, shared by the report's tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.stages import evaluate
from tests.factory import fabricate

OPTIONS: dict[str, dict[str, Any]] = {
    "binary": {"oversample": "smote", "select": "filter", "also": ("log_loss",)},
    "multiclass": {},
    "regression": {"also": ("mae",), "warnings": 0},
}


@pytest.fixture(scope="session")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Paths]:
    """The paths of the evaluated competitions, by task."""
    root: Path = tmp_path_factory.mktemp("evaluated")
    found = {}
    for task, options in OPTIONS.items():
        found[task] = fabricate(root, task, **options)  # type: ignore[arg-type]
        evaluate.run(Job(found[task], "evaluate"))
    return found
