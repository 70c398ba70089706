"""Precision against recall: how much of what is flagged is right, against how much of what is right is flagged."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.evaluation.scored import Pairs, Scored
from pipeline.evaluation.thinning import FEW, POINTS, thinned


def precision_recall_table(scored: Scored) -> pd.DataFrame:
    """Precision-recall curves of every model, pooled over folds.

    Returns
    -------
    DataFrame
        ``model``, ``label``, ``recall``, ``precision``, ``threshold`` (finite), ``area`` (average precision, as
        scikit-learn's ``average_precision_score``), ``prevalence`` (the precision of flagging everything).
    """
    return pd.concat([_curve(pair) for pair in scored.all_pairs()], ignore_index=True)


def precision_recall_by_fold(scored: Scored) -> pd.DataFrame:
    """The same of each fold, in at most ``FEW`` points: ``label`` is the fold's number."""
    return pd.concat([_curve(pair, FEW) for pair in scored.fold_pairs()], ignore_index=True)


def _curve(pair: Pairs, points: int = POINTS) -> pd.DataFrame:
    from sklearn.metrics import confusion_matrix_at_thresholds

    _, fp, _, tp, threshold = confusion_matrix_at_thresholds(pair.truth, pair.probability)
    recall, precision = tp / tp[-1], tp / (tp + fp)
    area = float(np.sum(np.diff(recall, prepend=0.0) * precision))
    recall, precision = np.concatenate([[0.0], recall]), np.concatenate([precision[:1], precision])
    keep = thinned(recall, precision, points)
    return pd.DataFrame(
        {
            "model": pair.model,
            "label": pair.label,
            "recall": recall[keep],
            "precision": precision[keep],
            "threshold": np.concatenate([threshold[:1], threshold])[keep],
            "area": area,
            "prevalence": float(pair.truth.mean()),
        }
    )
