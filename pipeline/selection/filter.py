"""Filter: near-constant columns go, then doubles, then those that tell least about the target, each column alone."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pipeline.declaration.select import Select
from pipeline.selection import Judged, Verdict, best, how_many, sampled

MOST_ROWS = 20_000
CONSTANT_SHARE = 0.9995


def choose(judged: Judged, section: Select) -> Verdict:
    """Variance, then correlation, then the declared measure.

    Returns
    -------
    Verdict
        The score is the measure's, such as mutual information in nats; 0 for near-constant columns.
    """
    judged = sampled(judged, MOST_ROWS)
    left = ~near_constant(judged.X)
    score = np.zeros(judged.X.shape[1])
    if left.any():
        score[left] = measure_of(section.way)(
            replace(judged, X=judged.X[:, left], categorical=judged.categorical[left])
        )
    left &= ~doubles(judged.X, left & ~judged.categorical, score, section.correlation_above)
    count = how_many(section.keep, len(score))
    chosen = best(np.where(left, score, -np.inf), min(count, int(left.sum()) or 1))
    return Verdict(score, chosen)


def measure_of(way: str) -> Callable[[Judged], np.ndarray]:
    """A measure by its file's name: what each column alone tells of the target, at least 0."""
    measure: Callable[[Judged], np.ndarray] = importlib.import_module(f"pipeline.selection.{way}").measure
    return measure


def near_constant(X: np.ndarray) -> np.ndarray:
    """Mark columns of which one value, or being missing, makes up more than 99.95 % of the rows."""
    most = [np.unique(column, return_counts=True)[1].max() for column in X.T]
    return np.array(most) > CONSTANT_SHARE * len(X)


def doubles(X: np.ndarray, numeric: np.ndarray, score: np.ndarray, above: float) -> np.ndarray:
    """Mark numeric columns whose correlation with a better one is above the limit, in size."""
    marked = np.zeros(X.shape[1], dtype=bool)
    positions = np.flatnonzero(numeric)
    if len(positions) < 2:
        return marked
    columns = X[:, positions].astype(np.float64)
    columns = np.where(np.isnan(columns), np.nanmedian(columns, axis=0), columns)
    constant = np.ptp(columns, axis=0) == 0
    positions, columns = positions[~constant], columns[:, ~constant]
    correlation = np.abs(np.corrcoef(columns, rowvar=False)).reshape(len(positions), len(positions))
    kept: list[int] = []
    for candidate in np.argsort(-score[positions], kind="stable"):
        if (correlation[candidate, kept] > above).any():
            marked[positions[candidate]] = True
        else:
            kept.append(int(candidate))
    return marked
