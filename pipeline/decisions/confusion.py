"""Metrics of labels, from confusion matrices: one formula serves a score, a threshold's curve and its bootstraps.

A confusion matrix has the true classes in its rows and the predicted ones in its columns. All functions take stacks
of them, of shape (..., k, k), and give scores of shape (...): 200 thresholds in 60 resamples are one call.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.declaration.metric import Metric


def count(y: np.ndarray, label: np.ndarray, classes: int, weight: np.ndarray | None = None) -> np.ndarray:
    """The confusion matrix of shape (classes, classes).

    Parameters
    ----------
    y, label : int arrays of shape (n,)
        True and predicted class codes, 0 to ``classes - 1``.
    weight : float array of shape (n,) or None
        Row weights.

    Examples
    --------
    >>> count(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    array([[1., 1.],
           [0., 1.]])
    """
    cell = np.asarray(y, dtype=np.int64) * classes + np.asarray(label, dtype=np.int64)
    return np.bincount(cell, weights=weight, minlength=classes * classes).reshape(classes, classes).astype(np.float64)


def label_score(metric: Metric, confusion: np.ndarray) -> np.ndarray:
    """The score of each confusion matrix by a metric of labels.

    Parameters
    ----------
    confusion : float array of shape (..., k, k)
        True classes in rows. With k = 2, F-beta is that of class 1; beyond, the mean over classes that occur.

    Returns
    -------
    float array of shape (...)
        0/0 counts as 0, as in scikit-learn; for QWK as 1, where all rows are of one class and predicted so.
    """
    return _SCORES[metric.name](np.asarray(confusion, dtype=np.float64), metric)


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.zeros(np.broadcast(above, below).shape), where=below > 0)


def _parts(confusion: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per class: rows predicted rightly, rows that are of it, rows predicted as it; each of shape (..., k)."""
    return np.diagonal(confusion, axis1=-2, axis2=-1), confusion.sum(axis=-1), confusion.sum(axis=-2)


def _accuracy(confusion: np.ndarray, metric: Metric) -> np.ndarray:
    right, true, _ = _parts(confusion)
    return _ratio(right.sum(axis=-1), true.sum(axis=-1))


def _balanced_accuracy(confusion: np.ndarray, metric: Metric) -> np.ndarray:
    right, true, _ = _parts(confusion)
    return _ratio(_ratio(right, true).sum(axis=-1), (true > 0).sum(axis=-1))


def _fbeta(confusion: np.ndarray, metric: Metric) -> np.ndarray:
    right, true, predicted = _parts(confusion)
    square = metric.beta**2
    each = _ratio((1 + square) * right, square * true + predicted)
    if confusion.shape[-1] == 2:
        return each[..., 1]
    return _ratio(each.sum(axis=-1), (true + predicted > 0).sum(axis=-1))


def _mcc(confusion: np.ndarray, metric: Metric) -> np.ndarray:
    # The K-category correlation of Gorodkin (2004), which for two classes is Matthews' own.
    right, true, predicted = _parts(confusion)
    total = true.sum(axis=-1)
    above = right.sum(axis=-1) * total - (true * predicted).sum(axis=-1)
    spread = (total**2 - (true**2).sum(axis=-1)) * (total**2 - (predicted**2).sum(axis=-1))
    return _ratio(above, np.sqrt(np.maximum(spread, 0.0)))


def _qwk(confusion: np.ndarray, metric: Metric) -> np.ndarray:
    _, true, predicted = _parts(confusion)
    codes = np.arange(confusion.shape[-1])
    cost = (codes[:, None] - codes[None, :]) ** 2
    observed = (confusion * cost).sum(axis=(-2, -1))
    expected = _ratio((true[..., :, None] * predicted[..., None, :] * cost).sum(axis=(-2, -1)), true.sum(axis=-1))
    return 1 - _ratio(observed, expected)


_SCORES: dict[str, Callable[[np.ndarray, Metric], np.ndarray]] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced_accuracy,
    "fbeta": _fbeta,
    "mcc": _mcc,
    "qwk": _qwk,
}
