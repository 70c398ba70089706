"""Inner folds of a fold's training rows, for the methods that judge columns by rows they did not fit on."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.selection import Judged

FOLDS = 3
_LEAST_PROBABILITY = 1e-6


def inner_folds(judged: Judged, folds: int = FOLDS) -> list[tuple[np.ndarray, np.ndarray]]:
    """The rows to fit on and the rows to score on, for each inner fold.

    They imitate the outer folds: forward in time where those go forward, whole groups where those keep groups whole,
    else drawn with equal shares of each class or of each part of a regression's target. Folds that would fit on one
    class only are left out; where that leaves none, rows are drawn as if there were neither time nor group.

    Returns
    -------
    list of (int array, int array)
        At least one pair; the two are disjoint.
    """
    if judged.order is not None:
        pairs = _usable(judged, _forward(judged.order, folds))
    elif judged.group is not None:
        pairs = _usable(judged, _pairs(_by_group(judged, judged.group, folds)))
    else:
        pairs = []
    return pairs or _usable(judged, _pairs(_drawn(judged, folds))) or _pairs(_drawn(judged, folds))[:1]


def loss(judged: Judged, model: Any, X: np.ndarray, y: np.ndarray) -> float:
    """The mean squared error of a regression's ranks, else the logarithmic loss in nats, of a fitted model."""
    if judged.task == "regression":
        return float(np.mean((np.asarray(model.predict(X)) - y) ** 2))
    probability = np.asarray(model.predict_proba(X))
    place = {label: position for position, label in enumerate(model.classes_)}
    true = np.array([probability[row, place[label]] if label in place else 0.0 for row, label in enumerate(y)])
    return float(-np.log(np.maximum(true, _LEAST_PROBABILITY)).mean())


def _usable(judged: Judged, pairs: list[tuple[np.ndarray, np.ndarray]]) -> list[tuple[np.ndarray, np.ndarray]]:
    least = 1 if judged.task == "regression" else 2
    return [(fit, score) for fit, score in pairs if len(score) and len(np.unique(judged.y[fit])) >= least]


def _pairs(number: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(np.flatnonzero(number != k), np.flatnonzero(number == k)) for k in range(int(number.max()) + 1)]


def _forward(order: np.ndarray, folds: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Expanding windows between quantiles of time; equal times are never parted."""
    edges = np.quantile(order, np.arange(1, folds + 1) / (folds + 1))
    block = np.searchsorted(np.unique(edges), order, side="left")
    return [(np.flatnonzero(block < k), np.flatnonzero(block == k)) for k in range(1, int(block.max()) + 1)]


def _by_group(judged: Judged, group: np.ndarray, folds: int) -> np.ndarray:
    rng = np.random.default_rng([judged.seed, folds])
    _, codes, sizes = np.unique(group, return_inverse=True, return_counts=True)
    number, filled = np.empty(len(sizes), dtype=np.int64), np.zeros(folds)
    for code in sorted(rng.permutation(len(sizes)), key=lambda code: -sizes[code]):
        number[code] = filled.argmin()
        filled[number[code]] += sizes[code]
    return number[codes]


def _drawn(judged: Judged, folds: int) -> np.ndarray:
    """Deal the rows, in the order of their target, each run of ``folds`` rows in an order of its own."""
    rng = np.random.default_rng([judged.seed, folds])
    ordered = np.lexsort((rng.random(len(judged.y)), judged.y))
    runs = -(-len(ordered) // folds)
    number = np.empty(len(ordered), dtype=np.int64)
    number[ordered] = rng.permuted(np.tile(np.arange(folds), (runs, 1)), axis=1).ravel()[: len(ordered)]
    return number
