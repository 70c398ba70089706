"""The mean of all members: hard to beat, and fitted on nothing."""

from __future__ import annotations

import numpy as np

from pipeline.ensembles import Members, Problem, Weighted, everywhere

applies = everywhere


def fit(members: Members, y: np.ndarray, problem: Problem) -> Weighted:
    """Equal weights, on the problem's scale."""
    return Weighted({name: 1 / len(members) for name in members}, problem)
