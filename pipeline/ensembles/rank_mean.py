"""The mean of ranks, put back on the members' common scale: for metrics that only see the order of the rows.

Ranks are those among the out-of-fold rows that the ensemble was fitted on, so that a row's prediction does not depend
on which other rows are predicted with it. The mean rank then becomes the mean of the members' values at that rank,
which keeps the order and leaves a probability looking like one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.ensembles import Members, Problem

_BY_ORDER = ("auc", "gini", "average_precision", "recall_at_precision")
POINTS = 2000


def applies(problem: Problem) -> str:
    """Only the metrics of order, and labels that are cut from one number."""
    metric = problem.metric
    if metric.name in _BY_ORDER or (metric.facts.needs == "label" and problem.objective != "multiclass"):
        return ""
    seen = (
        "compares the classes' probabilities" if problem.objective == "multiclass" else "sees more than the rows' order"
    )
    return f"does not apply: {metric.label} {seen}"


@dataclass(frozen=True)
class Ranks:
    """The rank in [0, 1] of a value among fitted ones: ties share their mean rank, values between are interpolated."""

    values: np.ndarray
    ranks: np.ndarray

    @classmethod
    def fit(cls, values: np.ndarray) -> Ranks:
        """From values of shape (n,)."""
        distinct, counts = np.unique(values, return_counts=True)
        ends = counts.cumsum()
        return cls(distinct, (ends - counts / 2) / len(values))

    def of(self, values: np.ndarray) -> np.ndarray:
        """Ranks of values of shape (n,)."""
        return np.interp(values, self.values, self.ranks)


@dataclass(frozen=True)
class Column:
    """One column of predictions: each member's ranks, the ranks of their mean, and the values at those."""

    members: Mapping[str, Ranks]
    mean: Ranks
    levels: np.ndarray

    @classmethod
    def fit(cls, members: Members) -> Column:
        """From each member's values of shape (n,)."""
        ranks = {name: Ranks.fit(values) for name, values in members.items()}
        mean = Ranks.fit(np.mean([ranks[name].of(values) for name, values in members.items()], axis=0))
        grid = np.linspace(0, 1, POINTS)
        return cls(ranks, mean, np.mean([np.quantile(values, grid) for values in members.values()], axis=0))

    def predict(self, members: Members) -> np.ndarray:
        """The value at the mean rank, of shape (n,)."""
        mean = np.mean([ranks.of(members[name]) for name, ranks in self.members.items()], axis=0)
        return np.interp(self.mean.of(mean), np.linspace(0, 1, POINTS), self.levels)


@dataclass(frozen=True)
class RankMean:
    """The fitted rank mean: one column for values and two classes, else one for each class."""

    columns: tuple[Column, ...]
    weights: Mapping[str, float]

    def predict(self, members: Members) -> np.ndarray:
        """Predictions of the members' form; those of several classes are ranked each, and need not sum to 1."""
        if next(iter(members.values())).ndim == 1:
            return self.columns[0].predict(members)
        parts = [c.predict({n: p[:, k] for n, p in members.items()}) for k, c in enumerate(self.columns)]
        return np.stack(parts, axis=1)


def fit(members: Members, y: np.ndarray, problem: Problem) -> RankMean:
    """The ranks of the members' out-of-fold predictions; the target is not looked at."""
    first = next(iter(members.values()))
    if first.ndim == 1:
        columns: tuple[Column, ...] = (Column.fit(members),)
    else:
        columns = tuple(Column.fit({n: p[:, k] for n, p in members.items()}) for k in range(first.shape[1]))
    return RankMean(columns, {name: 1 / len(members) for name in members})
