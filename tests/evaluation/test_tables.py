"""Scores, leaderboard, confusion, columns, resampling: tables made of small numbers that are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.declaration.metric import Metric
from pipeline.evaluation.columns import importance_table, leading_columns
from pipeline.evaluation.confusion import OTHER, confusion_table
from pipeline.evaluation.dvc_plots import plot_tables
from pipeline.evaluation.labels import decided_labels
from pipeline.evaluation.leaderboard import Effort, leaderboard_table
from pipeline.evaluation.resampling import count_table, with_without_table
from pipeline.evaluation.scored import ENSEMBLE, Scored
from pipeline.evaluation.scores import check_metrics, fold_table, summary_table

RMSE = Metric(name="rmse")


def regression(**predictions: list[float]) -> Scored:
    rows = np.arange(4)
    values = {name: np.array(prediction) for name, prediction in predictions.items()}
    return Scored("regression", RMSE, (), rows, np.array([1.0, 2.0, 3.0, 4.0]), rows // 2, values)


def test_fold_scores_their_mean_and_their_standard_error() -> None:
    folds = fold_table(regression(m=[1, 2, 4, 5]), [RMSE, Metric(name="mae")], {})
    assert folds["score"].tolist() == [0, 1, 0, 1]
    line = summary_table(folds).iloc[0]
    assert (line["score"], line["low"], line["high"]) == (0.5, 0, 1)
    assert line["se"] == pytest.approx(0.5)


def test_nested_scores_replace_the_ensembles_own() -> None:
    folds = fold_table(regression(ensemble=[1, 2, 3, 4]), [RMSE], {1: 7.0, 0: 5.0})
    assert folds["score"].tolist() == [5.0, 7.0]


def test_metrics_of_another_task_or_need_are_refused() -> None:
    with pytest.raises(PodiumError, match=r"evaluate\.also auc must score a regression task"):
        check_metrics("toy", regression(m=[1, 2, 3, 4]), [Metric(name="auc")])
    rows = np.arange(4)
    ordered = Scored("multiclass", Metric(name="qwk"), ("a", "b", "c"), rows, rows % 3, rows // 2, {"m": rows * 1.0})
    with pytest.raises(PodiumError, match="cut to labels"):
        check_metrics("toy", ordered, [Metric(name="log_loss")])


@pytest.mark.parametrize(("metric", "first"), [("rmse", "low"), ("r2", "high")])
def test_the_best_line_comes_first_by_the_metrics_direction(metric: str, first: str) -> None:
    summary = pd.DataFrame({"model": ["low", "high"], "metric": metric, "score": [0.1, 0.9], "se": 0.01})
    summary = summary.assign(low=0.0, high=1.0, folds=5)
    board = leaderboard_table(summary, Metric(name=metric), {"low": Effort(seconds=3.0, weight=0.25)}, {})
    assert board["model"].iloc[0] == first
    assert board.set_index("model").loc["low", ["seconds", "weight"]].tolist() == [3.0, 0.25]
    assert board["holdout"].isna().all()


def test_of_equals_the_ensemble_comes_first_and_further_metrics_have_their_error() -> None:
    summary = pd.DataFrame(
        {
            "model": ["m", ENSEMBLE] * 2,
            "metric": ["rmse", "rmse", "mae", "mae"],
            "score": [1.0, 1.0, 0.5, 0.4],
            "se": 0.1,
        }
    ).assign(low=0.0, high=1.0, folds=5)
    board = leaderboard_table(summary, RMSE, {}, {ENSEMBLE: {"score": 1.1, "se": 0.2}})
    assert board["model"].tolist() == [ENSEMBLE, "m"]
    assert board["mae"].tolist() == [0.4, 0.5] and board["mae_se"].tolist() == [0.1, 0.1]
    assert board["holdout"].iloc[0] == 1.1


def test_confusion_counts_and_pools_rare_classes() -> None:
    target, decided = np.array([0, 0, 1, 2, 3]), np.array([0, 1, 1, 2, 2])
    table = confusion_table(target, decided, ("a", "b", "c", "d")).set_index(["actual", "predicted"])
    assert table.loc[("a", "b"), "rows"] == 1 and table.loc[("a", "b"), "share"] == 0.5
    pooled = confusion_table(target, decided, ("a", "b", "c", "d"), most=3)
    assert set(pooled["actual"]) == {"a", "b", OTHER} and pooled["rows"].sum() == 5


def test_labels_of_a_probability_metric_are_the_most_probable() -> None:
    rows = np.arange(4)
    prediction = np.array([0.2, 0.5, 0.7, np.nan])
    data = Scored("binary", Metric(name="auc"), ("n", "y"), rows, rows % 2, rows // 2, {ENSEMBLE: prediction})
    truth, decided = decided_labels(data)
    assert truth.tolist() == [0, 1, 0] and decided.tolist() == [0, 1, 1]


def test_importances_become_shares_and_models_without_any_are_left_out() -> None:
    table = importance_table(
        {
            "a": pd.DataFrame({"column": ["x", "y"], "importance": [-3.0, 1.0]}),
            "b": pd.DataFrame({"column": pd.Series([], dtype="str"), "importance": pd.Series([], dtype="float64")}),
        }
    )
    assert table["share"].tolist() == [0.75, 0.25] and set(table["model"]) == {"a"}
    assert leading_columns(table, 1) == ["x"]
    levels = importance_table({"a": pd.DataFrame({"column": ["z", "y=1", "y=2"], "importance": [4.0, 3.0, 3.0]})})
    assert levels.set_index("column")["share"].to_dict() == {"y": 0.6, "z": 0.4}
    assert leading_columns(importance_table({}), 3) == []


def test_class_counts_put_the_full_fit_last() -> None:
    counts = {
        "full": {"before": {"0": 5, "1": 3}, "after": {"0": 5, "1": 5}},
        "method": "smote",
        "r0f0": {"before": {"0": 4}},
    }
    table = count_table(counts, ["no", "yes"])
    assert table["fold"].tolist() == ["r0f0", "r0f0", "full", "full"]
    assert table["after"].tolist() == [0, 0, 5, 5]
    assert len(count_table({"method": "none"}, ["no", "yes"])) == 0


def test_with_and_without_is_paired_by_fold() -> None:
    line = with_without_table({"m": [0.8, 0.9]}, {"m": [0.7, 0.8]}).iloc[0]
    assert line["difference"] == pytest.approx(0.1) and line["difference_se"] == pytest.approx(0)
    assert len(with_without_table({}, {})) == 0


def test_every_dvc_plot_has_the_same_columns() -> None:
    folds = fold_table(regression(m=[1, 2, 4, 5]), [RMSE, Metric(name="mae")], {})
    plots = plot_tables({"folds": folds}, "rmse")
    assert list(plots) == ["folds"] and len(plots["folds"]) == 2
    assert list(plots["folds"]) == ["series", "axes", "mark", "x", "y"]
