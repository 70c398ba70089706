"""Ranks, and the area under the ROC curve by them: numpy alone, in milliseconds."""

from __future__ import annotations

import numpy as np


def average_ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1; equal values share the mean of theirs. Shape (n,)."""
    _, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: np.ndarray = (ends - (counts - 1) / 2)[codes]
    return ranks


def area_under_roc(positive: np.ndarray, score: np.ndarray) -> float:
    """The chance that a positive row scores above a negative one, ties counting half (Mann and Whitney 1947).

    Parameters
    ----------
    positive : bool array of shape (n,)
        Both kinds must be there.
    score : float array of shape (n,)
        Without NaN.
    """
    count = int(positive.sum())
    others = len(positive) - count
    above = average_ranks(score)[positive].sum() - count * (count + 1) / 2
    return float(above / (count * others))
