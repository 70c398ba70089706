"""Statistics of numeric columns within groups of rows; none of them touches the target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.features import Group
from pipeline.features.builder import Builder, Made, Need, Roles, as_floats
from pipeline.features.keys import UNSEEN, Key

_BY_PANDAS = ("mean", "std", "min", "max", "median", "nunique")
_QUANTILES = {"q05": 0.05, "q10": 0.1, "q25": 0.25, "q75": 0.75, "q90": 0.9, "q95": 0.95}


@dataclass
class Groups(Builder):
    """Mean, standard deviation, extremes, quantiles, number of values, share of rows, rank and difference, by group.

    A row whose group was not among the fitted rows gets NaN, and the ``share`` of one row. ``rank`` is the share of the
    group's fitted values below the row's own, ties counting half; ``difference`` is the row's value minus the mean.

    Parameters
    ----------
    groups : list of Group
        As declared.

    ``state``: ``groups``, a list of dicts with ``key``, ``rows``, and by column the statistics by group code.
    """

    groups: list[Group] = field(default_factory=list)
    name: ClassVar[str] = "groups"

    def needs(self) -> Iterator[Need]:
        """The keys and the columns to describe."""
        for number, group in enumerate(self.groups):
            yield Need(f"groups[{number}].by", group.by)
            yield Need(f"groups[{number}].columns", group.columns)

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Describe each group."""
        self.state["groups"] = [_fitted(group, frame) for group in self.groups]

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<column>_<statistic>_by_<keys>``, and ``share_by_<keys>``."""
        for group, learnt in zip(self.groups, self.state["groups"], strict=True):
            codes = learnt["key"].codes(frame)
            by = "_".join(group.by)
            if "share" in group.statistics:
                rows = _looked_up(learnt["rows"], codes, 1.0)
                yield Made(f"share_by_{by}", rows / learnt["rows"].sum(), ", ".join(group.by))
            for column in group.columns:
                for statistic in group.statistics:
                    if statistic != "share":
                        values = _statistic(statistic, frame[column], learnt[column], codes)
                        yield Made(f"{column}_{statistic}_by_{by}", values, ", ".join([column, *group.by]))


def _fitted(group: Group, frame: pd.DataFrame) -> dict[str, Any]:
    key = Key.fit(frame, group.by)
    codes = key.codes(frame)
    fitted: dict[str, Any] = {"key": key, "rows": np.bincount(codes, minlength=key.count)}
    for column in group.columns:
        grouped = frame[column].groupby(codes)
        wanted = {*group.statistics} & {*_BY_PANDAS} | ({"mean"} if "difference" in group.statistics else set())
        described = {statistic: grouped.agg(statistic) for statistic in sorted(wanted)}
        described |= {name: grouped.quantile(q) for name, q in _QUANTILES.items() if name in group.statistics}
        fitted[column] = {
            statistic: values.reindex(range(key.count)).to_numpy(dtype=np.float64)
            for statistic, values in described.items()
        }
        if "rank" in group.statistics:
            fitted[column]["rank"] = _sorted_values(as_floats(frame[column]), codes, key.count)
    return fitted


def _statistic(statistic: str, values: pd.Series, fitted: dict[str, Any], codes: np.ndarray) -> np.ndarray:
    if statistic == "rank":
        return _ranks(as_floats(values), codes, fitted["rank"])
    if statistic == "difference":
        return as_floats(values) - _looked_up(fitted["mean"], codes, np.nan)
    return _looked_up(fitted[statistic], codes, np.nan)


def _looked_up(table: np.ndarray, codes: np.ndarray, unseen: float) -> np.ndarray:
    return np.where(codes == UNSEEN, unseen, table[codes])


def _sorted_values(values: np.ndarray, codes: np.ndarray, count: int) -> dict[str, np.ndarray]:
    """All fitted values, sorted within their groups, as integers: group times distinct values plus value number."""
    known = ~np.isnan(values)
    distinct, numbers = np.unique(values[known], return_inverse=True)
    places = np.sort(codes[known] * (len(distinct) + 1) + numbers)
    starts = np.searchsorted(places, np.arange(count + 1) * (len(distinct) + 1))
    return {"distinct": distinct, "places": places, "starts": starts}


def _ranks(values: np.ndarray, codes: np.ndarray, fitted: dict[str, np.ndarray]) -> np.ndarray:
    distinct, places, starts = fitted["distinct"], fitted["places"], fitted["starts"]
    base = np.where(codes == UNSEEN, 0, codes)
    offset = base * (len(distinct) + 1)
    below = np.searchsorted(places, offset + np.searchsorted(distinct, values, side="left"))
    upto = np.searchsorted(places, offset + np.searchsorted(distinct, values, side="right"))
    size = (starts[base + 1] - starts[base]).astype(np.float64)
    size[size == 0] = np.nan
    ranks = ((below + upto) / 2 - starts[base]) / size
    return np.where((codes == UNSEEN) | np.isnan(values), np.nan, ranks)
