"""Slices: levels, and scores by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.declaration.metric import Metric
from pipeline.evaluation.scored import Scored
from pipeline.evaluation.slices import levels_of, slice_table


def scored(metric: str, target: np.ndarray, prediction: np.ndarray, outer: np.ndarray) -> Scored:
    task = "regression" if metric in ("rmse", "mae") else "binary"
    classes = () if task == "regression" else ("no", "yes")
    rows = np.arange(len(target))
    return Scored(task, Metric(name=metric), classes, rows, target, outer, {"ensemble": prediction})


def test_scores_are_means_over_folds_with_their_standard_error() -> None:
    target, prediction = np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, 2.0, 0.0, 4.0])
    table = slice_table(
        scored("mae", target, prediction, np.array([0, 0, 1, 1])), {"c": pd.Series(["x", "y", "x", "y"])}
    ).set_index("level")
    assert table.loc["x", ["rows", "score", "folds"]].tolist() == [2, 2.0, 2]
    assert np.isclose(table.loc["x", "se"], 1.0)
    assert table.loc["x", "bias"] == 1.0 and table.loc["y", "bias"] == 0.0


def test_a_level_of_one_class_has_no_auc_and_a_fold_without_one_is_left_out() -> None:
    target, outer = np.array([0, 1, 0, 1, 1, 1]), np.array([0, 0, 1, 1, 0, 1])
    prediction = np.array([0.1, 0.9, 0.8, 0.2, 0.5, 0.5])
    column = pd.Series(["a", "a", "a", "a", "b", "b"])
    table = slice_table(scored("auc", target, prediction, outer), {"c": column}).set_index("level")
    assert table.loc["a", "score"] == 0.5 and table.loc["a", "folds"] == 2
    assert np.isnan(table.loc["b", "score"]) and table.loc["b", "folds"] == 0
    assert "bias" not in table


def test_rows_that_no_fold_validates_do_not_count() -> None:
    target = np.array([1.0, 2.0, 3.0])
    table = slice_table(scored("rmse", target, target, np.array([-1, 0, 1])), {"c": pd.Series(["x", "x", "x"])})
    assert table["rows"].tolist() == [2]


def test_levels_of_numbers_dates_and_words() -> None:
    codes, names = levels_of(pd.Series([*range(10), np.nan], dtype="float64"))
    assert names == ["0 to 1", "2 to 3", "4 to 5", "6 to 7", "8 to 9", "missing"]
    assert codes.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5]
    few = levels_of(pd.Series([2.0, 1.0, 2.0]))
    assert few[0].tolist() == [1, 0, 1] and few[1] == ["1", "2"]
    days = levels_of(pd.Series(pd.date_range("2020-01-01", periods=10)))
    assert days[1][0] == "2020-01-01 to 2020-01-02" and len(days[1]) == 5
    words = levels_of(pd.Series([f"w{k}" for k in range(9)] * 2 + [None]))
    assert len(words[1]) == 9 and words[1][-2:] == ["all others", "missing"]
    assert (words[0] < 9).all() and words[0][-1] == 8
