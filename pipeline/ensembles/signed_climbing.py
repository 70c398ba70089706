"""Hill climbing with negative weights: a member may be taken away where it repeats an error of the others.

A weight below 0 is worth having only where many rows hold it down; below 20 000 rows this candidate stays out. Values
are moved on the metric's own scale, probabilities as logits, so that what comes out is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.ensembles import Members, Problem
from pipeline.ensembles._climbing import by_order, climbed_metric, quality_of, sorted_start
from pipeline.ensembles._logits import certainty, log_probabilities, probabilities
from pipeline.ensembles._sampling import draw

FEWEST_ROWS = 20_000
MOST_ROWS = 20_000
MOST_SORTED = 5_000
STEPS = (-0.3, -0.1, -0.03, 0.03, 0.1, 0.3)
LEAST_GAIN = 1e-5


def applies(problem: Problem) -> str:
    """Many rows only."""
    if problem.rows >= FEWEST_ROWS:
        return ""
    return f"does not apply: below {FEWEST_ROWS:,} rows negative weights follow noise; there are {problem.rows:,}"


@dataclass(frozen=True)
class Signed:
    """A sum of values on the problem's scale, or of logits, whose weights sum to 1 and may be negative.

    Parameters
    ----------
    weights : mapping of str to float
        By model.
    problem : Problem
        For the scale.
    least : float
        The least probability that is believed.
    """

    weights: Mapping[str, float]
    problem: Problem
    least: float

    def predict(self, members: Members) -> np.ndarray:
        """Predictions of the members' form."""
        parts = [w * _scaled(members[name], self.problem, self.least) for name, w in self.weights.items()]
        return _back(np.sum(parts, axis=0), self.problem)


def fit(members: Members, y: np.ndarray, problem: Problem) -> Signed:
    """From the best of the sorted starts, one member at a time is moved towards or away from, for as long as it helps.

    The climb is on all rows or a sample of 20 000, or 5 000 where each score sorts them.
    """
    metric, least = climbed_metric(problem), certainty(len(y))
    most = MOST_SORTED if by_order(metric) else MOST_ROWS
    sample = draw(y, problem, most, np.random.default_rng(problem.seed))
    stack = np.stack([_scaled(p[sample.rows], problem, least) for p in members.values()])
    plain = quality_of(problem, metric, y[sample.rows], sample.weight)
    classes = problem.objective != "regression"

    def quality(blend: np.ndarray) -> float:
        return plain(_back(blend, problem) if classes else blend)

    found = _climb(stack, quality, problem.options.rounds)
    return Signed({n: float(w) for n, w in zip(members, found, strict=True) if w}, problem, least)


def _climb(stack: np.ndarray, quality: Callable[[np.ndarray], float], rounds: int) -> np.ndarray:
    counts, best = sorted_start(stack, quality)
    weights = counts / counts.sum()
    blend = np.tensordot(weights, stack, axes=1)
    for _ in range(rounds):
        tried = [[quality(blend + step * (member - blend)) for step in STEPS] for member in stack]
        place, number = divmod(int(np.argmax(tried)), len(STEPS))
        if tried[place][number] <= best + LEAST_GAIN * abs(best):
            break
        best, step = tried[place][number], STEPS[number]
        blend = blend + step * (stack[place] - blend)
        weights = weights * (1 - step)
        weights[place] += step
    return weights


def _scaled(p: np.ndarray, problem: Problem, least: float) -> np.ndarray:
    """Values on the problem's scale; log odds of class 1 of shape (n,); logits of shape (n, classes)."""
    if problem.objective == "regression":
        return problem.to_scale(p)
    logs = log_probabilities(p, least)
    return logs[:, 1] - logs[:, 0] if p.ndim == 1 else logs


def _back(blend: np.ndarray, problem: Problem) -> np.ndarray:
    if problem.objective == "regression":
        return problem.from_scale(blend)
    return 1 / (1 + np.exp(-blend)) if blend.ndim == 1 else probabilities(blend, binary=False)
