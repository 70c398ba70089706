"""Sequential forward selection: the column that lowers the loss on inner folds most comes in, one after another.

Source: Whitney, "A direct method of nonparametric measurement selection", IEEE Transactions on Computers 1971.
"""

from __future__ import annotations

import numpy as np

from pipeline.declaration.select import Select
from pipeline.selection import Judged, Verdict, how_many
from pipeline.selection.stepwise import Trial


def choose(judged: Judged, section: Select) -> Verdict:
    """Take columns in while that lowers the loss, up to ``keep`` of them; the first one comes in always.

    Returns
    -------
    Verdict
        The score is 1 for the column that came in first, 1/2 for the second, ..., 0 for those that stayed out.
    """
    trial, columns = Trial(judged, section.rounds), judged.X.shape[1]
    taken: list[int] = []
    lowest = np.inf
    while len(taken) < how_many(section.keep, columns):
        losses = {column: trial.loss([*taken, column]) for column in range(columns) if column not in taken}
        candidate = min(losses, key=lambda column: losses[column])
        if losses[candidate] >= lowest:
            break
        lowest = losses[candidate]
        taken.append(candidate)
    score = np.zeros(columns)
    score[taken] = 1.0 / (1.0 + np.arange(len(taken)))
    return Verdict(score, score > 0)
