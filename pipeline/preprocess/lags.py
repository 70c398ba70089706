"""Lags and rolling statistics of the target, at least one horizon back.

Notes
-----
The state is what the fold's training rows tell: sums of their target by group and time. A row is looked up at its own
time less the horizon, and nothing younger enters, so a training row never meets its own target, and what a validation
row gets depends on no validation row. Where folds go forward in time, training rows and validation rows are looked up
by the same rule; those of the validation window find a gap of at most the horizon, as test rows will.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from pipeline.declaration.preprocess import TargetLag
from pipeline.preprocess.keys import UNSEEN, Keys

_ARRAYS = ("cells", "times", "counts", "sums", "squares")


def numbers_of(time: pd.Series) -> np.ndarray:
    """Times as float64 of shape (n,): numbers, or a category of numbers, or one of dates, in days since 1970.

    Raises
    ------
    ValueError
        Where a category holds neither.
    """
    if not isinstance(time.dtype, pd.CategoricalDtype):
        return time.to_numpy(dtype=np.float64, na_value=np.nan)
    levels = time.cat.categories.astype("str")
    found = pd.to_numeric(pd.Series(levels), errors="coerce").to_numpy(dtype=np.float64)
    if np.isnan(found).any():
        dates = pd.to_datetime(levels, format="ISO8601")
        found = ((dates - pd.Timestamp(0)) / pd.Timedelta(days=1)).to_numpy(dtype=np.float64)
    return np.append(found, np.nan)[time.cat.codes.to_numpy()]


@dataclass(frozen=True)
class TargetPast:
    """A fitted ``TargetLag``.

    Parameters
    ----------
    declared : TargetLag
        What to make.
    keys : Keys
        The groups.
    names : tuple of str
        The names of the columns it makes, for one target.
    suffixes : tuple of str
        What tells the columns of several classes apart; one empty text for a single target.
    centre : float64 array of shape (targets,)
        The mean over all training rows, taken off before squaring: squares of large numbers would swallow small ones.
    times : sorted float64 array
        The distinct times of the training rows.
    cells : sorted int64 array of shape (cells,)
        Group times the number of times plus the time's place, of those that training rows have.
    counts, sums, squares : float64 arrays of shape (cells,), (cells, targets) twice
        Training rows, and sums of their target and of its squares; these are 0 where no ``std`` is asked for.
    """

    declared: TargetLag
    keys: Keys
    names: tuple[str, ...]
    suffixes: tuple[str, ...]
    centre: np.ndarray
    times: np.ndarray
    cells: np.ndarray
    counts: np.ndarray
    sums: np.ndarray
    squares: np.ndarray

    @classmethod
    def fit(
        cls, frame: pd.DataFrame, target: np.ndarray, declared: TargetLag, names: Sequence[str], suffixes: Sequence[str]
    ) -> TargetPast:
        """Sum the target, of shape (n, targets), by group and time; rows without a time tell nothing."""
        keys = Keys.fit(frame, declared.by)
        moment = numbers_of(frame[declared.time])
        known = np.isfinite(moment)
        times, places = np.unique(moment[known], return_inverse=True)
        cells, rows = np.unique(keys.groups(frame)[known] * len(times) + places, return_inverse=True)
        centre = target.mean(axis=0)
        own = target[known]
        sums = _summed(rows, own, len(cells))
        wanted = "std" in declared.statistics
        squares = _summed(rows, (own - centre) ** 2, len(cells)) if wanted else np.zeros_like(sums)
        counts = np.bincount(rows, minlength=len(cells)).astype(np.float64)
        return cls(declared, keys, tuple(names), tuple(suffixes), centre, times, cells, counts, sums, squares)

    @property
    def columns(self) -> list[str]:
        """The names of all columns it makes."""
        return [f"{name}{suffix}" for suffix in self.suffixes for name in self.names]

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        """What the training rows tell of each row's past: float32 of shape (n, columns), NaN for nothing."""
        groups, time = self.keys.groups(frame), numbers_of(frame[self.declared.time])
        if len(self.cells) == 0:
            return np.full((len(frame), len(self.columns)), np.nan, dtype=np.float32)
        parts = [np.stack(list(self._columns(groups, time, k)), axis=1) for k in range(len(self.suffixes))]
        values = np.concatenate(parts, axis=1)
        values[(groups == UNSEEN) | ~np.isfinite(time)] = np.nan
        return values.astype(np.float32)

    def _columns(self, groups: np.ndarray, time: np.ndarray, k: int) -> Iterator[np.ndarray]:
        """In the order of ``names_of``."""
        declared, near = self.declared, self._tolerance()
        for lag in declared.lags:
            ends = self._until(groups, time - lag - near), self._until(groups, time - lag + near)
            yield self._statistic("mean", *ends, k)
        youngest = self._until(groups, time - declared.horizon + near)
        start = self._until(groups, np.full_like(time, -np.inf))
        starts = [self._until(groups, time - declared.horizon - window + near) for window in declared.windows]
        for first in [*starts, *([start] if declared.expanding else [])]:
            for statistic in declared.statistics:
                yield self._statistic(statistic, first, youngest, k)
        if declared.last:
            place = np.maximum(youngest - 1, start)
            latest = self._statistic("mean", place, youngest, k)
            moment = self.times[self.cells[np.minimum(place, len(self.cells) - 1)] % len(self.times)]
            yield latest
            yield np.where(np.isnan(latest), np.nan, time - moment)

    def _tolerance(self) -> float:
        """What float32 may have rounded off a time; less than the horizon, so that no row meets its own target."""
        largest = float(np.abs(self.times).max(initial=0.0))
        return min(4 * float(np.finfo(np.float32).eps) * largest, self.declared.horizon / 2)

    def _until(self, groups: np.ndarray, moment: np.ndarray) -> np.ndarray:
        """The number of cells up to this moment of the row's group, those of all groups before it among them."""
        base = np.where(groups == UNSEEN, 0, groups) * len(self.times)
        return np.searchsorted(self.cells, base + np.searchsorted(self.times, moment, side="right"))

    @cached_property
    def _totals(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Counts, sums and squares of all cells before each."""
        counts, sums, squares = (
            np.concatenate([np.zeros_like(table[:1]), table]).cumsum(axis=0)
            for table in (self.counts[:, None], self.sums, self.squares)
        )
        return counts[:, 0], sums, squares

    def _statistic(self, statistic: str, first: np.ndarray, last: np.ndarray, k: int) -> np.ndarray:
        """Over the cells from ``first`` to before ``last``, of the ``k``-th target."""
        counts, sums, squares = self._totals
        rows = counts[last] - counts[first]
        if statistic == "count":
            return rows
        some = np.where(rows > 0, rows, np.nan)
        mean = (sums[last, k] - sums[first, k]) / some
        if statistic == "mean":
            return mean
        variance = (squares[last, k] - squares[first, k]) / some - (mean - self.centre[k]) ** 2
        return np.where(np.isnan(some), np.nan, np.sqrt(np.maximum(variance, 0.0)))

    def to_state(self) -> dict[str, Any]:
        """The past as JSON; its long arrays are packed, since there may be a cell for every training row."""
        return {
            "declared": self.declared.model_dump(mode="json"),
            "keys": self.keys.to_state(),
            "names": list(self.names),
            "suffixes": list(self.suffixes),
            "centre": self.centre.tolist(),
            **{name: _packed(getattr(self, name)) for name in _ARRAYS},
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> TargetPast:
        """The past from JSON."""
        return cls(
            TargetLag.model_validate(state["declared"]),
            Keys.from_state(state["keys"]),
            tuple(state["names"]),
            tuple(state["suffixes"]),
            np.asarray(state["centre"], dtype=np.float64),
            **{name: _unpacked(state[name]) for name in _ARRAYS},
        )


def names_of(declared: TargetLag) -> list[str]:
    """The columns' names, such as ``target_lag_42_by_Store`` and ``target_mean_28_by_Store``."""
    by = "_".join(declared.by)
    spans = [f"{window:g}" for window in declared.windows] + ["all"] * declared.expanding
    names = [f"target_lag_{lag:g}_by_{by}" for lag in declared.lags]
    names += [f"target_{statistic}_{span}_by_{by}" for span in spans for statistic in declared.statistics]
    return names + [f"target_last_by_{by}", f"target_last_age_by_{by}"] * declared.last


def _summed(rows: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    columns = [np.bincount(rows, weights=values[:, k], minlength=size) for k in range(values.shape[1])]
    return np.stack(columns, axis=1)


def _packed(values: np.ndarray) -> dict[str, Any]:
    text = base64.b64encode(zlib.compress(np.ascontiguousarray(values).tobytes())).decode()
    return {"type": values.dtype.str, "shape": list(values.shape), "bytes": text}


def _unpacked(state: dict[str, Any]) -> np.ndarray:
    flat = np.frombuffer(zlib.decompress(base64.b64decode(state["bytes"])), dtype=state["type"])
    return flat.reshape(state["shape"])
