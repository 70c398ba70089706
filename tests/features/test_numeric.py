"""Winsorizing, power transforms, bins, arithmetic, and statistics across columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.declaration.numeric import Arithmetic, Bins, Power, RowStatistics, Winsorize
from pipeline.features.arithmetic import Pairs
from pipeline.features.bins import Binned
from pipeline.features.power import Powers
from pipeline.features.rows import AcrossColumns
from pipeline.features.winsorize import Winsorized
from tests.features.build import made

RAMP = pd.DataFrame({"x": [*map(float, range(101)), np.nan], "z": [1.0] * 102})


def test_extremes_are_drawn_in_to_fitted_quantiles() -> None:
    builder = Winsorized([Winsorize(columns=["x"], low=0.1, high=0.9)])
    assert made(builder, RAMP)["x"][8:13] == [10, 10, 10, 11, 12]
    assert made(builder, RAMP, pd.DataFrame({"x": [-5.0, 500.0, np.nan]}))["x"] == [10, 90, None]


@pytest.mark.parametrize("method", ["yeo-johnson", "box-cox"])
def test_powers_even_out_what_is_skewed_and_leave_the_rest(method: str) -> None:
    from sklearn.preprocessing import power_transform

    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"a": rng.lognormal(size=400), "b": rng.normal(size=400), "c": -rng.lognormal(size=400)})
    columns = made(Powers(Power(method=method)), frame)  # type: ignore[arg-type]
    assert list(columns) == (["a", "c"] if method == "yeo-johnson" else ["a"])
    expected = power_transform(frame[list(columns)], method=method)
    assert np.column_stack(list(columns.values())) == pytest.approx(expected, abs=1e-6)


def test_box_cox_takes_a_new_zero_for_the_least_it_knows() -> None:
    frame = pd.DataFrame({"a": np.random.default_rng(1).lognormal(size=100)})
    builder = Powers(Power(method="box-cox"))
    least = made(builder, frame, frame.loc[[frame["a"].idxmin()]])["a"]
    assert made(builder, frame, pd.DataFrame({"a": [0.0]}))["a"] == least


def test_bins_of_equal_rows_equal_widths_and_clusters() -> None:
    skewed = pd.DataFrame({"x": [0.0, 1, 2, 20, 100, 101, np.nan]})
    for strategy, expected in (
        ("quantile", [0, 0, 1, 1, 2, 2, None]),
        ("uniform", [0, 0, 0, 0, 2, 2, None]),
        ("kmeans", [0, 0, 0, 1, 2, 2, None]),
    ):
        builder = Binned([Bins(columns=["x"], bins=3, strategy=strategy)], seed=1)  # type: ignore[arg-type]
        assert made(builder, skewed)["x_bin"] == expected
    level = Binned([Bins(columns=["x"], bins=2, categorical=True)])
    assert made(level, skewed)["x_bin"] == ["0", "0", "0", "1", "1", "1", None]


def test_ties_and_constants_leave_fewer_bins() -> None:
    assert set(made(Binned([Bins(columns=["z"], bins=5)]), RAMP)["z_bin"]) == {0}
    zeros = pd.DataFrame({"x": [0.0] * 8 + [5.0, 6.0]})
    assert made(Binned([Bins(columns=["x"], bins=5)]), zeros)["x_bin"] == [0] * 8 + [1, 1]


def test_pairs_are_put_together_and_zero_divides_into_nothing() -> None:
    frame = pd.DataFrame({"a": [6.0, 1.0, np.nan, 1e30], "b": [3, 0, 1, 1e-30]})
    pair = Arithmetic(left="a", right="b", operations=["minus", "over", "times", "plus"])
    columns = made(Pairs([pair]), frame)
    assert columns["a_minus_b"][:3] == [3, 1, None] and columns["a_times_b"][:2] == [18, 0]
    assert columns["a_over_b"] == [2, None, None, None] and columns["a_plus_b"][0] == 9


def test_statistics_across_columns_are_of_the_known_values() -> None:
    frame = pd.DataFrame({"a": [0.0, 1.0, np.nan], "b": [4, 0, np.nan], "c": [2.0, np.nan, np.nan]})
    every = RowStatistics(name="r", columns=["a", "b", "c"], make=["sum", "mean", "std", "min", "max", "zeros"])
    columns = made(AcrossColumns([every]), frame)
    assert columns["r_sum"] == [6, 1, None] and columns["r_mean"] == [2, 0.5, None] and columns["r_min"] == [0, 0, None]
    assert columns["r_max"] == [4, 1, None] and columns["r_zeros"] == [1, 1, 0]
    assert columns["r_std"][:2] == pytest.approx([(8 / 3) ** 0.5, 0.5])
