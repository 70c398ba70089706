"""The second layer: trees that see every member and all raw features, averaged with a plain blend of the members.

The small boosted stacks only correct the members' mean. Where the members have left structure in the features, whole
models above them find it: extremely randomized boosting and a forest, both of few rounds, fitted on the members'
out-of-fold predictions beside the features. On noisy tables they find noise; the contest on nested folds is what keeps
them out there.

Source: Wolpert, Stacked generalization, Neural Networks 5 (1992); second layers that also see the features as in
Erickson et al., AutoGluon-Tabular, arXiv:2003.06505 (2020).
"""

from __future__ import annotations

import numpy as np

from pipeline.ensembles import Blend, Members, Problem, raw_of
from pipeline.ensembles._boosting import DEEP, Trees, absolute, few_classes, grow, plain_blend
from pipeline.ensembles._forest import plant
from pipeline.ensembles._layers import Layered

MOST_ROWS = 20_000
MOST_CELLS = 16_000_000  # of rows and raw features: wide tables give fewer rows
MOST_ROWS_IN_ALL = 200_000


def applies(problem: Problem) -> str:
    """Where raw features are declared, classes are few, and rows not so many that each fold would take minutes."""
    if not problem.options.raw_columns:
        return "does not apply: ensemble.raw_columns is 0"
    if problem.rows > MOST_ROWS_IN_ALL:
        return f"does not apply: more than {MOST_ROWS_IN_ALL:,} rows"
    return few_classes(problem)


def fit(members: Members, y: np.ndarray, problem: Problem) -> Layered:
    """The blend on all rows, the trees on a sample of 20 000, or less of a wide table.

    The blend is hill climbing of values, as its weights sum to 1 wherever levels have gone, and the linear stack of
    probabilities. A metric of absolute errors asks for medians, and does without the forest, which gives means.
    """
    raw = raw_of(members)
    places = range(raw.frame.shape[1] if raw else 0)
    rows = min(MOST_ROWS, MOST_CELLS // max(len(places), 1))
    base = plain_blend(members, y, problem)
    parts: list[Blend] = [base, grow(members, y, problem, Trees(rows, places, DEEP), base)]
    if not absolute(problem):
        parts.append(plant(members, y, problem, Trees(rows, places)))
    return Layered(tuple(parts), problem)
