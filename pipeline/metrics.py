"""The competition's metric: a score, its spread over the folds, and which of two is better.

Written in numpy and tested against scikit-learn, because hill climbing and bootstraps score tens of thousands of times:
scikit-learn's checks alone take a millisecond a call, and its import one second of each stage's start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.core.errors import PodiumError
from pipeline.decisions import fit_decision
from pipeline.decisions.confusion import count, label_score
from pipeline.declaration.metric import Metric

CLIP = 1e-15
BY_ORDER = ("auc", "gini", "average_precision", "recall_at_precision")


def score(
    metric: Metric,
    y: np.ndarray,
    prediction: np.ndarray,
    weight: np.ndarray | None = None,
    classes: int | None = None,
) -> float:
    """The score of predictions.

    With more than two classes, AUC, Gini, average precision and recall at a precision are one-against-rest means over
    the classes that occur, and Brier is summed over classes. Recall at a precision is the greatest recall on the curve
    whose precision is at least that, 0 where none is: a point of the curve, like all of AUC, and not of a threshold
    fixed before. RMSLE counts negative predictions as 0; RMSPE and MAPE leave rows with y = 0 out; log loss clips.

    Parameters
    ----------
    metric : Metric
        Fractions stay fractions: SMAPE is in [0, 2], MAPE and RMSPE 0.1 for ten percent.
    y : array of shape (n,)
        Class codes or values.
    prediction : array of shape (n,) or (n, classes)
        Class codes for a metric of labels; probabilities of class 1, or by class; values.
    weight : float array of shape (n,) or None
        Row weights.
    classes : int or None
        For metrics of labels: the number of classes, where not all occur here.

    Raises
    ------
    PodiumError
        Where the score is undefined on these rows: one class only, or no row that counts.

    Examples
    --------
    >>> score(Metric(name="auc"), np.array([0, 1, 1]), np.array([0.2, 0.1, 0.9]))
    0.5
    """
    y, prediction = np.asarray(y), np.asarray(prediction)
    reason = _undefined(metric, y)
    if reason:
        raise PodiumError("", f"metric {metric.label}", "is undefined here", got=reason)
    if metric.facts.needs == "label":
        most = int(max(y.max(), prediction.max())) + 1
        return float(label_score(metric, count(y, prediction, classes or max(most, 2), weight)))
    return float(_SCORES[metric.name](y, prediction, np.ones(len(y)) if weight is None else weight, metric))


def better(metric: Metric, a: float, b: float) -> bool:
    """Whether score ``a`` is better than score ``b``.

    >>> better(Metric(name="rmse"), 1.0, 2.0)
    True
    """
    return a > b if metric.greater_is_better else a < b


def gain(metric: Metric, value: float) -> float:
    """The score with its sign turned where less is better, so that more always is."""
    return value if metric.greater_is_better else -value


@dataclass(frozen=True)
class FoldScores:
    """One score for each fold that has rows, in the folds' order.

    Parameters
    ----------
    scores : tuple of float
        The scores.
    """

    scores: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean over folds."""
        return float(np.mean(self.scores))

    @property
    def se(self) -> float:
        """The standard error of the mean, std(ddof=1) / sqrt(folds); NaN with one fold."""
        folds = len(self.scores)
        return float(np.std(self.scores, ddof=1) / np.sqrt(folds)) if folds > 1 else float("nan")


def fold_scores(metric: Metric, y: np.ndarray, prediction: np.ndarray, outer: np.ndarray) -> FoldScores:
    """The score in each fold, of raw out-of-fold predictions.

    For a metric of labels, each fold is decided by what was fitted on the other folds' out-of-fold rows, so that a
    threshold never sees the rows it is scored on.

    Parameters
    ----------
    y : array of shape (n,)
        Class codes or values.
    prediction : float array of shape (n,) or (n, classes)
        Raw predictions; rows with a NaN are left out.
    outer : int array of shape (n,)
        The fold that validates each row; -1 leaves a row out.

    Raises
    ------
    PodiumError
        Where the metric is undefined in a fold; it names the fold. Where labels are scored and there is one fold only.
    """
    used = (outer >= 0) & np.isfinite(prediction if prediction.ndim == 1 else prediction.sum(axis=1))
    y, prediction, outer = y[used], prediction[used], outer[used]
    if len(y) == 0:
        raise PodiumError("", f"metric {metric.label}", "has no row to score", got="no out-of-fold prediction")
    if metric.facts.needs == "label" and len(np.unique(outer)) < 2:
        raise PodiumError("", f"metric {metric.label}", "needs two folds, one to decide on and one to score", got="one")
    return FoldScores(tuple(_one_fold(metric, y, prediction, outer == k, int(k)) for k in np.unique(outer)))


def _one_fold(metric: Metric, y: np.ndarray, prediction: np.ndarray, inside: np.ndarray, number: int) -> float:
    reason = _undefined(metric, y[inside])
    if reason:
        raise PodiumError(
            "",
            f"metric {metric.label}",
            f"is undefined in fold {number}",
            got=reason,
            step="Take fewer folds, or a stratified kind under split",
        )
    if metric.facts.needs != "label":
        return score(metric, y[inside], prediction[inside])
    classes = prediction.shape[1] if prediction.ndim > 1 else max(int(y.max()) + 1, 2)
    task = "multiclass" if prediction.ndim > 1 else "binary"
    decision = fit_decision(metric, task, y[~inside], prediction[~inside])
    return score(metric, y[inside], decision.apply(prediction[inside]), classes=classes)


def _undefined(metric: Metric, y: np.ndarray) -> str:
    """Why the metric has no value on these rows; empty where it has."""
    if len(y) == 0:
        return "no row"
    if metric.name in BY_ORDER and (y == y[0]).all():
        return f"rows of class {int(y[0])} only"
    if metric.name == "r2" and (y == y[0]).all():
        return "a constant target"
    if metric.name in ("rmspe", "mape") and not (y != 0).any():
        return "targets that are all 0"
    if metric.name == "rmsle" and (y < 0).any():
        return f"a target of {y.min():g}, below 0"
    return ""


def _rates(hit: np.ndarray, p: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights of hits and of misses among rows of at least each distinct score, from the highest down."""
    order = np.argsort(-p)  # ties end together, so their order does not matter; eight times faster than a stable sort
    ends = np.flatnonzero(np.append(np.diff(p[order]) != 0, True))
    hits = (hit * w)[order].cumsum()[ends]
    return hits, w[order].cumsum()[ends] - hits


def _auc_of(hit: np.ndarray, p: np.ndarray, w: np.ndarray) -> float:
    hits, misses = (np.append(0.0, part) for part in _rates(hit, p, w))
    return float(np.trapezoid(hits, misses) / (hits[-1] * misses[-1]))


def _average_precision_of(hit: np.ndarray, p: np.ndarray, w: np.ndarray) -> float:
    hits, misses = _rates(hit, p, w)
    return float((np.diff(hits, prepend=0.0) * hits / np.maximum(hits + misses, 1e-300)).sum() / hits[-1])


def _against_rest(
    one: Callable[[np.ndarray, np.ndarray, np.ndarray], float], y: np.ndarray, p: np.ndarray, w: np.ndarray
) -> float:
    if p.ndim == 1:
        return one((y == 1).astype(np.float64), p, w)
    return float(np.mean([one((y == k).astype(np.float64), p[:, k], w) for k in np.unique(y)]))


def _auc(y: np.ndarray, p: np.ndarray, w: np.ndarray, metric: Metric) -> float:
    return _against_rest(_auc_of, y, p, w)


def _gini(y: np.ndarray, p: np.ndarray, w: np.ndarray, metric: Metric) -> float:
    return 2 * _against_rest(_auc_of, y, p, w) - 1


def _average_precision(y: np.ndarray, p: np.ndarray, w: np.ndarray, metric: Metric) -> float:
    return _against_rest(_average_precision_of, y, p, w)


def _recall_at_precision(y: np.ndarray, p: np.ndarray, w: np.ndarray, metric: Metric) -> float:
    def one(hit: np.ndarray, p: np.ndarray, w: np.ndarray) -> float:
        hits, misses = _rates(hit, p, w)
        reached = hits >= metric.precision * (hits + misses) - 1e-12
        return float(hits[reached].max(initial=0.0) / hits[-1])

    return _against_rest(one, y, p, w)


def _log_loss(y: np.ndarray, p: np.ndarray, w: np.ndarray, metric: Metric) -> float:
    of_truth = np.where(y == 1, p, 1 - p) if p.ndim == 1 else p[np.arange(len(y)), y] / p.sum(axis=1)
    return float(np.average(-np.log(np.clip(of_truth, CLIP, 1 - CLIP)), weights=w))


def _brier(y: np.ndarray, p: np.ndarray, w: np.ndarray, metric: Metric) -> float:
    if p.ndim == 1:
        return float(np.average((p - y) ** 2, weights=w))
    return float(np.average(((p - (y[:, None] == np.arange(p.shape[1]))) ** 2).sum(axis=1), weights=w))


def _map_at_k(y: np.ndarray, p: np.ndarray, w: np.ndarray, metric: Metric) -> float:
    ranked = np.argsort(-p, axis=1, kind="stable")[:, : metric.k]
    return float(np.average(((ranked == y[:, None]) / np.arange(1, ranked.shape[1] + 1)).sum(axis=1), weights=w))


def _mean_square(error: np.ndarray, w: np.ndarray) -> float:
    return float(np.average(error**2, weights=w))


def _rmse(y: np.ndarray, p: np.ndarray, w: np.ndarray, metric: Metric) -> float:
    return _mean_square(p - y, w) ** 0.5


def _mae(y: np.ndarray, p: np.ndarray, w: np.ndarray, metric: Metric) -> float:
    return float(np.average(np.abs(p - y), weights=w))


def _r2(y: np.ndarray, p: np.ndarray, w: np.ndarray, metric: Metric) -> float:
    return 1 - _mean_square(p - y, w) / _mean_square(y - np.average(y, weights=w), w)


def _rmsle(y: np.ndarray, p: np.ndarray, w: np.ndarray, metric: Metric) -> float:
    return _mean_square(np.log1p(np.maximum(p, 0)) - np.log1p(y), w) ** 0.5


def _rmspe(y: np.ndarray, p: np.ndarray, w: np.ndarray, metric: Metric) -> float:
    rows = y != 0
    return _mean_square(p[rows] / y[rows] - 1, w[rows]) ** 0.5


def _mape(y: np.ndarray, p: np.ndarray, w: np.ndarray, metric: Metric) -> float:
    rows = y != 0
    return float(np.average(np.abs(p[rows] / y[rows] - 1), weights=w[rows]))


def _smape(y: np.ndarray, p: np.ndarray, w: np.ndarray, metric: Metric) -> float:
    size = np.abs(y) + np.abs(p)
    return float(np.average(np.divide(2 * np.abs(p - y), size, out=np.zeros(len(y)), where=size > 0), weights=w))


_SCORES: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray, Metric], float]] = {
    "auc": _auc,
    "gini": _gini,
    "average_precision": _average_precision,
    "recall_at_precision": _recall_at_precision,
    "log_loss": _log_loss,
    "brier": _brier,
    "map_at_k": _map_at_k,
    "rmse": _rmse,
    "mae": _mae,
    "r2": _r2,
    "rmsle": _rmsle,
    "rmspe": _rmspe,
    "mape": _mape,
    "smape": _smape,
}
