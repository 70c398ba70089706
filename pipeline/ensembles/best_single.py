"""The best single model: the simplest ensemble, which every other must beat."""

from __future__ import annotations

import numpy as np

from pipeline.decisions import fit_decision
from pipeline.ensembles import Members, Problem, Weighted, everywhere
from pipeline.metrics import gain, score

applies = everywhere


def fit(members: Members, y: np.ndarray, problem: Problem) -> Weighted:
    """The member with the best score by the competition's metric; the first of equal ones.

    For labels each member is decided by what suits it best on the same rows, an advantage that all share.
    """

    def quality(prediction: np.ndarray) -> float:
        decision = fit_decision(problem.metric, problem.task, y, prediction, problem.seed)
        classes = prediction.shape[1] if prediction.ndim > 1 else None
        return gain(problem.metric, score(problem.metric, y, decision.apply(prediction), classes=classes))

    best = max(members, key=lambda name: quality(members[name]))
    return Weighted({best: 1.0}, problem)
