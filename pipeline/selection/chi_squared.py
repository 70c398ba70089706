"""Pearson's chi-squared of each column against the target, as Cramér's V, so that few and many levels compare.

Source: Bergsma, "A bias-correction for Cramér's V and Tschuprow's T", Journal of the Korean Statistical Society 2013.
"""

from __future__ import annotations

import numpy as np

from pipeline.selection import Judged

BINS = 10


def measure(judged: Judged) -> np.ndarray:
    """Each column's bias-corrected Cramér's V with the target, in [0, 1].

    Numbers, and the target of a regression, are cut at their deciles; missing values are a level of their own.
    """
    y = binned(judged.y) if judged.task == "regression" else np.unique(judged.y, return_inverse=True)[1]
    columns = zip(judged.X.T, judged.categorical, strict=True)
    return np.array([cramers_v(_codes(column) if coded else binned(column), y) for column, coded in columns])


def binned(values: np.ndarray) -> np.ndarray:
    """Codes of the bins between the deciles, from 0; missing values in a last one."""
    known = ~np.isnan(values)
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, BINS + 1)[1:-1])) if known.any() else np.empty(0)
    return np.where(known, np.searchsorted(edges, values, side="left"), len(edges) + 1)


def cramers_v(one: np.ndarray, other: np.ndarray) -> float:
    """Cramér's V of two arrays of codes from 0, corrected for what chance alone gives; 0 for a constant."""
    n, wide = len(one), int(other.max()) + 1
    table = np.bincount(one * wide + other, minlength=(int(one.max()) + 1) * wide).reshape(-1, wide).astype(np.float64)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    rows, columns = table.shape
    if min(rows, columns) < 2:
        return 0.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    beyond = max(0.0, float(((table - expected) ** 2 / expected).sum()) / n - (rows - 1) * (columns - 1) / (n - 1))
    least = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return float(np.sqrt(beyond / least)) if least > 0 else 0.0


def _codes(column: np.ndarray) -> np.ndarray:
    codes: np.ndarray = np.unique(column, return_inverse=True)[1]
    return codes
