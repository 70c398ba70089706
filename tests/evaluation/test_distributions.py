"""How numbers are spread by class, or by third of the target."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.declaration.metric import Metric
from pipeline.evaluation.distributions import BINS, THIRDS, distribution_table
from pipeline.evaluation.scored import Scored


def scored(metric: str, target: np.ndarray, classes: tuple[str, ...] = ()) -> Scored:
    task = "regression" if not classes else "binary" if len(classes) == 2 else "multiclass"
    rows = np.arange(len(target))
    return Scored(task, Metric(name=metric), classes, rows, target, rows % 2, {})


def test_each_class_has_its_own_hundred_percent_and_what_is_missing_is_in_none() -> None:
    value = np.concatenate([np.linspace(0, 1, 50), np.linspace(9, 10, 150), [np.nan] * 10])
    frame = pd.DataFrame({"few": np.arange(210) % 3, "value": value, "word": "w"})
    target = (np.arange(210) >= 50).astype(np.int64)
    table = distribution_table(scored("auc", target, ("no", "yes")), frame, list(frame))
    assert set(table["column"]) == {"value"}, "few values are told by level"
    assert table.groupby("label")["share"].sum().tolist() == pytest.approx([1, 1])
    assert (table.groupby("label").size() == BINS).all()
    low = table["high"] < 5
    assert table[low & (table["label"] == "no")]["share"].sum() == 1
    assert table[low & (table["label"] == "yes")]["share"].sum() == 0


def test_a_regression_is_cut_in_thirds_and_outliers_lie_in_the_end_bins() -> None:
    value = np.arange(300.0)
    value[-1] = 1e9
    table = distribution_table(scored("rmse", value.copy()), pd.DataFrame({"value": value}), ["value"])
    assert tuple(dict.fromkeys(table["label"])) == THIRDS and table["high"].max() < 300
    assert table.groupby("label", sort=False)["share"].sum().tolist() == pytest.approx([1, 1, 1])


def test_a_target_that_is_mostly_one_value_has_fewer_thirds_and_a_column_of_one_spike_is_drawn_whole() -> None:
    target, value = np.zeros(200), np.zeros(200)
    target[:20], value[:1] = 1.0, 5.0
    value[190:] = np.arange(10)
    table = distribution_table(scored("rmse", target), pd.DataFrame({"value": value}), ["value"])
    assert set(table["label"]) == {"lowest third", "highest third"}
    assert distribution_table(scored("rmse", target), pd.DataFrame({"word": ["w"] * 200}), ["word"]).empty
