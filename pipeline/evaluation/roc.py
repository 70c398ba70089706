"""The receiver operating characteristic: the share of positives found against the share of negatives flagged."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.evaluation.scored import Pairs, Scored
from pipeline.evaluation.thinning import FEW, POINTS, thinned


def roc_table(scored: Scored) -> pd.DataFrame:
    """ROC curves of every model, pooled over folds.

    Returns
    -------
    DataFrame
        ``model``, ``label``, ``false_positive_rate``, ``true_positive_rate``, ``threshold`` (finite: where nothing is
        flagged it is the highest probability), ``area`` (under the whole curve, the same in all its rows).
    """
    return pd.concat([_curve(pair) for pair in scored.all_pairs()], ignore_index=True)


def roc_by_fold(scored: Scored) -> pd.DataFrame:
    """The same of each fold, in at most ``FEW`` points: ``label`` is the fold's number."""
    return pd.concat([_curve(pair, FEW) for pair in scored.fold_pairs()], ignore_index=True)


def _curve(pair: Pairs, points: int = POINTS) -> pd.DataFrame:
    from sklearn.metrics import confusion_matrix_at_thresholds

    _, fp, _, tp, threshold = confusion_matrix_at_thresholds(pair.truth, pair.probability)
    x = np.concatenate([[0.0], fp / fp[-1]])
    y = np.concatenate([[0.0], tp / tp[-1]])
    keep = thinned(x, y, points)
    return pd.DataFrame(
        {
            "model": pair.model,
            "label": pair.label,
            "false_positive_rate": x[keep],
            "true_positive_rate": y[keep],
            "threshold": np.concatenate([threshold[:1], threshold])[keep],
            "area": float(np.trapezoid(y, x)),
        }
    )
