"""A member explained on a toy competition: contributions add up, what matters is found, nothing seen is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.core.paths import Paths
from pipeline.core.tables import read_json, read_table
from pipeline.explaining.contributions import EXPLAINED, contributions
from pipeline.explaining.subject import leading_features, subject_of
from pipeline.fitting.foldmodel import FoldModel
from pipeline.folds import Folds
from pipeline.stages import STAGES
from tests.toy import run_stage, run_stages, toy_frame, write_toy

SMALL = {
    "lightgbm": {"n_estimators": 30, "early_stopping_rounds": None, "learning_rate": 0.2},
    "xgboost": {"n_estimators": 30, "early_stopping_rounds": None, "learning_rate": 0.2},
    "catboost": {"n_estimators": 30, "early_stopping_rounds": None, "learning_rate": 0.2},
}
METRICS = {"binary": "auc", "multiclass": "log_loss", "regression": "rmse"}


def ran(root: Path, task: str, models: dict[str, Any], metric: str | None = None) -> Paths:
    frames = toy_frame(task, 240, 1), toy_frame(task, 60, 2)
    paths = write_toy(root, task, metric or METRICS[task], frames, models=models, split={"folds": 3})
    run_stages(paths, "plan", *(stage for stage in STAGES if stage != "submit"))
    return paths


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Paths]:
    """A run of all three boosted libraries for each task."""
    return {task: ran(tmp_path_factory.mktemp(task), task, SMALL) for task in METRICS}


@pytest.mark.parametrize("model", sorted(EXPLAINED))
@pytest.mark.parametrize("task", sorted(METRICS))
def test_contributions_add_up_to_what_is_predicted(task: str, model: str, toys: dict[str, Paths]) -> None:
    folder = toys[task].stage("train", model) / "models" / model / "r0f0"
    fold, frame = FoldModel.load(folder), read_table(toys[task].stage("features") / "test.parquet")
    X = fold.preprocessor.transform(frame)
    raw = contributions(fold, X).sum(axis=2)
    predicted = fold.predict(frame)
    assert raw.shape == (len(frame), 3 if task == "multiclass" else 1)
    if task == "regression":
        assert np.allclose(raw[:, 0], predicted, atol=1e-3)
    elif task == "binary":
        assert np.allclose(1 / (1 + np.exp(-raw[:, 0])), predicted, atol=1e-3)
    else:
        grown = np.exp(raw - raw.max(axis=1, keepdims=True))
        assert np.allclose(grown / grown.sum(axis=1, keepdims=True), predicted, atol=1e-3)


@pytest.mark.parametrize("task", sorted(METRICS))
def test_what_drives_the_target_costs_most_and_partial_dependence_follows_it(task: str, toys: dict[str, Paths]) -> None:
    tables = {name: table(toys[task], name) for name in ("permutation", "partial", "contributions")}
    assert tables["permutation"]["column"].iloc[0] == "a" and tables["permutation"]["loss"].iloc[0] > 0
    assert tables["permutation"]["folds"].tolist() == [3] * len(tables["permutation"])
    own = tables["partial"][(tables["partial"]["column"] == "a") & (tables["partial"]["label"].isin(["", "top"]))]
    mean = own.groupby("position")["prediction"].mean()
    assert mean.iloc[-1] > mean.iloc[0]
    assert tables["contributions"]["column"].iloc[0] == "a"


def test_only_rows_that_a_fold_did_not_train_on_are_asked(toys: dict[str, Paths]) -> None:
    told = table(toys["binary"], "contributions")
    folds = Folds.read(toys["binary"].stage("split") / "folds.parquet")
    assert (folds.outer[told["row_id"]] == told["fold"]).all()


def test_the_same_inputs_give_the_same_bytes(toys: dict[str, Paths]) -> None:
    folder = toys["binary"].stage("evaluate") / "tables"
    before = {path.name: path.read_bytes() for path in folder.glob("*.parquet")}
    run_stage(toys["binary"], "evaluate")
    assert before == {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def test_a_zoo_without_trees_that_tell_is_asked_without_contributions(tmp_path: Path) -> None:
    paths = ran(tmp_path, "binary", {"linear": {}})
    tables = {path.stem for path in (paths.stage("evaluate") / "tables").glob("*.parquet")}
    assert {"permutation", "partial"} <= tables and "contributions" not in tables
    text = (paths.stage("evaluate") / "report" / "index.html").read_text()
    assert "Why linear, the best single model" in text and "What each column adds" not in text


def test_a_metric_of_labels_is_lost_in_labels(tmp_path: Path) -> None:
    paths = ran(tmp_path, "binary", {"lightgbm": SMALL["lightgbm"]}, metric="accuracy")
    lost = table(paths, "permutation").set_index("column")["loss"] * 240
    assert lost["a"] > 0 and np.allclose(lost, lost.round())
    assert read_json(paths.stage("evaluate") / "tables" / "facts.json")["driver"]["column"] == "a"


def test_the_best_model_that_tells_is_explained() -> None:
    board = pd.DataFrame({"model": ["ensemble", "linear", "catboost-2", "lightgbm"]})
    cards = {name: {"model": name.split("-")[0], "params": {}} for name in board["model"][1:]}
    assert subject_of(board, cards) == "catboost-2"
    assert subject_of(board, {"linear": cards["linear"]}) == "linear"
    leaning = {"model": "lightgbm", "params": {"linear_tree": True}}
    assert subject_of(board, {"linear": cards["linear"], "lightgbm": leaning}) == "linear"


def test_target_statistics_lead_to_the_features_they_are_made_of() -> None:
    table = pd.DataFrame({"column": ["target_by_town_street", "a_x_b", "a"], "share": [0.5, 0.3, 0.2]})
    assert leading_features(table, ["own", "a", "street", "town"]) == ["street", "town", "a", "own"]


def table(paths: Paths, name: str) -> pd.DataFrame:
    return read_table(paths.stage("evaluate") / "tables" / f"{name}.parquet")
