"""Recursive elimination with folds: a fifth of the columns at a time, and as many are left as score best out of fold.

Source: Guyon et al., "Gene selection for cancer classification using support vector machines", 2002; the number of
columns by folds as in ``sklearn.feature_selection.RFECV``, with the steps growing finer as columns get fewer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from pipeline.declaration.select import Select
from pipeline.selection import Judged, Verdict, how_many, sampled
from pipeline.selection.inner import inner_folds, loss
from pipeline.selection.trees import boosted_trees

MOST_ROWS = 20_000


def choose(judged: Judged, section: Select) -> Verdict:
    """Eliminate within each inner fold to learn how many columns to keep, at most ``keep``; then on all rows.

    Of equally good numbers the smaller one is taken.

    Returns
    -------
    Verdict
        The score is 1 for columns that are left, and 1/2, 1/3, ... for those that went last, last but one, ...
    """
    judged = sampled(judged, MOST_ROWS)
    sizes = steps(judged.X.shape[1], how_many(section.keep, judged.X.shape[1]))
    losses = np.zeros(len(sizes))
    for fit, score in inner_folds(judged):
        for place, (left, model) in enumerate(_path(judged.at(fit), sizes, section.rounds)):
            losses[place] += loss(judged, model, judged.X[np.ix_(score, left)], judged.y[score])
    allowed = np.array(sizes) <= how_many(section.keep, judged.X.shape[1])
    last = len(sizes) - 1 - int(np.where(allowed, losses, np.inf)[::-1].argmin())
    steps_since = np.zeros(judged.X.shape[1])
    for left, _ in _path(judged, sizes[: last + 1], section.rounds):
        steps_since += ~np.isin(np.arange(len(steps_since)), left)
    return Verdict(1.0 / (1.0 + steps_since), steps_since == 0)


def steps(columns: int, keep: int) -> list[int]:
    """How many columns are left at each step: all, then a fifth fewer each time, ``keep`` among them, at last one."""
    sizes = [columns]
    while sizes[-1] > 1:
        smaller = sizes[-1] - max(1, sizes[-1] // 5)
        sizes.append(keep if smaller < keep < sizes[-1] else smaller)
    return sizes


def _path(judged: Judged, sizes: list[int], rounds: int) -> Iterator[tuple[np.ndarray, Any]]:
    """For each size the columns that are left, and trees fitted on them."""
    left = np.arange(judged.X.shape[1])
    gain = np.zeros(len(left))
    for size in sizes:
        left = left[np.sort(np.argsort(-gain, kind="stable")[:size])]
        model = boosted_trees(judged, rounds).fit(judged.X[:, left], judged.y)
        gain = np.asarray(model.feature_importances_, dtype=np.float64)
        yield left, model
