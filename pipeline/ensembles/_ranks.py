"""Blends of ranks, put back on the members' common scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.ensembles import Members

POINTS = 2000
MOST_ROWS = 100_000


@dataclass(frozen=True)
class Ranks:
    """The rank in [0, 1] of a value among fitted ones: ties share their mean rank, values between are interpolated."""

    values: np.ndarray
    ranks: np.ndarray

    @classmethod
    def fit(cls, values: np.ndarray) -> Ranks:
        """From values of shape (n,); of more than 100 000, evenly spread ones, which have nearly the same ranks."""
        step = max(len(values) // MOST_ROWS, 1)
        distinct, counts = np.unique(np.sort(values)[step // 2 :: step], return_counts=True)
        ends = counts.cumsum()
        return cls(distinct, (ends - counts / 2) / ends[-1])

    def of(self, values: np.ndarray) -> np.ndarray:
        """Ranks of values of shape (n,)."""
        return np.interp(values, self.values, self.ranks)


@dataclass(frozen=True)
class Column:
    """One column of predictions: each member's ranks and weight, the ranks of their mean, and the values at those."""

    members: Mapping[str, Ranks]
    weights: Mapping[str, float]
    mean: Ranks
    levels: np.ndarray

    @classmethod
    def fit(cls, members: Members, weights: Mapping[str, float]) -> Column:
        """From each member's values of shape (n,), and weights that sum to 1."""
        ranks = {name: Ranks.fit(members[name]) for name in weights}
        mean = Ranks.fit(_weighted({name: ranks[name].of(members[name]) for name in weights}, weights))
        grid = np.linspace(0, 1, POINTS)
        levels = {name: np.interp(grid, ranks[name].ranks, ranks[name].values) for name in weights}
        return cls(ranks, weights, mean, _weighted(levels, weights))

    def predict(self, members: Members) -> np.ndarray:
        """The value at the mean rank, of shape (n,)."""
        mean = _weighted({name: ranks.of(members[name]) for name, ranks in self.members.items()}, self.weights)
        return np.interp(self.mean.of(mean), np.linspace(0, 1, POINTS), self.levels)


@dataclass(frozen=True)
class RankBlend:
    """A fitted mean of ranks: one column for values and two classes, else one for each class."""

    columns: tuple[Column, ...]
    weights: Mapping[str, float]

    @classmethod
    def fit(cls, members: Members, weights: Mapping[str, float]) -> RankBlend:
        """From the members' predictions and weights that sum to 1."""
        return cls(tuple(Column.fit(part, weights) for part in columns_of(members)), weights)

    def predict(self, members: Members) -> np.ndarray:
        """Predictions of the members' form; those of several classes are ranked each, and need not sum to 1."""
        parts = [c.predict(part) for c, part in zip(self.columns, columns_of(members), strict=True)]
        return parts[0] if next(iter(members.values())).ndim == 1 else np.stack(parts, axis=1)


def columns_of(members: Members) -> list[dict[str, np.ndarray]]:
    """The members' predictions column by column: one of values or of two classes, else one for each class."""
    first = next(iter(members.values()))
    if first.ndim == 1:
        return [dict(members)]
    return [{name: p[:, k] for name, p in members.items()} for k in range(first.shape[1])]


def _weighted(parts: Mapping[str, np.ndarray], weights: Mapping[str, float]) -> np.ndarray:
    total: np.ndarray = np.sum([weights[name] * part for name, part in parts.items()], axis=0)
    return total
