"""The boosted stack: a small LightGBM that reads the members' predictions alone."""

from __future__ import annotations

import numpy as np

from pipeline.ensembles import Members, Problem
from pipeline.ensembles._boosting import Boosted, Trees, few_classes, grow, plain_blend

applies = few_classes


def fit(members: Members, y: np.ndarray, problem: Problem) -> Boosted:
    """On all rows or a sample of 50 000."""
    return grow(members, y, problem, Trees(), plain_blend(members, y, problem))
