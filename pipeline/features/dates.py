"""Dates to parts, cycles, days gone by, and days between two dates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.features.builder import Builder, Made, Roles, as_floats, columns_of

_PARTS: Mapping[str, Callable[[pd.Series], pd.Series]] = {
    "year": lambda dates: dates.dt.year,
    "month": lambda dates: dates.dt.month,
    "day": lambda dates: dates.dt.day,
    "weekday": lambda dates: dates.dt.day_of_week,
    "yearday": lambda dates: dates.dt.day_of_year,
    "hour": lambda dates: dates.dt.hour,
}
_PERIODS = {"month": 12.0, "weekday": 7.0, "yearday": 365.25, "hour": 24.0}
_PAIRED_AT_MOST = 4
_DAY_MICROSECONDS = 86_400_000_000


@dataclass
class Dates(Builder):
    """Year, month, day, weekday, day of the year, hour; sine and cosine of each cycle; days since the first date.

    A part that is the same in all fitted rows is left out. Up to four date columns also give the days between each two.

    ``state``: ``parts`` (column to names), ``first`` (column to microseconds since 1970), ``pairs`` (of columns).
    """

    name: ClassVar[str] = "dates"

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn which parts vary, and the first date of each column."""
        columns = [name for name in columns_of(frame, roles, "date") if frame[name].notna().any()]
        self.state["parts"] = {
            name: [part for part, take in _PARTS.items() if take(frame[name]).nunique() > 1] for name in columns
        }
        self.state["first"] = {name: int(_microseconds(frame[name])[frame[name].notna()].min()) for name in columns}
        several = columns if len(columns) <= _PAIRED_AT_MOST else []
        self.state["pairs"] = list(combinations(several, 2))

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """The parts, cycles and distances."""
        for name, parts in self.state["parts"].items():
            for part in parts:
                values = as_floats(_PARTS[part](frame[name]))
                yield Made(f"{name}_{part}", values, name)
                if part in _PERIODS:
                    angle = 2 * np.pi * values / _PERIODS[part]
                    yield Made(f"{name}_{part}_sin", np.sin(angle), name)
                    yield Made(f"{name}_{part}_cos", np.cos(angle), name)
            yield Made(f"{name}_days", _days(frame[name], self.state["first"][name]), name)
        for one, other in self.state["pairs"]:
            between = _days(frame[other], 0) - _days(frame[one], 0)
            yield Made(f"{one}_to_{other}_days", between, f"{one}, {other}")


def _microseconds(dates: pd.Series) -> np.ndarray:
    values: np.ndarray = dates.to_numpy(dtype="datetime64[us]").astype(np.int64)
    return values


def _days(dates: pd.Series, first: int) -> np.ndarray:
    days = (_microseconds(dates) - first) / _DAY_MICROSECONDS
    return np.where(dates.isna().to_numpy(), np.nan, days)
