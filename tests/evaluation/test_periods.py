"""Time: periods of a date and what repeats in it, with the target and the residuals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.declaration.metric import Metric
from pipeline.evaluation.periods import PERIODS, period_table
from pipeline.evaluation.scored import ENSEMBLE, Scored


def scored(target: np.ndarray, classes: tuple[str, ...] = ()) -> Scored:
    task = "regression" if not classes else "binary" if len(classes) == 2 else "multiclass"
    rows = np.arange(len(target))
    own = {ENSEMBLE: np.asarray(target, dtype=np.float64) - 1.0} if not classes else {}
    return Scored(task, Metric(name="rmse" if not classes else "log_loss"), classes, rows, target, rows % 2, own)


def test_few_days_stand_each_for_themselves_with_the_targets_mean_and_the_residuals() -> None:
    days = pd.Series(pd.to_datetime(["2020-01-01", "2020-01-01", "2020-01-03", None]))
    table = period_table(scored(np.array([1.0, 3.0, 5.0, 9.0])), {"day": days}, {"day": days[2:] + pd.Timedelta("1D")})
    assert table["column"].unique().tolist() == ["day"]
    assert table["level"].tolist() == ["2020-01-01", "2020-01-03", "2020-01-04"]
    assert table["train"].tolist() == [2, 1, 0] and table["test"].tolist() == [0, 0, 1]
    assert table["target"].tolist()[:2] == [2.0, 5.0] and np.isnan(table["target"].iloc[2])
    assert table["se"].iloc[0] == 1.0 and table["bias"].tolist()[:2] == [1.0, 1.0]


def test_many_days_are_cut_into_periods_and_rhythms_show_what_comes_back() -> None:
    days = pd.Series(pd.date_range("2020-01-06", periods=728, freq="D"))  # a Monday
    target = (days.dt.day_of_week >= 5).to_numpy().astype(np.int64)
    table = period_table(scored(target, ("no", "yes")), {"day": days}, {"day": days[:7] + pd.Timedelta("728D")})
    whole = table[table["column"] == "day"]
    assert len(whole) <= PERIODS and whole["train"].sum() == 728 and whole["test"].sum() == 7
    assert whole["train"].iloc[:-1].between(17, 20).all(), "periods of equal length"
    assert pd.to_datetime(whole["level"]).is_monotonic_increasing
    weekdays = table[table["column"] == "day by weekday"].set_index("level")
    assert weekdays["target"].tolist() == [0, 0, 0, 0, 0, 1, 1] and (weekdays["train"] == 104).all()
    assert list(table["column"].unique()) == ["day", "day by month", "day by weekday"], "no hours in days"
    assert "bias" not in table


def test_hours_are_told_of_times() -> None:
    times = pd.Series(pd.date_range("2020-01-06", periods=24 * 5, freq="h"))
    table = period_table(scored(np.arange(120.0) % 24), {"at": times}, {"at": times})
    hours = table[table["column"] == "at by hour"]
    assert hours["target"].tolist() == pytest.approx(range(24)) and hours["level"].iloc[7] == "07 h"
    assert len(table[table["column"] == "at"]) == PERIODS


def test_one_day_alone_or_no_date_tells_nothing_and_many_classes_have_rows_only() -> None:
    one = pd.Series(pd.to_datetime(["2020-01-01"] * 3))
    assert period_table(scored(np.arange(3.0)), {"day": one}, {"day": one}).empty
    assert period_table(scored(np.arange(3.0)), {}, {}).empty
    days = pd.Series(pd.date_range("2020-01-01", periods=3))
    many = period_table(scored(np.array([0, 1, 2]), ("a", "b", "c")), {"day": days}, {"day": days})
    assert many["target"].isna().all() and many["train"].tolist() == [1, 1, 1]
