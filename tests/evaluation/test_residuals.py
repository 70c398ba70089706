"""Residual tables of a regression."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.declaration.metric import Metric
from pipeline.evaluation import residuals
from pipeline.evaluation.scored import ENSEMBLE, Scored


def scored(metric: str, actual: list[float], predicted: list[float]) -> Scored:
    rows = np.arange(len(actual))
    target = np.array(actual)
    return Scored("regression", Metric(name=metric), (), rows, target, rows % 2, {ENSEMBLE: np.array(predicted)})


def test_a_residual_is_truth_minus_prediction_and_scaled_as_the_metric() -> None:
    table = residuals.residual_table(scored("rmsle", [3.0, 0.0], [1.0, 0.0]))
    assert table["residual"].tolist() == [2.0, 0.0]
    assert table["scaled"].tolist() == pytest.approx([np.log(2), 0])


def test_rows_that_the_metric_leaves_out_have_no_residual() -> None:
    data = scored("mape", [0.0, 2.0], [1.0, 1.0])
    table = residuals.residual_table(data)
    assert table["row_id"].tolist() == [1]
    assert residuals.decile_table(data)["actual"].tolist() == [2.0]


def test_without_a_logarithm_the_scaled_residual_is_missing_and_out_of_the_scatter() -> None:
    table = residuals.residual_table(scored("mape", [3.0, 2.0], [-1.0, 1.0]))
    assert np.isnan(table["scaled"].iloc[0])
    assert residuals.sample_table(table)["row_id"].tolist() == [1]
    assert residuals.spread_table(table)["rows"].sum() == 1
    assert residuals.worst_table(table)["row_id"].tolist()[0] == 1


def test_deciles_hold_every_row_once_and_the_scatter_at_most_so_many() -> None:
    actual = np.random.default_rng(0).normal(size=500)
    data = scored("rmse", actual.tolist(), (actual + 0.1).tolist())
    deciles = residuals.decile_table(data)
    assert deciles["rows"].tolist() == [50] * 10
    assert deciles["scaled"].tolist() == pytest.approx([-0.1] * 10)
    table = residuals.residual_table(data)
    assert len(residuals.sample_table(table, 100)) == 100
    assert residuals.sample_table(table, 100)["row_id"].is_monotonic_increasing


def test_the_worst_row_is_first() -> None:
    table = residuals.residual_table(scored("mae", [1.0, 5.0, 2.0], [1.0, 0.0, 2.5]))
    assert residuals.worst_table(table)["row_id"].tolist() == [1, 2, 0]


def test_one_prediction_for_all_rows_is_one_bin() -> None:
    deciles = residuals.decile_table(scored("rmse", [1.0, 2.0, 3.0], [2.0, 2.0, 2.0]))
    assert deciles["rows"].tolist() == [3]
