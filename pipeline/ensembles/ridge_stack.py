"""The ridge stack: weights of either sign, held near the mean by a ridge whose strength inner folds choose.

It tells from the linear stack where signs, classes and strength matter: there weights are not negative, the same for
all classes, and held by a fixed strength. Here values get a ridge regression; probabilities a logistic regression on
the members' logits, with a weight for each member (for three classes or more: for each member and class) and an offset
for each class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.ensembles import Blend, Members, Problem, Weighted, everywhere, take
from pipeline.ensembles._inner import inner_folds
from pipeline.ensembles._logits import certainty, log_probabilities, probabilities
from pipeline.ensembles._sampling import draw
from pipeline.targets import trains

MOST_ROWS = 20_000
MOST_TO_CHOOSE = 5_000
SPREADS = (0.03, 0.1, 0.3, 1.0)
OFFSET_RIDGE = 0.1

applies = everywhere


@dataclass(frozen=True)
class ClassPool:
    """A product of powers of probabilities, with an offset for each class.

    Parameters
    ----------
    powers : mapping of str to float array of shape (classes,) or ()
        By model: for each class, or one for two classes.
    offsets : float array of shape (classes,)
        Added to the logits.
    least : float
        The least probability that is believed.
    """

    powers: Mapping[str, np.ndarray]
    offsets: np.ndarray
    least: float

    @property
    def weights(self) -> dict[str, float]:
        """Each member's mean power over the classes."""
        return {name: float(np.mean(power)) for name, power in self.powers.items()}

    def predict(self, members: Members) -> np.ndarray:
        """Probabilities of the members' form."""
        logits = [power * log_probabilities(members[name], self.least) for name, power in self.powers.items()]
        return probabilities(np.sum(logits, axis=0) + self.offsets, next(iter(members.values())).ndim == 1)


def fit(members: Members, y: np.ndarray, problem: Problem) -> Blend:
    """On all rows or a sample of 20 000; with the strength that loses least on inner folds of 5 000 of them."""
    sample = draw(y, problem, MOST_ROWS, np.random.default_rng(problem.seed))
    members, y = take(members, sample.rows), y[sample.rows]
    if problem.objective == "regression":
        return _values(members, y, problem)
    weight = np.ones(len(y)) if sample.weight is None else sample.weight
    least = certainty(problem.rows or len(y))
    logs = np.stack([log_probabilities(p, least).T for p in members.values()], axis=2)
    few = np.sort(np.random.default_rng(problem.seed).permutation(len(y))[:MOST_TO_CHOOSE])
    fold = inner_folds(members, problem.seed)[few]

    def fitted(rows: np.ndarray, spread: float) -> np.ndarray:
        return _logistic(logs[:, rows], y[rows], weight[rows], spread)

    def loss(point: np.ndarray, rows: np.ndarray) -> float:
        return _loss(point, logs[:, rows], y[rows], weight[rows])[0]

    spread = _strength(lambda rows, spread: fitted(few[rows], spread), lambda point, rows: loss(point, few[rows]), fold)
    point, classes = fitted(np.arange(len(y)), spread), len(logs)
    powers = point[:-classes].reshape(len(members), -1)
    named = {name: power if len(power) > 1 else power[0] for name, power in zip(members, powers, strict=True)}
    return ClassPool(named, point[-classes:], least)


def _values(members: Members, y: np.ndarray, problem: Problem) -> Weighted:
    rows = trains(problem.metric.facts.transform, y)
    truth = problem.to_scale(np.asarray(y[rows], dtype=np.float64))
    stack = np.stack([problem.to_scale(p[rows]) for p in members.values()], axis=1)
    fold = inner_folds(members, problem.seed)[rows]

    def fitted(inside: np.ndarray, spread: float) -> np.ndarray:
        return _ridge(stack[inside], truth[inside], spread)

    def loss(point: np.ndarray, inside: np.ndarray) -> float:
        return float(np.square(stack[inside] @ point[:-1] + point[-1] - truth[inside]).sum())

    point = fitted(np.ones(len(truth), dtype=bool), _strength(fitted, loss, fold))
    return Weighted(dict(zip(members, point[:-1].tolist(), strict=True)), problem, float(point[-1]))


def _strength(
    fitted: Callable[[np.ndarray, float], np.ndarray],
    loss: Callable[[np.ndarray, np.ndarray], float],
    fold: np.ndarray,
) -> float:
    """The prior's standard deviation that loses least on rows it was not fitted on."""
    found = [sum(loss(fitted(fold != k, spread), fold == k) for k in np.unique(fold)) for spread in SPREADS]
    return SPREADS[int(np.argmin(found))]


def _ridge(stack: np.ndarray, truth: np.ndarray, spread: float) -> np.ndarray:
    """Weights and an offset, of shape (models + 1,)."""
    models = stack.shape[1]
    equal = np.full(models, 1 / models)
    noise = max(float(np.mean((truth - stack @ equal) ** 2)), 1e-12 * max(float(np.var(truth)), 1e-12))
    centred, goal = stack - stack.mean(axis=0), truth - truth.mean()
    precision = centred.T @ centred / noise + np.eye(models) / spread**2
    weights = np.linalg.solve(precision, centred.T @ goal / noise + equal / spread**2)
    return np.append(weights, truth.mean() - stack.mean(axis=0) @ weights)


def _logistic(logs: np.ndarray, y: np.ndarray, weight: np.ndarray, spread: float) -> np.ndarray:
    """Powers and offsets in one row, from logs of shape (classes, n, models)."""
    from scipy.optimize import minimize

    classes, rows, models = logs.shape
    width = 1 if classes == 2 else classes
    centre = np.concatenate([np.full(models * width, 1 / models), np.zeros(classes)])
    precision = np.concatenate([np.full(models * width, spread**-2), np.full(classes, OFFSET_RIDGE)])

    def penalised(point: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = _loss(point, logs, y, weight)
        away = point - centre
        return (value + precision @ away**2 / 2) / rows, (slope + precision * away) / rows

    found: np.ndarray = minimize(penalised, centre, jac=True, method="L-BFGS-B", options={"maxiter": 50}).x
    return found


def _loss(point: np.ndarray, logs: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[float, np.ndarray]:
    """The log loss of the rows in all, and its slope at a point."""
    classes, rows, models = logs.shape
    powers, offsets = point[:-classes].reshape(models, -1), point[-classes:]
    by_class = np.broadcast_to(powers, (models, classes)).T
    logits = np.matmul(logs, by_class[:, :, None])[:, :, 0] + offsets[:, None]
    logits -= logits.max(axis=0)
    grown = np.exp(logits)
    total = grown.sum(axis=0)
    value = weight @ (np.log(total) - logits[y, np.arange(rows)])
    miss = grown / total
    miss[y, np.arange(rows)] -= 1
    miss *= weight
    slopes = np.matmul(miss[:, None, :], logs)[:, 0].T
    if powers.shape[1] == 1:
        slopes = slopes.sum(axis=1, keepdims=True)
    return float(value), np.concatenate([slopes.ravel(), miss.sum(axis=1)])
