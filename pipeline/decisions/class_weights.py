"""Factors on the probabilities of three classes or more, before the largest is taken."""

from __future__ import annotations

import numpy as np

from pipeline.decisions.confusion import count, label_score
from pipeline.decisions.resamples import resample
from pipeline.declaration.metric import Metric

RESAMPLES = 60
FACTORS = np.exp(np.linspace(-1.5, 1.5, 31))


def fit_class_weights(metric: Metric, y: np.ndarray, p: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Factors by class, of shape (classes,), that sum to 1.

    The start is what calibrated probabilities call for: 1 / share for balanced accuracy; for F-beta and MCC the better
    of no factors and 1 / sqrt(share). A coordinate search goes on from there. Fitted on either half of the rows and
    judged on the other, it must beat its start by one standard error over resamples; else the start stays.

    Parameters
    ----------
    y : int array of shape (n,)
        Class codes.
    p : float array of shape (n, classes)
        Out-of-fold probabilities.
    rng : Generator
        For the resamples.
    """
    share = np.bincount(y, minlength=p.shape[1]) / len(y)
    balanced = 1 / np.maximum(share, 1 / len(y))
    starts = [balanced] if metric.name == "balanced_accuracy" else [np.ones(p.shape[1]), np.sqrt(balanced)]
    start = max(starts, key=lambda w: _weighted_score(metric, y, p, w))
    tried = _search_on_the_other_half(metric, y, p, start, rng)
    earned = _earns_its_place(metric, y, (p * start).argmax(axis=1), tried, rng)
    chosen = _search_weights(metric, y, p, start) if earned else start
    return chosen / chosen.sum()


def _weighted_score(metric: Metric, y: np.ndarray, p: np.ndarray, weights: np.ndarray) -> float:
    return float(label_score(metric, count(y, (p * weights).argmax(axis=1), p.shape[1])))


def _search_weights(metric: Metric, y: np.ndarray, p: np.ndarray, start: np.ndarray, passes: int = 4) -> np.ndarray:
    """Coordinate search: one class's factor at a time, over a grid whose scores are smoothed by a moving average."""
    weights = start.copy()
    for _ in range(passes):
        before = weights.copy()
        for k in range(len(weights)):
            scores = label_score(metric, _with_factors(y, p * weights, k))
            smooth = np.convolve(np.pad(scores, 2, mode="edge"), np.full(5, 0.2), mode="valid")
            place = int(smooth.argmax())
            if smooth[place] > smooth[len(FACTORS) // 2] + 1e-9:
                weights[k] *= FACTORS[place]
        if np.array_equal(before, weights):
            break
    return weights


def _search_on_the_other_half(
    metric: Metric, y: np.ndarray, p: np.ndarray, start: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Labels of all rows, each by factors that were searched on the half without it."""
    half, label = rng.permutation(len(y)) % 2 == 0, np.zeros(len(y), dtype=np.int64)
    for rows in (half, ~half):
        label[rows] = (p[rows] * _search_weights(metric, y[~rows], p[~rows], start)).argmax(axis=1)
    return label


def _with_factors(y: np.ndarray, weighted: np.ndarray, k: int) -> np.ndarray:
    """Confusion matrices of shape (factors, classes, classes) with class ``k`` multiplied by each of ``FACTORS``."""
    classes, rivals = weighted.shape[1], weighted.copy()
    rivals[:, k] = -1.0
    rival = rivals.argmax(axis=1)
    needed = np.max(rivals, axis=1) / np.maximum(weighted[:, k], 1e-300)
    from_factor = np.searchsorted(FACTORS, needed, side="left")
    cell = (from_factor * classes + y) * classes + rival
    shape = (len(FACTORS) + 1, classes, classes)
    entering = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)
    taken = entering.cumsum(axis=0)[:-1]
    confusion = (entering.sum(axis=0) - taken).astype(np.float64)
    confusion[:, :, k] += taken.sum(axis=2)
    return confusion


def _earns_its_place(metric: Metric, y: np.ndarray, old: np.ndarray, new: np.ndarray, rng: np.random.Generator) -> bool:
    classes = int(max(y.max(), old.max(), new.max())) + 1
    kinds, counts = np.unique(np.stack([y, old, new]), axis=1, return_counts=True)
    draws = resample(counts, RESAMPLES, rng).astype(np.float64)
    olds, news = (np.stack([count(kinds[0], kinds[i], classes, w) for w in draws]) for i in (1, 2))
    gain = label_score(metric, news) - label_score(metric, olds)
    return bool(gain.mean() > gain.std())
