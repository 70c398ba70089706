"""Target statistics: the target's mean by level, smoothed, and cross-fitted for the rows it was taken from.

Notes
-----
A training row's own target never enters its own value: the row's *block* (its inner fold; or the row itself, for
``leave_one_out``) is taken out of its group's sums first. Where the split keeps groups of rows together, blocks do so
too, because a validation row's group is unseen as well. The mean that sparse groups are drawn towards is one constant
over all training rows: taken without the row's block it would itself tell the row's target to a tree.

A known weakness stays with ``leave_one_out``: within one group, rows of a higher target get the lower value. A model
that can tell the group from other columns may learn that inversion on its training rows. It costs accuracy and never
honesty, because a validation row's value is taken from training rows alone; inner folds weaken it, smoothing does not,
and ``audit`` warns of groups that are too large (``auditing.findings.left_out`` has the figures).

References
----------
Micci-Barreca, "A preprocessing scheme for high-cardinality categorical attributes", SIGKDD Explorations 3(1), 2001.
Pargent et al., "Regularized target encoding outperforms traditional methods", Computational Statistics 37, 2022.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.declaration.preprocess import TargetStatistic
from pipeline.preprocess.keys import UNSEEN, Keys

LEAST_RATE = 1e-5


def indicators(y: np.ndarray, objective: str, classes: int) -> np.ndarray:
    """What is averaged: a column for each class but the last of several, else the target itself.

    Returns
    -------
    float64 array of shape (n, columns)
    """
    if objective == "multiclass":
        return (y[:, None] == np.arange(classes - 1)).astype(np.float64)
    return np.asarray(y, dtype=np.float64)[:, None]


def log_odds(rates: np.ndarray) -> np.ndarray:
    """Rates in [0, 1] as log odds, on which a linear model of classes adds up: float32 of the same shape.

    Examples
    --------
    >>> log_odds(np.array([0.5, 0.9])).round(3).tolist()
    [0.0, 2.197000026702881]
    """
    inside = np.clip(rates.astype(np.float64), LEAST_RATE, 1 - LEAST_RATE)
    return np.log(inside / (1 - inside)).astype(np.float32)


def blocks(statistic: TargetStatistic, units: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Which rows are taken out together for cross-fitting.

    Parameters
    ----------
    units : int array of shape (n,)
        The rows' numbers, or the codes of groups that stay together.

    Returns
    -------
    int64 array of shape (n,), numbered from 0.
    """
    names, codes = np.unique(units, return_inverse=True)
    if statistic.method == "leave_one_out":
        return codes
    return (rng.permutation(len(names)) % statistic.folds)[codes]


@dataclass(frozen=True)
class TargetMeans:
    """A fitted target statistic.

    Parameters
    ----------
    keys : Keys
        The groups.
    names : tuple of str
        The names of the columns it makes.
    sums : float64 array of shape (groups, columns)
        Sums of the target's indicators over the training rows of each group.
    counts : float64 array of shape (groups,)
        Training rows of each group.
    centre : float64 array of shape (columns,)
        The mean over all training rows.
    smoothing : float
        The weight of ``centre``, in rows.
    """

    keys: Keys
    names: tuple[str, ...]
    sums: np.ndarray
    counts: np.ndarray
    centre: np.ndarray
    smoothing: float

    @classmethod
    def fit(
        cls, frame: pd.DataFrame, target: np.ndarray, statistic: TargetStatistic, names: Sequence[str]
    ) -> TargetMeans:
        """Sum the target's indicators, of shape (n, columns), by group."""
        keys = Keys.fit(frame, statistic.columns)
        sums, counts = _sums(keys.groups(frame), target, keys.size)
        return cls(keys, tuple(names), sums, counts, target.mean(axis=0), statistic.smoothing)

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        """The statistic over all training rows, for rows that are none of them: float32 of shape (n, columns)."""
        groups = self.keys.groups(frame)
        return self._means(groups, self.sums[groups], self.counts[groups])

    def cross_fit(self, frame: pd.DataFrame, target: np.ndarray, block: np.ndarray) -> np.ndarray:
        """The statistic for the training rows themselves, each without its own block: float32 of shape (n, columns)."""
        groups = self.keys.groups(frame)
        _, cells = np.unique(groups * (block.max() + 1) + block, return_inverse=True)
        own_sums, own_counts = _sums(cells, target, int(cells.max()) + 1)
        return self._means(groups, self.sums[groups] - own_sums[cells], self.counts[groups] - own_counts[cells])

    def leave_source_out(self, frame: pd.DataFrame, target: np.ndarray) -> np.ndarray:
        """The statistic for rows made of training rows of their own class: each without one such row, if there is one.

        Parameters
        ----------
        target : float64 array of shape (n, columns)
            The made rows' indicators.
        """
        groups = self.keys.groups(frame)
        sums, counts = self.sums[groups], self.counts[groups]
        of_last_class, is_last = counts - sums.sum(axis=1), target.sum(axis=1) == 0
        source = np.where(is_last, of_last_class, (sums * target).sum(axis=1)) >= 1
        return self._means(groups, sums - target * source[:, None], counts - source)

    def _means(self, groups: np.ndarray, sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
        unknown = (groups == UNSEEN) | (counts + self.smoothing <= 0)
        weights = np.where(unknown, 1.0, counts + self.smoothing)
        means = (sums + self.smoothing * self.centre) / weights[:, None]
        return np.where(unknown[:, None], self.centre, means).astype(np.float32)

    def to_state(self) -> dict[str, Any]:
        """The statistic as JSON."""
        arrays = {name: getattr(self, name).tolist() for name in ("sums", "counts", "centre")}
        return {"keys": self.keys.to_state(), "names": list(self.names), "smoothing": self.smoothing, **arrays}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> TargetMeans:
        """The statistic from JSON."""
        sums, counts, centre = (np.asarray(state[name], dtype=np.float64) for name in ("sums", "counts", "centre"))
        return cls(Keys.from_state(state["keys"]), tuple(state["names"]), sums, counts, centre, state["smoothing"])


def _sums(groups: np.ndarray, target: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    sums = [np.bincount(groups, weights=target[:, column], minlength=size) for column in range(target.shape[1])]
    return np.stack(sums, axis=1), np.bincount(groups, minlength=size).astype(np.float64)
