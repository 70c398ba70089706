"""A study's numbers: each cell's scores by fold, their means, and the paired differences from doing nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from pipeline.decisions import Decision
from pipeline.declaration.metric import Metric
from pipeline.imbalance.cells import Cell, Predictions
from pipeline.imbalance.methods import NONE, THRESHOLD
from pipeline.metrics import FoldScores, fold_scores, score

MAIN = "average_precision"
MEASURES = (MAIN, "auc", "log_loss_before", "log_loss", "f1_at_half", "f1", "mcc", "recall_at_precision")
_F1, _MCC = Metric(name="fbeta"), Metric(name="mcc")


def fold_table(cells: Sequence[Cell], precision: float) -> pd.DataFrame:
    """Each cell's score in each fold.

    ``none`` is decided at one half (with more than two classes, for the likeliest one), as it comes from the model;
    ``threshold`` is the same predictions, decided at a nested threshold, as those of every other method are.

    Returns
    -------
    DataFrame
        ``model``, ``method``, ``way`` ("in fold" or "before the split"), ``measure``, ``fold``, ``score``.
    """
    lines = []
    for cell in cells:
        for way, predictions in (("in fold", cell.honest), ("before the split", cell.wrong)):
            if predictions is None:
                continue
            for measure, scores in measured(predictions, cell.method != NONE, precision).items():
                about = {"model": cell.model, "method": cell.method, "way": way, "measure": measure}
                lines += [{**about, "fold": k, "score": value} for k, value in enumerate(scores.scores)]
    return pd.DataFrame(lines, columns=["model", "method", "way", "measure", "fold", "score"])


def measured(predictions: Predictions, moved: bool, precision: float) -> dict[str, FoldScores]:
    """All measures of one set of predictions.

    Parameters
    ----------
    moved : bool
        Whether labels are decided at a threshold fitted on the other folds, or at one half.
    precision : float
        At which recall is taken.
    """
    y, outer, after, before = predictions.target, predictions.outer, predictions.after, predictions.before
    half = half_scores(_F1, y, before, outer)
    plain = {
        MAIN: Metric(name=MAIN),
        "auc": Metric(name="auc"),
        "log_loss": Metric(name="log_loss"),
        "recall_at_precision": Metric(name="recall_at_precision", precision=precision),
    }
    return {
        **{name: fold_scores(metric, y, after, outer) for name, metric in plain.items()},
        "log_loss_before": fold_scores(plain["log_loss"], y, before, outer),
        "f1_at_half": half,
        "f1": fold_scores(_F1, y, after, outer) if moved else half,
        "mcc": fold_scores(_MCC, y, after, outer) if moved else half_scores(_MCC, y, before, outer),
    }


def half_scores(metric: Metric, y: np.ndarray, prediction: np.ndarray, outer: np.ndarray) -> FoldScores:
    """A score of labels by fold, without any threshold moved."""
    decision = Decision("argmax") if prediction.ndim > 1 else Decision("threshold", (0.5,))
    classes = prediction.shape[1] if prediction.ndim > 1 else 2
    folds = [outer == k for k in np.unique(outer[outer >= 0])]
    return FoldScores(tuple(score(metric, y[i], decision.apply(prediction[i]), classes=classes) for i in folds))


def threshold_cell(none: Cell) -> Cell:
    """Threshold moving alone: the predictions of doing nothing."""
    return replace(none, method=THRESHOLD)


def summary(folds: pd.DataFrame, cells: Sequence[Cell]) -> pd.DataFrame:
    """A row for each model and method: the study's table.

    Returns
    -------
    DataFrame
        ``model``, ``method``, ``seconds``, ``refused``; for each measure its mean over folds, ``<measure>_se``,
        ``<measure>_difference`` and ``<measure>_difference_se`` (paired by fold with ``none``; missing where that was
        not made), and ``<measure>_claimed``, what resampling before the split would have claimed.
    """
    lines = []
    for cell in cells:
        line: dict[str, Any] = {"model": cell.model, "method": cell.method, "seconds": cell.seconds}
        line["refused"] = cell.refused
        for measure in MEASURES:
            line |= _means(folds, cell, measure)
        lines.append(line)
    return pd.DataFrame(lines)


def _means(folds: pd.DataFrame, cell: Cell, measure: str) -> Mapping[str, float]:
    own = _scores(folds, cell.model, cell.method, "in fold", measure)
    none = _scores(folds, cell.model, NONE, "in fold", measure)
    claimed = _scores(folds, cell.model, cell.method, "before the split", measure)
    apart = own - none if len(own) == len(none) and cell.method != NONE else np.empty(0)
    return {
        measure: _mean(own),
        f"{measure}_se": _se(own),
        f"{measure}_difference": _mean(apart),
        f"{measure}_difference_se": _se(apart),
        f"{measure}_claimed": _mean(claimed),
    }


def _scores(folds: pd.DataFrame, model: str, method: str, way: str, measure: str) -> np.ndarray:
    rows = (folds["model"] == model) & (folds["method"] == method)
    rows &= (folds["way"] == way) & (folds["measure"] == measure)
    return folds.loc[rows].sort_values("fold")["score"].to_numpy(dtype=np.float64)


def _mean(scores: np.ndarray) -> float:
    return float(scores.mean()) if len(scores) else float("nan")


def _se(scores: np.ndarray) -> float:
    return FoldScores(tuple(scores)).se
