"""Hill climbing: weights found by adding models, with replacement, for as long as it helps."""

from __future__ import annotations

import numpy as np

from pipeline.ensembles import Members, Problem, Weighted, everywhere
from pipeline.ensembles._climbing import by_order, climb, climbed_metric
from pipeline.ensembles._sampling import draw

MOST_ROWS = 20_000
MOST_SORTED = 10_000

applies = everywhere


def fit(members: Members, y: np.ndarray, problem: Problem) -> Weighted:
    """One climb over all members, on all rows or a sample: of 20 000, or 10 000 where each score sorts them."""
    most = MOST_SORTED if by_order(climbed_metric(problem)) else MOST_ROWS
    sample = draw(y, problem, most, np.random.default_rng(problem.seed))
    return Weighted(climb(members, y, problem, sample), problem)
