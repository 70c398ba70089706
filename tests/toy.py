"""A toy competition in a folder of its own, and the chain run on it in this process, stage by stage."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from pipeline import plan
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.stages import BY_MODEL, STAGES


def toy_frame(task: str, rows: int, seed: int, noise: float = 0.5) -> pd.DataFrame:
    """Numeric, categorical and grouping columns, and a target ``y`` that depends on them."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "id": np.arange(rows) + 1000,
            "a": rng.normal(size=rows),
            "b": rng.exponential(size=rows),
            "c": rng.choice(["red", "green", "blue"], rows),
            "street": [f"s{k}" for k in rng.integers(0, max(rows // 6, 2), rows)],
        }
    )
    signal = frame["a"] + (frame["c"] == "red") - 0.5 * frame["b"] + noise * rng.normal(size=rows)
    frame.loc[rng.random(rows) < 0.05, "a"] = np.nan
    if task == "regression":
        frame["y"] = 10 + 3 * signal
    elif task == "binary":
        frame["y"] = np.where(signal > signal.quantile(0.75), "yes", "no")
    else:
        frame["y"] = pd.cut(signal, [-np.inf, *signal.quantile([0.4, 0.8]), np.inf], labels=["low", "mid", "top"])
        frame["y"] = frame["y"].astype(str)
    return frame


def write_toy(root: Path, task: str, metric: str, frames: tuple[pd.DataFrame, pd.DataFrame], **sections: Any) -> Paths:
    """Write the files (train and test, both with ``y``) and the declaration of the competition ``toy``."""
    train, test = frames
    raw = root / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    train.to_csv(raw / "train.csv", index=False)
    test.drop(columns="y").to_csv(raw / "test.csv", index=False)
    test[["id", "y"]].assign(y=train["y"].iloc[0]).to_csv(raw / "sample_submission.csv", index=False)
    declaration = {
        "name": "toy",
        "title": "Toy",
        "task": task,
        "columns": {"id": "id", "target": "y"},
        "metric": metric,
        "source": {"path": "raw"},
        **sections,
    }
    paths = Paths(root, "toy")
    paths.recipe.mkdir(parents=True, exist_ok=True)
    paths.declaration.write_text(yaml.safe_dump(declaration, sort_keys=False))
    (paths.recipe / "features.py").write_text('"""Nothing to add."""\n\n\ndef add(frame):\n    return frame\n')
    return paths


def run_stage(paths: Paths, stage: str, model: str | None = None) -> str:
    """One stage, as the command line runs it."""
    module = plan if stage == "plan" else importlib.import_module(f"pipeline.stages.{stage}")
    return str(module.run(Job(paths, stage, model)))


def run_stages(paths: Paths, *stages: str) -> None:
    """Stages in this order; those by model run for every declared model."""
    models = yaml.safe_load(paths.declaration.read_text())["models"]
    for stage in stages:
        for model in models if stage in BY_MODEL else [None]:
            run_stage(paths, stage, model)


def run_all(paths: Paths) -> None:
    """The whole chain."""
    run_stages(paths, "plan", *STAGES)
