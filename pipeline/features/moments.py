"""Rows in the order of time: how many fitted rows stand before others, and the moments of dates as numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.features.builder import as_floats
from pipeline.features.keys import Key

DAY = 86_400.0


def moments(values: pd.Series) -> np.ndarray:
    """Dates as seconds since 1970, numbers as they are; NaN where missing. Shape (n,)."""
    if not pd.api.types.is_datetime64_any_dtype(values):
        return as_floats(values)
    seconds = values.to_numpy(dtype="datetime64[us]").astype(np.int64) / 1e6
    out: np.ndarray = np.where(values.isna(), np.nan, seconds)
    return out


def group_codes(key: Key | None, frame: pd.DataFrame) -> np.ndarray:
    """Each row's group, or -1; all rows are group 0 where there is no key. Shape (n,)."""
    return np.zeros(len(frame), dtype=np.int64) if key is None else key.codes(frame)


def count_before(fitted: Sequence[np.ndarray], asked: Sequence[np.ndarray], ties: bool = False) -> np.ndarray:
    """How many fitted rows stand before each asked one, by the first array, then the second, and so on.

    Parameters
    ----------
    fitted, asked : sequences of arrays of shape (n,) and (m,)
        As many of each.
    ties : bool
        Whether fitted rows that equal the asked one count too.

    Returns
    -------
    int64 array of shape (m,)
    """
    n, m = len(fitted[0]), len(asked[0])
    # the sort is stable: of equal rows, those of the first side come first
    sides = (fitted, asked) if ties else (asked, fitted)
    order = np.lexsort([np.concatenate(pair) for pair in zip(*sides, strict=True)][::-1])
    known = order < n if ties else order >= m
    before = np.empty(n + m, dtype=np.int64)
    before[order] = known.cumsum()
    return before[n:] if ties else before[:m]
