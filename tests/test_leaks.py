"""With the target shuffled, the whole chain must score what chance scores; a leaky chain must not."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.core.paths import Paths
from pipeline.core.tables import read_json, read_table, write_json, write_table
from tests.toy import run_stages, toy_frame, write_toy

ROWS = 480
STATISTICS = [
    {"columns": ["street"], "smoothing": 2, "method": "leave_one_out"},
    {"columns": ["street", "c"], "smoothing": 5},
]
LAGS = [{"by": ["street"], "time": "a", "horizon": 0.1, "expanding": True, "last": True}]
TRICKY: dict[str, Any] = {
    "features": {"groups": [{"by": ["street"], "columns": ["a", "b"], "statistics": ["mean", "rank"]}]},
    "preprocess": {"target_statistics": STATISTICS, "target_lags": LAGS},
    "select": {"method": "embedded", "keep": 0.7, "rounds": 20},
    "tune": {"trials": 3, "pruner": "none"},
    "models": {
        "random_forest": {"n_estimators": 40},
        "lightgbm": {"n_estimators": 60},
        "linear": {},
    },
}


def shuffled(root: Path, task: str, metric: str, **sections: Any) -> Paths:
    """A toy competition whose training target says nothing of the columns."""
    train, test = toy_frame(task, ROWS, seed=1), toy_frame(task, 60, seed=2)
    train["y"] = train["y"].to_numpy()[np.random.default_rng(3).permutation(ROWS)]
    return write_toy(root, task, metric, (train, test), **{**TRICKY, **sections})


def scores(paths: Paths) -> dict[str, tuple[float, float]]:
    """Score and standard error of every model and the ensemble."""
    metrics = read_json(paths.stage("evaluate") / "metrics.json")
    lines = {**metrics["models"], "ensemble": metrics["ensemble"]}
    return {name: (line["score"], line["se"]) for name, line in lines.items()}


BEFORE = ("plan", "fetch", "clean", "features", "audit", "split", "select", "oversample")
AFTER = ("tune", "train", "ensemble", "evaluate")
SMOTE = {"oversample": {"method": "smotenc"}, "train": {"lightgbm": {"oversample": True}}}


def assert_chance(found: dict[str, tuple[float, float]], chance: float, greater_is_better: bool) -> None:
    """No score is better than chance by more than what noise over the rows allows."""
    sign = 1 if greater_is_better else -1
    for name, (score, se) in found.items():
        assert sign * (score - chance) < 3 * max(se, 0.01 * abs(chance)), (
            f"{name} scores {score} where chance has {chance}"
        )


def test_binary_with_smote_scores_chance(tmp_path: Path) -> None:
    paths = shuffled(tmp_path, "binary", "auc", **SMOTE)
    run_stages(paths, *BEFORE, *AFTER)
    assert_chance(scores(paths), 0.5, greater_is_better=True)


def test_the_threshold_of_a_label_metric_and_what_test_rows_teach_score_chance(tmp_path: Path) -> None:
    train = {"shift_weights": True, "pseudo_labels": {"share": 1.0, "weight": 1.0}, "refit": True}
    paths = shuffled(tmp_path, "binary", "balanced_accuracy", tune={"trials": 0}, train=train)
    run_stages(paths, *BEFORE, *AFTER)
    assert_chance(scores(paths), 0.5, greater_is_better=True)


def test_multiclass_scores_chance(tmp_path: Path) -> None:
    paths = shuffled(tmp_path, "multiclass", "log_loss", **SMOTE)
    run_stages(paths, *BEFORE, *AFTER)
    shares = read_table(paths.stage("clean") / "target.parquet")["target"].value_counts(normalize=True)
    entropy = -sum(p * math.log(p) for p in shares)
    assert_chance(scores(paths), entropy, greater_is_better=False)


def test_regression_scores_chance(tmp_path: Path) -> None:
    paths = shuffled(tmp_path, "regression", "rmse")
    run_stages(paths, *BEFORE, *AFTER)
    spread = float(read_table(paths.stage("clean") / "target.parquet")["target"].std())
    assert_chance(scores(paths), spread, greater_is_better=False)


def resample_before_the_split(paths: Paths) -> None:
    """The leaky variant: copies of *all* rare rows, validation rows among them, go into every fold's training."""
    features = read_table(paths.stage("features") / "train.parquet").drop(columns="row_id")
    target = read_table(paths.stage("clean") / "target.parquet")["target"].to_numpy()
    rare = np.flatnonzero(target == 1)
    folder = paths.stage("oversample")
    counts = read_json(folder / "counts.json")
    names = [name for name in counts if name != "method"]
    copies = []
    for name in names:
        copies.append(features.iloc[rare].assign(fold=name, target=1))
        common = counts[name]["before"]["0"]
        counts[name]["after"] = {"0": common, "1": counts[name]["before"]["1"] + len(rare)}
    ordered = ["fold", "target", *features.columns]
    write_table(pd.concat(copies, ignore_index=True)[ordered], folder / "synthetic.parquet")
    write_json(counts, folder / "counts.json")


def test_a_leaky_oversampling_is_caught(tmp_path: Path) -> None:
    sections = {**SMOTE, "tune": {"trials": 0}, "select": {"method": "none"}}
    sections["oversample"] = {"method": "random"}
    paths = shuffled(tmp_path, "binary", "auc", **sections)
    run_stages(paths, *BEFORE)
    resample_before_the_split(paths)
    run_stages(paths, *AFTER)
    with pytest.raises(AssertionError, match="where chance has"):
        assert_chance(scores(paths), 0.5, greater_is_better=True)
