"""The mean of ranks, put back on the members' common scale: for metrics that only see the order of the rows.

Ranks are those among the out-of-fold rows that the ensemble was fitted on, so that a row's prediction does not depend
on which other rows are predicted with it. The mean rank then becomes the mean of the members' values at that rank,
which keeps the order and leaves a probability looking like one.
"""

from __future__ import annotations

import numpy as np

from pipeline.ensembles import Members, Problem
from pipeline.ensembles._ranks import RankBlend
from pipeline.metrics import BY_ORDER


def applies(problem: Problem) -> str:
    """Only the metrics of order, and labels that are cut from one number."""
    metric = problem.metric
    if metric.name in BY_ORDER or (metric.facts.needs == "label" and problem.objective != "multiclass"):
        return ""
    seen = (
        "compares the classes' probabilities" if problem.objective == "multiclass" else "sees more than the rows' order"
    )
    return f"does not apply: {metric.label} {seen}"


def fit(members: Members, y: np.ndarray, problem: Problem) -> RankBlend:
    """The ranks of the members' out-of-fold predictions; the target is not looked at."""
    return RankBlend.fit(members, {name: 1 / len(members) for name in members})
