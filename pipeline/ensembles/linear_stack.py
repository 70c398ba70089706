"""The linear stack: non-negative weights fitted on the target, held near the mean by a ridge.

Values: least squares on the problem's scale, within folds. Probabilities: a logistic regression on the members' logits
with one weight for each model and one offset for each class, a weighted geometric mean that may sharpen or soften.
The ridge is a prior on weights: normal around 1/models with a standard deviation of 0.3, so that a few hundred rows
move them little, and many rows freely.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.ensembles import Blend, Members, Problem, Table, Weighted, everywhere
from pipeline.ensembles._logits import certainty, log_probabilities, probabilities
from pipeline.ensembles._sampling import draw
from pipeline.targets import trains

MOST_ROWS = 50_000
RIDGE = 1 / 0.3**2
OFFSET_RIDGE = 0.1

applies = everywhere


@dataclass(frozen=True)
class Pool:
    """A weighted geometric mean of probabilities, with an offset for each class.

    Parameters
    ----------
    weights : mapping of str to float
        By model; they need not sum to 1.
    offsets : float array of shape (classes,)
        Added to the logits.
    least : float
        The least probability that is believed.
    """

    weights: Mapping[str, float]
    offsets: np.ndarray
    least: float

    def predict(self, members: Members) -> np.ndarray:
        """Probabilities of the members' form."""
        logits = [w * log_probabilities(members[name], self.least) for name, w in self.weights.items()]
        binary = next(iter(members.values())).ndim == 1
        return probabilities(np.sum(logits, axis=0) + self.offsets, binary)


def fit(members: Members, y: np.ndarray, problem: Problem) -> Blend:
    """Weights and offsets, on all rows or a sample of 50 000.

    References
    ----------
    Breiman, "Stacked regressions", Machine Learning 24, 1996, for the non-negative weights.
    """
    if problem.objective == "regression":
        return _least_squares(members, y, problem)
    sample = draw(y, problem, MOST_ROWS, np.random.default_rng(problem.seed))
    least = certainty(len(y))
    logs = np.stack([log_probabilities(p[sample.rows], least) for p in members.values()], axis=2)
    weight = np.ones(len(sample.rows)) if sample.weight is None else sample.weight
    found, offsets = _logistic(logs, y[sample.rows], weight)
    return Pool(_kept(members, found), offsets, least)


def _kept(members: Members, weights: np.ndarray) -> dict[str, float]:
    """By model, without those of weight 0, unless that is all."""
    named = dict(zip(members, weights.tolist(), strict=True))
    return {name: weight for name, weight in named.items() if weight} or named


def _least_squares(members: Members, y: np.ndarray, problem: Problem) -> Weighted:
    from scipy.optimize import nnls

    rows = trains(problem.metric.facts.transform, y)
    truth = problem.to_scale(np.asarray(y[rows], dtype=np.float64))
    stack = np.stack([problem.to_scale(p[rows]) for p in members.values()], axis=1)
    equal = np.full(stack.shape[1], 1 / stack.shape[1])
    noise = max(float(np.mean((truth - stack @ equal) ** 2)), 1e-12 * max(float(np.var(truth)), 1e-12))
    fold = members.fold[rows] if isinstance(members, Table) else np.zeros(len(truth))
    centred, goal = within(stack, fold), within(truth, fold)
    precision = centred.T @ centred / noise + RIDGE * np.eye(len(equal))
    root = np.linalg.cholesky(precision)
    weights, _ = nnls(root.T, np.linalg.solve(root, centred.T @ goal / noise + RIDGE * equal))
    offset = float(truth.mean() - stack.mean(axis=0) @ weights)
    return Weighted(_kept(members, weights), problem, offset)


def within(values: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Values, of shape (n,) or (n, models), less their mean in each fold.

    Where folds go forward in time, levels move from one to the next, and members trained before all err to one side.
    Weights that made up for it would shrink or stretch every prediction by a drift that is over.

    >>> within(np.array([1.0, 3.0, 10.0, 14.0]), np.array([0, 0, 1, 1])).tolist()
    [-1.0, 1.0, -2.0, 2.0]
    """
    centred = np.array(values, dtype=np.float64)
    for number in np.unique(fold):
        centred[fold == number] -= centred[fold == number].mean(axis=0)
    return centred


def _logistic(logs: np.ndarray, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights of shape (models,) and offsets of shape (classes,) from logs of shape (n, classes, models)."""
    from scipy.optimize import minimize

    rows, classes, models = logs.shape
    of_truth = logs[np.arange(rows), y]
    equal = np.full(models, 1 / models)

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        w, b = point[:models], point[models:]
        logits = logs @ w + b
        top = logits.max(axis=1, keepdims=True)
        grown = np.exp(logits - top)
        total = grown.sum(axis=1, keepdims=True)
        missing = np.log(total[:, 0]) + top[:, 0] - (of_truth @ w + b[y])
        p = grown / total * weight[:, None]
        value = weight @ missing + RIDGE / 2 * ((w - equal) ** 2).sum() + OFFSET_RIDGE / 2 * (b**2).sum()
        slope_w = np.tensordot(p, logs, axes=2) - weight @ of_truth + RIDGE * (w - equal)
        slope_b = p.sum(axis=0) - np.bincount(y, weights=weight, minlength=classes) + OFFSET_RIDGE * b
        return float(value) / rows, np.concatenate([slope_w, slope_b]) / rows

    bounds = [(0.0, None)] * models + [(None, None)] * classes
    start = np.concatenate([equal, np.zeros(classes)])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 200}).x
    return found[:models], found[models:]
