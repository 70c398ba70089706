"""The weighted mean of ranks: hill climbing over the members' ranks, for metrics that only see the order of the rows.

Where members are sure of themselves to different degrees (a forest beside a net), ranks are what they have in common.
"""

from __future__ import annotations

import numpy as np

from pipeline.declaration.metric import Metric
from pipeline.ensembles import Members, Problem, rank_mean
from pipeline.ensembles._climbing import climb
from pipeline.ensembles._ranks import RankBlend, Ranks, columns_of
from pipeline.ensembles._sampling import Sample, draw
from pipeline.metrics import BY_ORDER

MOST_ROWS = 10_000


def applies(problem: Problem) -> str:
    """As the plain mean of ranks does, ordered labels apart."""
    if problem.metric.facts.ordered:
        return f"does not apply: {problem.metric.label} is climbed on values, not on ranks"
    return rank_mean.applies(problem)


def fit(members: Members, y: np.ndarray, problem: Problem) -> RankBlend:
    """One climb on all rows or a sample of 10 000; where labels are scored, on the area under the ROC curve."""
    sample = draw(y, problem, MOST_ROWS, np.random.default_rng(problem.seed))
    metric = problem.metric if problem.metric.name in BY_ORDER else Metric(name="auc")
    if len(np.unique(y)) < 2:
        return RankBlend.fit(members, {name: 1 / len(members) for name in members})
    ranks = {name: _ranked(p[sample.rows]) for name, p in members.items()}
    rows = Sample(np.arange(len(sample.rows)), sample.weight)
    return RankBlend.fit(members, climb(ranks, y[sample.rows], problem, rows, metric))


def _ranked(p: np.ndarray) -> np.ndarray:
    parts = [Ranks.fit(column["p"]).of(column["p"]) for column in columns_of({"p": p})]
    return parts[0] if p.ndim == 1 else np.stack(parts, axis=1)
