"""The classes that out-of-fold predictions decide on, each fold with the decision that the other folds would make."""

from __future__ import annotations

import numpy as np

from pipeline.decisions import fit_decision
from pipeline.evaluation.scored import ENSEMBLE, Scored


def decided_labels(scored: Scored, model: str = ENSEMBLE) -> tuple[np.ndarray, np.ndarray]:
    """True and decided class codes of the validated rows.

    For a metric of labels the decision (a threshold, class weights or cut points) is fitted on the other folds' rows;
    for a metric of probabilities the most probable class is taken.

    Returns
    -------
    tuple of two int arrays of shape (rows,)
    """
    rows = scored.rows(model)
    truth, prediction, outer = scored.target[rows], scored.predictions[model][rows], scored.outer[rows]
    if scored.metric.facts.needs != "label":
        decided = (prediction >= 0.5) if prediction.ndim == 1 else prediction.argmax(axis=1)
        return truth, decided.astype(np.int64)
    decided = np.empty(len(rows), dtype=np.int64)
    for fold in np.unique(outer):
        inside = outer == fold
        decision = fit_decision(scored.metric, scored.task, truth[~inside], prediction[~inside])
        decided[inside] = decision.apply(prediction[inside])
    return truth, decided
