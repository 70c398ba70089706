"""The levels of one column, or of a tuple of columns, as row numbers of a table: the ground for everything by level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

UNSEEN = -1


def seen_levels(column: pd.Series) -> list[Any]:
    """The distinct values of a column, missing ones apart: texts in the category's order, or sorted numbers."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        counts = np.bincount(column.cat.codes.to_numpy() + 1, minlength=len(column.cat.categories) + 1)[1:]
        return [str(level) for level in column.cat.categories[counts > 0]]
    if pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return [float(value) for value in np.unique(values[np.isfinite(values)])]
    return sorted(str(value) for value in column.dropna().unique())


def codes_among(column: pd.Series, levels: Sequence[Any]) -> np.ndarray:
    """Each row's place in ``levels``: ``len(levels)`` where the value is missing, ``UNSEEN`` where it is none of them.

    Parameters
    ----------
    column : Series of n rows
        Of pandas' category type, whatever its categories' order, or numbers, or texts.
    levels : sequence
        As ``seen_levels`` gave them.

    Returns
    -------
    int64 array of shape (n,)
    """
    if levels and isinstance(levels[0], float):
        return _numeric_codes(column, np.asarray(levels))
    if not isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype("category")
    categories = column.cat.categories.astype(str).astype(object)
    places = pd.Index(list(levels), dtype=object).get_indexer(categories)
    return np.append(places, len(levels)).astype(np.int64)[column.cat.codes.to_numpy()]


def _numeric_codes(column: pd.Series, levels: np.ndarray) -> np.ndarray:
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    places = np.minimum(np.searchsorted(levels, values), len(levels) - 1)
    codes = np.where(levels[places] == values, places, UNSEEN)
    return np.where(np.isfinite(values), codes, len(levels))


@dataclass(frozen=True)
class Keys:
    """The groups of rows that share the levels of one or more columns. A missing value is a level of its own.

    Parameters
    ----------
    columns : tuple of str
        The columns.
    levels : tuple of lists
        Each column's levels in the rows it was fitted on.
    joined : tuple of sorted int64 arrays
        For each column after the first, the pairs (group so far, code) that were seen, as one number each.
    """

    columns: tuple[str, ...]
    levels: tuple[list[Any], ...]
    joined: tuple[np.ndarray, ...]

    @classmethod
    def fit(cls, frame: pd.DataFrame, columns: Sequence[str]) -> Keys:
        """Take the levels, and the tuples of them, that stand in the rows."""
        levels = tuple(seen_levels(frame[name]) for name in columns)
        groups = codes_among(frame[columns[0]], levels[0])
        joined: list[np.ndarray] = []
        for name, known in zip(columns[1:], levels[1:], strict=True):
            pairs = groups * (len(known) + 1) + codes_among(frame[name], known)
            seen, groups = np.unique(pairs, return_inverse=True)
            joined.append(seen)
        return cls(tuple(columns), levels, tuple(joined))

    @property
    def size(self) -> int:
        """The number of groups."""
        return len(self.joined[-1]) if self.joined else len(self.levels[0]) + 1

    def groups(self, frame: pd.DataFrame) -> np.ndarray:
        """Each row's group in [0, size), or ``UNSEEN``: int64 of shape (n,)."""
        groups = codes_among(frame[self.columns[0]], self.levels[0])
        for name, known, seen in zip(self.columns[1:], self.levels[1:], self.joined, strict=True):
            codes = codes_among(frame[name], known)
            pairs = np.where((groups < 0) | (codes < 0), UNSEEN, groups * (len(known) + 1) + codes)
            places = np.minimum(np.searchsorted(seen, pairs), len(seen) - 1)
            groups = np.where(seen[places] == pairs, places, UNSEEN)
        return groups

    def to_state(self) -> dict[str, Any]:
        """The keys as JSON."""
        return {"columns": list(self.columns), "levels": list(self.levels), "joined": [j.tolist() for j in self.joined]}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Keys:
        """The keys from JSON."""
        joined = tuple(np.asarray(pairs, dtype=np.int64) for pairs in state["joined"])
        return cls(tuple(state["columns"]), tuple(state["levels"]), joined)
