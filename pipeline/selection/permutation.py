"""Permutation importance: how much worse an inner hold-out is predicted once a column's values are shuffled in it.

Source: Breiman, "Random forests", Machine Learning 2001; model-agnostic as in Fisher, Rudin and Dominici 2019.
"""

from __future__ import annotations

import numpy as np

from pipeline.declaration.select import Select
from pipeline.selection import Judged, Verdict, best, how_many
from pipeline.selection.inner import inner_folds, loss
from pipeline.selection.trees import boosted_trees

HELD_OUT_ROWS = 5_000
_PARTS = 4


def choose(judged: Judged, section: Select) -> Verdict:
    """Fit trees on three quarters of the rows, shuffle each column in the rest; keep those that are missed.

    The hold-out imitates the outer folds: the latest rows, or whole groups, where those do. Columns whose loss is not
    beyond its standard error over the shuffles go even where ``keep`` would have room; where all go, the best stays.

    Returns
    -------
    Verdict
        The score is the mean rise of the loss, below 0 where the column did harm.
    """
    rng = np.random.default_rng(judged.seed)
    fit, held = inner_folds(judged, _PARTS)[-1]
    if len(held) > HELD_OUT_ROWS:
        held = np.sort(rng.choice(held, HELD_OUT_ROWS, replace=False))
    model = boosted_trees(judged.at(fit), section.rounds).fit(judged.X[fit], judged.y[fit])
    X, y, used = judged.X[held], judged.y[held], np.asarray(model.feature_importances_) > 0
    before = loss(judged, model, X, y)
    rises = np.zeros((section.shuffles, judged.X.shape[1]))
    for column in np.flatnonzero(used):
        for shuffle in range(section.shuffles):
            shuffled = X.copy()
            shuffled[:, column] = rng.permutation(X[:, column])
            rises[shuffle, column] = loss(judged, model, shuffled, y) - before
    score = rises.mean(axis=0)
    missed = int((score > rises.std(axis=0, ddof=1) / np.sqrt(section.shuffles)).sum())
    return Verdict(score, best(score, max(1, min(how_many(section.keep, len(score)), missed))))
