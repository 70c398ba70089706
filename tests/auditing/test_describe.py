"""Descriptive statistics and outliers, against pandas and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.auditing.describe import describe_table
from pipeline.auditing.outliers import outliers

numbers = st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=60)


def test_the_table_says_what_pandas_says() -> None:
    rng = np.random.default_rng(0)
    train = pd.DataFrame({"x": rng.exponential(size=200), "c": pd.Categorical(rng.choice(list("abc"), 200))})
    train.loc[:19, "x"] = np.nan
    train.loc[20:49, "x"] = 0.0
    test = train.iloc[:50]
    target = pd.Series(["no"] * 150 + ["yes"] * 50, name="y", dtype="str")
    table = describe_table(train, test, {"x": "numeric", "c": "categorical"}, target).set_index("column")
    assert table.index.tolist() == ["y", "x", "c"] and table["kind"].tolist() == ["target", "numeric", "categorical"]
    assert table.loc["y", ["top", "top_share"]].tolist() == ["no", 0.75]
    line, known = table.loc["x"], train["x"].dropna()
    assert line["missing"] == 0.1 and line["missing_test"] == 0.4 and line["zeros"] == pytest.approx(30 / 180)
    assert line["mean"] == pytest.approx(known.mean()) and line["std"] == pytest.approx(known.std(ddof=0))
    assert line["median"] == pytest.approx(known.median()) and line["q99"] == pytest.approx(known.quantile(0.99))
    assert line["skew"] == pytest.approx(known.skew(), rel=0.02) and line["top"] == "0"
    assert table.loc["c", "distinct"] == 3 and np.isnan(table.loc["c", "mean"])


@settings(max_examples=60, deadline=None)
@given(numbers, st.floats(-1e3, 1e3), st.floats(0.5, 50))
def test_outliers_do_not_depend_on_unit_and_origin(values: list[float], shift: float, unit: float) -> None:
    plain = np.round(np.array(values), 2)
    one, other = outliers(plain), outliers(plain * 2.0 ** round(unit))
    assert one == other or (np.isnan(one.farthest) and np.isnan(other.farthest)) or np.isnan(one.share)
    assert np.isnan(one.share) or 0 <= one.share <= 0.5


def test_one_far_value_is_seen_though_it_is_far() -> None:
    values = np.append(np.random.default_rng(0).normal(size=999), 1e6)
    found = outliers(values)
    assert found.share == pytest.approx(0.001) and found.farthest > 1e5
    assert np.isnan(outliers(np.full(5, 2.0)).share) and np.isnan(outliers(np.full(3, np.nan)).farthest)
