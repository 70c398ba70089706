"""Null importance: a column's gain against the gains it gets when the target is shuffled.

Source: Altmann et al., "Permutation importance: a corrected feature importance measure", Bioinformatics 2010.
"""

from __future__ import annotations

import numpy as np

from pipeline.declaration.select import Select
from pipeline.selection import Judged, Verdict, best, how_many
from pipeline.selection.trees import gains

QUANTILE = 0.75


def choose(judged: Judged, section: Select) -> Verdict:
    """Keep columns whose gain beats their own gain under shuffled targets, the best ones first.

    Columns that do not beat the upper quartile of their null gains go even where ``keep`` would have room; where none
    beats it, the best one stays.

    Returns
    -------
    Verdict
        The score is the logarithm of the actual gain over the upper quartile of the null gains; above 0 beats chance.
    """
    rng = np.random.default_rng(judged.seed)
    actual = gains(judged, judged.y, section.rounds)
    null = np.array([gains(judged, rng.permutation(judged.y), section.rounds) for _ in range(section.shuffles)])
    tiny = 1e-9
    score = np.log((actual + tiny) / (np.quantile(null, QUANTILE, axis=0) + tiny))
    beats = int((score > 0).sum())
    return Verdict(score, best(score, max(1, min(how_many(section.keep, len(score)), beats))))
