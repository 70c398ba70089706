"""Which rows are asked: rare classes among them, weighted back to their shares."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.explaining.questions import grid_of, set_to, shuffled
from pipeline.explaining.sample import sampled


def test_rare_classes_are_all_asked_and_weighted_back() -> None:
    target = np.array([0] * 990 + [1] * 10)
    rows, weight = sampled(target, 100, np.random.default_rng(0), 2)
    assert len(rows) == 100 and (target[rows] == 1).sum() == 10
    assert np.isclose(weight[target[rows] == 1].sum(), 10) and np.isclose(weight.sum(), 1000)
    assert (np.diff(rows) > 0).all()


def test_all_rows_are_asked_where_they_are_few() -> None:
    rows, weight = sampled(np.array([3.0, 1.0]), 5, np.random.default_rng(0), 0)
    assert rows.tolist() == [0, 1] and weight.tolist() == [1.0, 1.0]


def test_a_grid_holds_values_that_occur_and_levels_by_frequency() -> None:
    numbers = pd.Series([1.0, 2.0, 2.0, np.nan, 7.0], name="n")
    assert grid_of(numbers).values == (1.0, 2.0, 7.0) and grid_of(numbers).numeric
    levels = pd.Series(["b", "a", "b", None], name="c", dtype="category")
    assert grid_of(levels).values == ("b", "a") and not grid_of(levels).numeric
    assert grid_of(pd.Series([np.nan], name="n")).values == ()


def test_questions_keep_the_columns_type_and_leave_the_rows_alone() -> None:
    frame = pd.DataFrame({"c": pd.Series(["a", "b", "b"], dtype="category"), "n": np.float32([1, 2, 3])})
    dealt = shuffled(frame, "n", np.random.default_rng(1))
    assert sorted(dealt["n"]) == [1, 2, 3] and dealt["c"].equals(frame["c"])
    fixed = set_to(frame, "c", "a")
    assert fixed["c"].dtype == frame["c"].dtype and set(fixed["c"]) == {"a"} and fixed["n"].equals(frame["n"])
    assert frame["c"].tolist() == ["a", "b", "b"]
