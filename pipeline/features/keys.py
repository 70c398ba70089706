"""Groups of rows by the levels of one column or a tuple of columns, as integer codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

UNSEEN = -1


@dataclass(frozen=True)
class Key:
    """A fitted key. A missing value is a level of its own.

    Parameters
    ----------
    columns : tuple of str
        The columns whose values make a group.
    levels : tuple of Index
        For each column, the levels that were seen.
    pairs : tuple of int64 array
        For the second column and each after it: the sorted codes (prefix times levels plus level) that were seen.
    """

    columns: tuple[str, ...]
    levels: tuple[pd.Index, ...]
    pairs: tuple[np.ndarray, ...]

    @classmethod
    def fit(cls, frame: pd.DataFrame, columns: list[str]) -> Key:
        """Learn the groups that are in these rows."""
        levels = tuple(pd.Index(frame[name].dropna().unique()) for name in columns)
        codes = _level_codes(frame[columns[0]], levels[0])
        pairs = []
        for name, known in zip(columns[1:], levels[1:], strict=True):
            mixed = codes * (len(known) + 1) + _level_codes(frame[name], known)
            seen, codes = np.unique(mixed, return_inverse=True)
            pairs.append(seen)
        return cls(tuple(columns), levels, tuple(pairs))

    @property
    def count(self) -> int:
        """One more than the largest code."""
        return len(self.pairs[-1]) if self.pairs else len(self.levels[0]) + 1

    def codes(self, frame: pd.DataFrame) -> np.ndarray:
        """Each row's group as an int64 in [0, count), or -1 where the group was not seen. Shape (n,)."""
        codes = _level_codes(frame[self.columns[0]], self.levels[0])
        for name, known, seen in zip(self.columns[1:], self.levels[1:], self.pairs, strict=True):
            level = _level_codes(frame[name], known)
            mixed = np.where((codes < 0) | (level < 0), UNSEEN, codes * (len(known) + 1) + level)
            place = np.searchsorted(seen, mixed).clip(0, len(seen) - 1)
            codes = np.where(seen[place] == mixed, place, UNSEEN)
        return codes


def _level_codes(values: pd.Series, levels: pd.Index) -> np.ndarray:
    """Level numbers from 0; the number of levels for a missing value; -1 for a level that was not seen."""
    codes, distinct = pd.factorize(values)
    if len(distinct) == 0 or len(levels) == 0:
        known = np.full(len(distinct), UNSEEN)
    else:
        known = levels.get_indexer(pd.Index(distinct))
    return np.append(known, len(levels))[codes].astype(np.int64)
