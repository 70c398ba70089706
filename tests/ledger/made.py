"""A finished toy run that can be sent, and entries of a ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import write_json
from pipeline.ledger.entry import Entry
from pipeline.stages import submit
from tests.factory import fabricate

SLUG = "titanic"


def finished(root: Path, task: str = "binary", source: dict[str, Any] | None = None, **options: Any) -> Paths:
    """A fabricated run, its submission written by the stage, and a declaration that names Kaggle's ``titanic``."""
    paths = fabricate(root, task, **options)  # type: ignore[arg-type]
    metric = options.get("metric") or {"binary": "auc", "multiclass": "log_loss", "regression": "rmsle"}[task]
    if (task, metric) == ("multiclass", "log_loss"):
        sample = paths.stage("fetch") / "sample_submission.csv"
        ids = pd.read_csv(sample)[["id"]]
        ids.assign(ant=0, bee=0, cat=0).to_csv(sample, index=False)
    submit.run(Job(paths, "submit"))
    metrics = {"metric": metric, "ensemble": {"score": 0.8611, "se": 0.0135}, "models": {}}
    write_json(metrics, paths.stage("evaluate") / "metrics.json")
    files = {"train.csv": {"sha256": "a" * 64, "bytes": 1}, "test.csv": {"sha256": "b" * 64, "bytes": 1}}
    write_json({"kind": "kaggle", "from": SLUG, "files": files}, paths.stage("fetch") / "source.json")
    declaration = {
        "name": paths.competition,
        "title": "A toy [competition]",
        "task": task,
        "metric": metric,
        "columns": {"id": "id", "target": "label"},
        "source": source if source is not None else {"kaggle": SLUG},
        "models": {"linear": {}},
    }
    paths.recipe.mkdir(parents=True, exist_ok=True)
    paths.declaration.write_text(yaml.safe_dump(declaration, sort_keys=False))
    return paths


def entry(number: int = 0, **keys: Any) -> Entry:
    """An entry that is scored; each number has a file, a day and a message of its own."""
    known = {
        "time": f"2026-01-{number + 1:02d}T10:00:00Z",
        "ref": number + 1,
        "status": "complete",
        "public": 0.77,
        "metric": "auc",
        "cv": 0.86,
        "se": 0.01,
        "candidate": "mean",
        "file": f"{number:x}" * 64,
        "rows": 60,
        "commit": "c" * 40,
        "data": "d" * 64,
        "split": "e" * 64,
        "message": f"try {number}",
    }
    return Entry(**{**known, **keys})
