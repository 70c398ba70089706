"""Bagged hill climbing: the mean weights of climbs over bags of members and of rows."""

from __future__ import annotations

import numpy as np

from pipeline.ensembles import Members, Problem, Weighted, everywhere
from pipeline.ensembles._climbing import by_order, climb, climbed_metric
from pipeline.ensembles._sampling import Sample, draw

MOST_ROWS = 5_000
MOST_SORTED = 3_000
SHARE_OF_MEMBERS = 0.5

applies = everywhere


def fit(members: Members, y: np.ndarray, problem: Problem) -> Weighted:
    """The mean of climbs, each over half of the members (two at least) and a bootstrap of some rows.

    A bag holds at most 5 000 rows, or 3 000 where each score sorts them.

    References
    ----------
    Caruana and others, ICML 2004, section 2.3.
    """
    rng = np.random.default_rng(problem.seed)
    names, bags = list(members), problem.options.bags
    size = max(round(SHARE_OF_MEMBERS * len(names)), min(2, len(names)))
    weights = dict.fromkeys(names, 0.0)
    for _ in range(bags):
        bag = sorted(rng.choice(len(names), size, replace=False))
        found = climb({names[i]: members[names[i]] for i in bag}, y, problem, _bootstrap(y, problem, rng))
        for name, weight in found.items():
            weights[name] += weight / bags
    return Weighted({name: weight for name, weight in weights.items() if weight}, problem)


def _bootstrap(y: np.ndarray, problem: Problem, rng: np.random.Generator) -> Sample:
    """Rows drawn with replacement, class by class, so that no class is ever without a row."""
    most = MOST_SORTED if by_order(climbed_metric(problem)) else MOST_ROWS
    sample = draw(y, problem, most, rng)
    if problem.objective == "regression":
        return Sample(rng.choice(sample.rows, len(sample.rows)))
    drawn = np.arange(len(sample.rows))
    for k in np.unique(y):
        inside = np.flatnonzero(y[sample.rows] == k)
        drawn[inside] = rng.choice(inside, len(inside))
    return Sample(sample.rows[drawn], None if sample.weight is None else sample.weight[drawn])
