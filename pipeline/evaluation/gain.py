"""Cumulative gain and lift: what the best-ranked share of the rows holds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.evaluation.scored import Pairs, Scored

STEPS = 100


def gain_table(scored: Scored) -> pd.DataFrame:
    """Gain and lift of every model, with rows ranked by predicted probability.

    Returns
    -------
    DataFrame
        ``model``, ``label``, ``share`` (of the rows, best-ranked first), ``gain`` (the share of all positives among
        them), ``lift`` (how many times more than in a random share; 1 at the end).
    """
    return pd.concat([_curve(pair) for pair in scored.all_pairs()], ignore_index=True)


def _curve(pair: Pairs) -> pd.DataFrame:
    order = np.argsort(-pair.probability, kind="stable")
    found = np.concatenate([[0], np.cumsum(pair.truth[order])])
    share = np.arange(STEPS + 1) / STEPS
    gain = found[np.rint(share * len(order)).astype(np.int64)] / found[-1]
    lift = np.divide(gain, share, out=np.full_like(gain, np.nan), where=share > 0)
    lift[0] = lift[1]
    return pd.DataFrame({"model": pair.model, "label": pair.label, "share": share, "gain": gain, "lift": lift})
