"""One column at a time, in or out, judged by fits on inner folds: what forward and backward search share."""

from __future__ import annotations

import numpy as np

from pipeline.declaration.select import Select
from pipeline.selection import Judged, how_many, sampled
from pipeline.selection.inner import FOLDS, inner_folds, loss
from pipeline.selection.trees import boosted_trees

MOST_ROWS = 5_000


class Trial:
    """The mean loss over the inner folds of trees on a set of columns, each set fitted once.

    Parameters
    ----------
    judged : Judged
        Of more than 5000 rows, that many are drawn.
    rounds : int
        Boosting rounds of each fit.
    """

    def __init__(self, judged: Judged, rounds: int) -> None:
        self.judged, self.rounds = sampled(judged, MOST_ROWS), rounds
        self.folds = inner_folds(self.judged)
        self.known: dict[tuple[int, ...], float] = {}

    def loss(self, columns: list[int]) -> float:
        """The mean loss with these columns."""
        key = tuple(sorted(columns))
        if key not in self.known:
            self.known[key] = float(np.mean([self._one(key, *pair) for pair in self.folds]))
        return self.known[key]

    def _one(self, columns: tuple[int, ...], fit: np.ndarray, score: np.ndarray) -> float:
        X, y = self.judged.X[:, list(columns)], self.judged.y
        model = boosted_trees(self.judged.at(fit), self.rounds).set_params(colsample_bytree=1.0).fit(X[fit], y[fit])
        return loss(self.judged, model, X[score], y[score])


def most_fits(section: Select, columns: int) -> int:
    """How many fits the declared search takes at most in one fold; 0 for a method that is not such a search."""
    keep = how_many(section.keep, columns)
    if section.way == "forward":
        return FOLDS * sum(columns - taken for taken in range(keep))
    if section.way == "backward":
        return FOLDS * columns * (columns + 1) // 2
    return 0
