"""The geometric mean of all members' probabilities: a member that rules a class out weighs more."""

from __future__ import annotations

import numpy as np

from pipeline.ensembles import Members, Problem
from pipeline.ensembles._powers import PowerMean


def applies(problem: Problem) -> str:
    """Probabilities only."""
    if problem.objective != "regression":
        return ""
    return "does not apply: values are averaged on the metric's own scale, where ratios have a geometric mean already"


def fit(members: Members, y: np.ndarray, problem: Problem) -> PowerMean:
    """Equal weights; the target is not looked at."""
    return PowerMean.of(0.0, members, problem)
