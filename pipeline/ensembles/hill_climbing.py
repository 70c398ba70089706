"""Hill climbing: weights found by adding models, with replacement, for as long as it helps."""

from __future__ import annotations

import numpy as np

from pipeline.ensembles import Members, Problem, Weighted, everywhere
from pipeline.ensembles._climbing import climb
from pipeline.ensembles._sampling import draw

MOST_ROWS = 20_000

applies = everywhere


def fit(members: Members, y: np.ndarray, problem: Problem) -> Weighted:
    """One climb over all members, on all rows or a sample of 20 000."""
    rng = np.random.default_rng(problem.seed)
    return Weighted(climb(members, y, problem, draw(y, problem, MOST_ROWS, rng)), problem)
