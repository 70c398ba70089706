"""Arithmetic of the pairs of numeric columns that gain most, found on a fold's training rows.

Notes
-----
A random forest is fitted on the columns as they are; its out-of-bag residuals are what they leave unexplained. A
candidate's worth is the share of the residuals' variance that sixteen quantile bins of it explain, less what the bins
of the better of its two columns explain; its F test must pass with Bonferroni's correction for all candidates. The
best are taken in order, without those that rank the rows as one already taken does.

References
----------
Zhang, Zhang, Fan, Luo, Liu, Liu, Cao, Li, "OpenFE: automated feature generation with expert-level performance", ICML
2023, for judging candidates by what they add to a boosted base model. Katz, Shin and Song, "ExploreKit", ICDM 2016.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from pipeline.core.arithmetic import OPERATIONS
from pipeline.declaration.numeric import Operation
from pipeline.declaration.preprocess import GainingPairs

BINS, MOST_ROWS, FEWEST_ROWS = 16, 10_000, 200
LEVEL, SAME = 0.05, 0.98
TREES, LEAF = 60, 5


@dataclass(frozen=True)
class Pair:
    """Two columns, and what is done with them."""

    left: str
    operation: Operation
    right: str

    @property
    def name(self) -> str:
        """Such as ``area_over_rooms``."""
        return f"{self.left}_{self.operation}_{self.right}"

    def values(self, columns: dict[str, np.ndarray]) -> np.ndarray:
        """The pair's values, float64 of shape (n,), from those of its columns."""
        with np.errstate(over="ignore", invalid="ignore"):
            return OPERATIONS[self.operation](columns[self.left], columns[self.right])


@dataclass(frozen=True)
class BestPairs:
    """The pairs that a fold's training rows chose, best first; there may be none."""

    chosen: tuple[Pair, ...] = ()

    @property
    def names(self) -> list[str]:
        """The names of the columns it makes."""
        return [pair.name for pair in self.chosen]

    @classmethod
    def fit(
        cls, matrix: np.ndarray, names: Sequence[str], target: np.ndarray, declared: GainingPairs, seed: int
    ) -> BestPairs:
        """Choose pairs on at most 10 000 rows.

        Parameters
        ----------
        matrix : float32 array of shape (n, columns)
            The numeric columns; missing and infinite values are allowed.
        names : sequence of str
            The columns' names.
        target : float array of shape (n, targets)
            Class indicators, or values.
        declared : GainingPairs
            How many, among how many, and which operations.
        seed : int
            For the sample of rows and the forest.
        """
        if len(matrix) < FEWEST_ROWS or len(names) < 2:
            return cls()
        rng = np.random.default_rng(seed)
        rows = np.sort(rng.choice(len(matrix), min(len(matrix), MOST_ROWS), replace=False))
        known = np.where(np.isfinite(matrix[rows]), matrix[rows], np.float32(np.nan))
        residuals, importance = _unexplained(known, target[rows], seed)
        strongest = np.sort(np.argsort(-importance, kind="stable")[: declared.among])
        columns = {names[place]: known[:, place].astype(np.float64) for place in strongest}
        return cls(best_pairs(columns, residuals, declared.operations, declared.most))

    def transform(self, matrix: np.ndarray, names: Sequence[str]) -> np.ndarray:
        """The chosen pairs' values: float32 of shape (n, pairs)."""
        used = {name for pair in self.chosen for name in (pair.left, pair.right)}
        columns = {name: matrix[:, place].astype(np.float64) for place, name in enumerate(names) if name in used}
        made = [pair.values(columns) for pair in self.chosen]
        return np.stack(made, axis=1).astype(np.float32) if made else np.empty((len(matrix), 0), dtype=np.float32)

    def to_state(self) -> list[list[str]]:
        """The pairs as JSON."""
        return [[pair.left, pair.operation, pair.right] for pair in self.chosen]

    @classmethod
    def from_state(cls, state: list[list[Any]]) -> BestPairs:
        """The pairs from JSON."""
        return cls(tuple(Pair(left, operation, right) for left, operation, right in state))


def best_pairs(
    columns: dict[str, np.ndarray], residuals: np.ndarray, operations: Sequence[Operation], most: int
) -> tuple[Pair, ...]:
    """The pairs that explain most of what a model has left over, best first; none where all may be chance.

    Parameters
    ----------
    columns : dict of str to float64 array of shape (n,)
        The columns to put together; NaN where a value is missing.
    residuals : float array of shape (n, targets)
        Of rows that the model has not seen.
    operations : sequence of {"minus", "over", "times", "plus"}
        What to do with two columns.
    most : int
        How many pairs at most.
    """
    return tuple(_distinct(_ranked(columns, residuals, operations), columns, most))


def _unexplained(matrix: np.ndarray, target: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Standardised out-of-bag residuals of shape (n, targets), and the columns' importance."""
    from sklearn.ensemble import RandomForestRegressor

    spread = target.std(axis=0)
    scaled = (target - target.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    forest = RandomForestRegressor(
        TREES, min_samples_leaf=LEAF, max_features=0.5, oob_score=True, random_state=seed % 2**32, n_jobs=1
    )
    forest.fit(matrix, scaled if scaled.shape[1] > 1 else scaled[:, 0])
    return scaled - forest.oob_prediction_.reshape(scaled.shape), forest.feature_importances_


def _ranked(
    columns: dict[str, np.ndarray], residuals: np.ndarray, operations: Sequence[Operation]
) -> Iterator[tuple[Pair, np.ndarray]]:
    """The candidates that gain more than chance would, best first, with their values."""
    from scipy.stats import f

    alone = {name: _share(values, residuals) for name, values in columns.items()}
    tried = []
    for pair in _candidates(list(columns), operations):
        values = pair.values(columns)
        share = _share(values, residuals)
        tried.append((share - max(alone[pair.left], alone[pair.right]), share, pair, values))
    rows, targets = residuals.shape
    limit = f.isf(LEVEL / max(len(tried), 1), (BINS - 1) * targets, (rows - BINS) * targets)
    for gain, share, pair, values in sorted(tried, key=lambda one: -one[0]):
        statistic = share / (BINS - 1) / max((1 - share) / (rows - BINS), 1e-12)
        if gain > 0 and statistic > limit:
            yield pair, values


def _candidates(names: Sequence[str], operations: Sequence[Operation]) -> Iterator[Pair]:
    """Every pair with every operation; ratios both ways round."""
    for left, right in combinations(names, 2):
        for operation in operations:
            yield Pair(left, operation, right)
        if "over" in operations:
            yield Pair(right, "over", left)


def _share(values: np.ndarray, residuals: np.ndarray) -> float:
    """The share of the residuals' variance that quantile bins of the values explain, in [0, 1]."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS)[1:-1]))
    bins = np.where(np.isfinite(values), np.searchsorted(edges, values, side="right"), BINS)
    counts = np.bincount(bins, minlength=BINS + 1)
    centred = residuals - residuals.mean(axis=0)
    between = sum(float((np.bincount(bins, r, BINS + 1) ** 2 / np.maximum(counts, 1)).sum()) for r in centred.T)
    return between / max(float((centred**2).sum()), 1e-12)


def _distinct(ranked: Iterator[tuple[Pair, np.ndarray]], columns: dict[str, np.ndarray], most: int) -> Iterator[Pair]:
    """At most so many pairs, without those that rank the rows as an earlier one or as a column does."""
    taken = [_ranks(values) for values in columns.values()]
    found = 0
    for pair, values in ranked:
        ranks = _ranks(values)
        if all(abs(float(np.mean(ranks * other))) < SAME for other in taken):
            taken.append(ranks)
            found += 1
            yield pair
        if found == most:
            return


def _ranks(values: np.ndarray) -> np.ndarray:
    """Standardised ranks, ties at their mean and missing values in the middle: means of products are Spearman's rho."""
    from scipy.stats import rankdata

    known = np.isfinite(values)
    ranks = np.zeros(len(values))
    if known.any():
        own = rankdata(values[known])
        ranks[known] = (own - own.mean()) / max(float(own.std()), 1e-12)
    return ranks
