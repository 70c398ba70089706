"""The climb that both hill climbings share, and the score it climbs on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from pipeline.declaration.metric import Metric
from pipeline.ensembles import Members, Problem
from pipeline.ensembles._sampling import Sample
from pipeline.metrics import BY_ORDER, gain, score
from pipeline.targets import forward

PATIENCE = 10


def climbed_metric(problem: Problem) -> Metric:
    """The metric itself where it moves with every prediction, else a proper score that does.

    A metric of labels is a staircase: on a few hundred rows one round moves it by a row or two, which is noise that a
    climb of many rounds collects. The Brier score is proper, and bounded: unlike with log loss, one confident mistake
    of a forest does not shut it out of an ensemble whose labels would not notice. Ordered labels climb on the squared
    error of the values that are cut; rankings of classes on the log loss, which looks at the true class as they do.
    """
    if problem.metric.facts.ordered:
        return Metric(name="rmse")
    if problem.metric.facts.needs == "label":
        return Metric(name="brier")
    return Metric(name="log_loss") if problem.metric.facts.needs == "ranking" else problem.metric


def by_order(metric: Metric) -> bool:
    """Whether a score sorts the rows, which takes several times as long as adding them up."""
    return metric.name in BY_ORDER


def quality_of(
    problem: Problem, metric: Metric, y: np.ndarray, weight: np.ndarray | None
) -> Callable[[np.ndarray], float]:
    """The gain of a blend on the problem's scale, quickly: a metric that squares errors needs no way back."""
    facts = metric.facts
    if problem.objective == "regression" and metric.name in ("rmse", "rmsle"):
        truth = forward(facts.transform, np.asarray(y, dtype=np.float64))
        return lambda blend: -float(np.square(blend - truth).mean())
    return lambda blend: gain(metric, score(metric, y, problem.from_scale(blend), weight))


def climb(
    members: Members, y: np.ndarray, problem: Problem, sample: Sample, metric: Metric | None = None
) -> Mapping[str, float]:
    """Weights that sum to 1, by adding members with replacement from a sorted start.

    Parameters
    ----------
    metric : Metric or None
        What to climb on; by default ``climbed_metric``.

    References
    ----------
    Caruana, Niculescu-Mizil, Crew and Ksikes, "Ensemble selection from libraries of models", ICML 2004.
    """
    stack = np.stack([problem.to_scale(p[sample.rows]) for p in members.values()])
    quality = quality_of(problem, metric or climbed_metric(problem), y[sample.rows], sample.weight)
    counts = _climb(stack, quality, problem.options.rounds)
    return {name: float(n / counts.sum()) for name, n in zip(members, counts, strict=True) if n}


def _climb(stack: np.ndarray, quality: Callable[[np.ndarray], float], rounds: int) -> np.ndarray:
    """How often each of the stack's members is taken: the best of all the ensembles on the way."""
    counts, best = sorted_start(stack, quality)
    total, chosen, idle = stack[counts > 0].sum(axis=0), counts.copy(), 0
    for _ in range(rounds):
        tried = [quality((total + member) / (counts.sum() + 1)) for member in stack]
        place = int(np.argmax(tried))
        counts[place] += 1
        total = total + stack[place]
        if tried[place] > best:
            best, chosen, idle = tried[place], counts.copy(), 0
        else:
            idle += 1
            if idle >= PATIENCE:
                break
    return chosen


def sorted_start(stack: np.ndarray, quality: Callable[[np.ndarray], float]) -> tuple[np.ndarray, float]:
    """The best of: the best member, the mean of the best two, of the best three, and so on."""
    order = np.argsort([-quality(member) for member in stack], kind="stable")
    sizes = np.arange(1, len(stack) + 1)
    means = (total / size for total, size in zip(np.cumsum(stack[order], axis=0), sizes, strict=True))
    tried = [quality(mean) for mean in means]
    size = int(np.argmax(tried)) + 1
    counts = np.zeros(len(stack), dtype=np.int64)
    counts[order[:size]] = 1
    return counts, tried[size - 1]
