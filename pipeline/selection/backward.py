"""Sequential backward selection: the column whose loss hurts least on inner folds goes, one after another.

Source: Marill and Green, "On the effectiveness of receptors in recognition systems", IEEE Transactions on Information
Theory 1963.
"""

from __future__ import annotations

import numpy as np

from pipeline.declaration.select import Select
from pipeline.selection import Judged, Verdict, how_many
from pipeline.selection.stepwise import Trial


def choose(judged: Judged, section: Select) -> Verdict:
    """Put columns out until ``keep`` are left, and on while that does not raise the loss; one stays always.

    Returns
    -------
    Verdict
        The score is 1 for columns that are left, and 1/2, 1/3, ... for the one that went last, last but one, ...
    """
    trial, columns = Trial(judged, section.rounds), judged.X.shape[1]
    left, gone = list(range(columns)), list[int]()
    lowest = trial.loss(left)
    while len(left) > 1:
        losses = {column: trial.loss([other for other in left if other != column]) for column in left}
        candidate = min(losses, key=lambda column: losses[column])
        if losses[candidate] > lowest and len(left) <= how_many(section.keep, columns):
            break
        lowest = losses[candidate]
        left.remove(candidate)
        gone.append(candidate)
    score = np.ones(columns)
    score[gone[::-1]] = 1.0 / (2.0 + np.arange(len(gone)))
    return Verdict(score, np.isin(np.arange(columns), left))
