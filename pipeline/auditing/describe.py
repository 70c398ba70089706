"""Descriptive statistics: one line a column, over the training rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipeline.auditing.outliers import outliers

NUMBERS = ("mean", "std", "min", "q01", "q25", "median", "q75", "q99", "max", "skew", "zeros", "outliers", "farthest")


def describe_table(
    train: pd.DataFrame, test: pd.DataFrame, kinds: Mapping[str, str], target: pd.Series
) -> pd.DataFrame:
    """One line a column, the target's first.

    Parameters
    ----------
    train, test : DataFrame
        The feature tables.
    kinds : mapping of str to kind
        The columns to describe.
    target : Series of n rows
        Values of a regression, or labels as texts, under the target's name.

    Returns
    -------
    DataFrame
        ``column``, ``kind`` (``target`` for the target), ``missing`` and ``missing_test`` (shares), ``distinct``,
        ``distinct_test``; of numbers ``mean``, ``std``, ``min``, ``q01``, ``q25``, ``median``, ``q75``, ``q99``,
        ``max``, ``skew``, ``zeros`` (share), ``outliers`` and ``farthest`` (see ``Outliers``), else NaN; ``top`` and
        ``top_share``, the most frequent value and its share of the known ones, where any stands twice.
    """
    lines = [_line(str(target.name), "target", target, None)]
    lines += [_line(name, kind, train[name], test[name]) for name, kind in kinds.items()]
    counts = ["missing", "missing_test", "distinct", "distinct_test"]
    table = pd.DataFrame(lines, columns=["column", "kind", *counts, *NUMBERS, "top", "top_share"])
    return table.astype({"distinct_test": "Int64", "top": "str"})


def _line(name: str, kind: str, ours: pd.Series, theirs: pd.Series | None) -> dict[str, Any]:
    counts = ours.value_counts()
    line: dict[str, Any] = {
        "column": name,
        "kind": kind,
        "missing": ours.isna().mean(),
        "distinct": int((counts > 0).sum()),
    }
    if theirs is not None:
        line |= {"missing_test": theirs.isna().mean(), "distinct_test": int(theirs.nunique())}
    if len(counts) and counts.max() > 1:
        line |= {"top": _first(counts), "top_share": float(counts.max() / counts.sum())}
    return line | (_numbers(ours.to_numpy(dtype=np.float64)) if pd.api.types.is_numeric_dtype(ours) else {})


def _first(counts: pd.Series) -> str:
    """The most frequent value; of several the smallest."""
    most = counts.index[counts == counts.max()]
    if pd.api.types.is_numeric_dtype(most.dtype):
        return f"{float(most.min()):g}"
    return min(str(value) for value in most)


def _numbers(values: np.ndarray) -> dict[str, float]:
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return {}
    far, spread = outliers(known), known.std()
    quantiles = np.quantile(known, [0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0])
    found = dict(zip(("min", "q01", "q25", "median", "q75", "q99", "max"), map(float, quantiles), strict=True))
    skew = float((((known - known.mean()) / spread) ** 3).mean()) if spread > 0 else float("nan")
    found |= {"mean": float(known.mean()), "std": float(spread), "skew": skew, "zeros": float((known == 0).mean())}
    return found | {"outliers": far.share, "farthest": far.farthest}
