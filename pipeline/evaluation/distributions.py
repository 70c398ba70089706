"""Distributions: how each leading number is spread in every class, or in every third of a regression's target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
import pandas as pd

from pipeline.evaluation.correlations import sample_rows
from pipeline.evaluation.scored import SHOWN_CLASSES, Scored
from pipeline.evaluation.slices import LEVELS

MOST, BINS = 6, 30
THIRDS = ("lowest third", "middle third", "highest third")


def distribution_table(scored: Scored, frame: pd.DataFrame, leading: Iterable[str]) -> pd.DataFrame:
    """Numeric columns in bins, by class or by third of the target, over a sample of at most 20,000 rows.

    Parameters
    ----------
    scored : Scored
        The target.
    frame : DataFrame of n rows
        The features of the training rows.
    leading : iterable of str
        Their names, the most important first; at most six numeric ones are taken, of more values than the levels by
        which slices are cut.

    Returns
    -------
    DataFrame
        ``column``, ``label``, ``low`` and ``high`` (of 30 bins from the 1st to the 99th percentile; the outermost hold
        what lies beyond), ``share`` (of the label's rows that have a value). Of more than twelve classes the most
        frequent stand for themselves alone.
    """
    rows = sample_rows(len(frame))
    names = (name for name in leading if pd.api.types.is_numeric_dtype(frame[name]))
    varied = islice((name for name in names if frame[name].iloc[rows].nunique() > LEVELS), MOST)
    groups = list(_groups(scored, rows))
    parts = [_bins(name, frame[name].iloc[rows].to_numpy(dtype=np.float64), groups) for name in varied]
    empty = pd.DataFrame({name: [] for name in ("column", "label", "low", "high", "share")})
    return pd.concat([empty.astype({"column": "str", "label": "str"}), *parts], ignore_index=True)


def _groups(scored: Scored, rows: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """The labels, each with the places of these rows that bear it."""
    if scored.classes:
        codes = scored.target[rows].astype(np.int64)
        frequent = np.argsort(-np.bincount(codes, minlength=len(scored.classes)), kind="stable")[:SHOWN_CLASSES]
        yield from ((scored.classes[code], codes == code) for code in sorted(frequent))
        return
    values = scored.target[rows].astype(np.float64)
    codes = np.searchsorted(np.quantile(values, [1 / 3, 2 / 3]), values, side="left")
    yield from ((name, codes == place) for place, name in enumerate(THIRDS) if (codes == place).any())


def _bins(name: str, values: np.ndarray, groups: list[tuple[str, np.ndarray]]) -> pd.DataFrame:
    known = np.isfinite(values)
    low, high = np.quantile(values[known], [0.01, 0.99])
    if low == high:
        low, high = values[known].min(), values[known].max()
    edges = np.linspace(low, high, BINS + 1)
    parts = []
    for label, inside in groups:
        counts = np.histogram(np.clip(values[known & inside], low, high), edges)[0]
        lines = pd.DataFrame({"column": name, "label": label, "low": edges[:-1], "high": edges[1:]})
        parts.append(lines.assign(share=counts / max(counts.sum(), 1)))
    return pd.concat(parts, ignore_index=True)
