"""The feature stack: a boosted stack that also sees a few raw features, so that it can tell whom to believe where.

Which ones (``ensemble.raw_columns`` of them) is found from the rows it is fitted on alone: those that gain most in a
first growth, which sees all features beside the members. Trees take numbers and categories as they are, so there is
nothing to fit beforehand.
"""

from __future__ import annotations

import numpy as np

from pipeline.ensembles import Blend, Members, Problem, raw_of
from pipeline.ensembles._boosting import Boosted, Trees, few_classes, grow, plain_blend

MOST_ROWS_TO_CHOOSE = 20_000


def applies(problem: Problem) -> str:
    """Where raw features are declared, and classes are few."""
    return few_classes(problem) if problem.options.raw_columns else "does not apply: ensemble.raw_columns is 0"


def fit(members: Members, y: np.ndarray, problem: Problem) -> Boosted:
    """On all rows or a sample of 50 000, with the raw features that were most useful beside the members."""
    base = plain_blend(members, y, problem)
    return grow(members, y, problem, Trees(places=useful(members, y, problem, base)), base)


def useful(members: Members, y: np.ndarray, problem: Problem, base: Blend) -> list[int]:
    """The places of the raw features that gain most beside the blend on these rows; none that gains nothing."""
    raw = raw_of(members)
    if raw is None:
        return []
    places = list(range(raw.frame.shape[1]))
    gains = grow(members, y, problem, Trees(MOST_ROWS_TO_CHOOSE, places), base).gains
    best = np.argsort(-gains, kind="stable")[: problem.options.raw_columns]
    return sorted(int(place) for place in best if gains[place] > 0)
