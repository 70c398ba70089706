"""What each threshold on the positive class's probability buys."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.evaluation.scored import Pairs, Scored

GRID = np.linspace(0.0, 1.0, 101)


def threshold_table(scored: Scored) -> pd.DataFrame:
    """Counts and rates at 101 thresholds, for two classes; a row is flagged where its probability is at least that.

    Returns
    -------
    DataFrame
        ``model``, ``threshold``, counts ``tp``, ``fp``, ``fn``, ``tn``, and ``precision`` (1 where nothing is flagged),
        ``recall``, ``f1``, ``accuracy``, ``flagged`` (the share of rows).
    """
    return pd.concat([_grid(pair) for pair in scored.all_pairs()], ignore_index=True)


def _grid(pair: Pairs) -> pd.DataFrame:
    ranked = {answer: np.sort(pair.probability[pair.truth == answer]) for answer in (0, 1)}
    fn, tn = (np.searchsorted(ranked[answer], GRID, side="left") for answer in (1, 0))
    tp, fp = len(ranked[1]) - fn, len(ranked[0]) - tn
    flagged = tp + fp
    precision = np.divide(tp, flagged, out=np.ones(len(GRID)), where=flagged > 0)
    rates = {
        "precision": precision,
        "recall": tp / (tp + fn),
        "f1": 2 * tp / (2 * tp + fp + fn),
        "accuracy": (tp + tn) / len(pair.truth),
        "flagged": flagged / len(pair.truth),
    }
    counts = {"tp": tp, "fp": fp, "fn": fn, "tn": tn}
    return pd.DataFrame({"model": pair.model, "threshold": GRID.round(2)} | counts | rates)
