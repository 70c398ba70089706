"""The power mean of all members, with the power that scores best, or the declared one (``ensemble.power``).

Powers above 1 believe the member that is surest of a class, powers below 1 the one that doubts it.
"""

from __future__ import annotations

import numpy as np

from pipeline.ensembles import Members, Problem, take
from pipeline.ensembles._climbing import climbed_metric
from pipeline.ensembles._powers import PowerMean
from pipeline.ensembles._sampling import draw
from pipeline.metrics import gain, score

MOST_ROWS = 20_000
POWERS = (1.0, 0.0, -1.0, 0.5, 2.0, 4.0)


def applies(problem: Problem) -> str:
    """Numbers that stand for ordered labels have no zero to take powers from."""
    return "does not apply: ordered labels have no powers" if problem.metric.facts.ordered else ""


def fit(members: Members, y: np.ndarray, problem: Problem) -> PowerMean:
    """The first of the best powers, on all rows or a sample of 20 000; 1 where values are not all positive."""
    if problem.options.power is not None:
        return PowerMean.of(problem.options.power, members, problem)
    if problem.objective == "regression" and min(p.min() for p in members.values()) <= 0:
        return PowerMean.of(1.0, members, problem)
    sample = draw(y, problem, MOST_ROWS, np.random.default_rng(problem.seed))
    metric, truth, seen = climbed_metric(problem), y[sample.rows], take(members, sample.rows)

    def quality(power: float) -> float:
        found = PowerMean.of(power, seen, problem).predict(seen)
        return gain(metric, score(metric, truth, found, sample.weight))

    return PowerMean.of(max(POWERS, key=quality), members, problem)
