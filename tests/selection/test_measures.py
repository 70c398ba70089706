"""The filters' measures against SciPy, and that chance says nothing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from pipeline.selection import Judged
from pipeline.selection.anova_f import epsilon_squared
from pipeline.selection.anova_f import measure as anova_f
from pipeline.selection.chi_squared import binned, cramers_v
from pipeline.selection.chi_squared import measure as chi_squared


def test_cramers_v_is_pearsons_statistic_corrected() -> None:
    one, other = (
        np.repeat([0, 0, 1, 1, 2, 2], [30, 10, 20, 20, 5, 35]),
        np.repeat([0, 1, 0, 1, 0, 1], [30, 10, 20, 20, 5, 35]),
    )
    statistic = stats.chi2_contingency(np.array([[30, 10], [20, 20], [5, 35]]), correction=False).statistic
    n = 120
    beyond, rows, columns = statistic / n - 2 / (n - 1), 3 - 4 / (n - 1), 2 - 1 / (n - 1)
    assert cramers_v(one, other) == pytest.approx(np.sqrt(beyond / min(rows - 1, columns - 1)))
    assert cramers_v(other, other) == pytest.approx(1.0) and cramers_v(np.zeros(n, dtype=int), other) == 0


def test_epsilon_squared_is_the_f_of_anova() -> None:
    rng = np.random.default_rng(0)
    levels = rng.integers(0, 4, 200)
    outcome = rng.normal(size=200) + 0.4 * levels
    f = stats.f_oneway(*(outcome[levels == k] for k in range(4))).statistic
    assert epsilon_squared(outcome, levels) == pytest.approx((f - 1) * 3 / (f * 3 + 196))


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_many_levels_have_no_advantage(task: str) -> None:
    rng = np.random.default_rng(1)
    few = rng.integers(0, 3, 600)
    value = few + rng.normal(size=600)
    y = (value > 1).astype(np.int64) if task == "binary" else (stats.rankdata(value) - 0.5) / 600
    X = np.column_stack([few, rng.integers(0, 200, 600)]).astype(np.float32)
    judged = Judged(X, np.array([True, True]), y, task, 0)  # type: ignore[arg-type]
    for measure in (chi_squared, anova_f):
        found = measure(judged)
        assert found[0] > 3 * found[1] and (found >= 0).all() and (found <= 1).all()


def test_missing_values_are_a_bin_of_their_own() -> None:
    values = np.array([1.0, np.nan, 2.0, 3.0])
    assert len(set(binned(values))) == 4 and binned(np.full(3, np.nan)).tolist() == [1, 1, 1]
