"""How far the leaderboard agrees with cross-validation, over the submissions that were scored by both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.ledger.entry import Entry

LEAST = 3
LEAST_FOR_INTERVAL = 4
_NORMAL_95 = 1.96


@dataclass(frozen=True)
class Agreement:
    """Correlation of the cross-validated with the public score.

    Parameters
    ----------
    count : int
        The submissions that it is taken over.
    pearson, spearman : float or None
        In [-1, 1]; None with fewer than three, or where one of the scores is always the same.
    low, high : float or None
        Pearson's 95 % interval by Fisher's transformation; None with fewer than four.
    """

    count: int
    pearson: float | None = None
    spearman: float | None = None
    low: float | None = None
    high: float | None = None


def alike(entries: Sequence[Entry]) -> list[Entry]:
    """The entries whose scores compare: those of the last one's metric, data and folds; none that failed."""
    sound = [entry for entry in entries if entry.status != "error"]
    if not sound:
        return []
    last = sound[-1]
    return [e for e in sound if (e.metric, e.data, e.split) == (last.metric, last.data, last.split)]


def agreement(entries: Sequence[Entry]) -> Agreement:
    """The correlation over the entries that have a public score, of those that are ``alike``."""
    pairs = np.array([(entry.cv, entry.public) for entry in alike(entries) if entry.public is not None], dtype=float)
    count = len(pairs)
    if count < LEAST or (np.ptp(pairs, axis=0) == 0).any():
        return Agreement(count)
    pearson = float(np.corrcoef(pairs.T)[0, 1])
    ranks = np.stack([_ranks(column) for column in pairs.T])
    spearman = float(np.corrcoef(ranks)[0, 1])
    if count < LEAST_FOR_INTERVAL:
        return Agreement(count, pearson, spearman)
    centre, reach = math.atanh(min(max(pearson, -1 + 1e-12), 1 - 1e-12)), _NORMAL_95 / math.sqrt(count - 3)
    return Agreement(count, pearson, spearman, math.tanh(centre - reach), math.tanh(centre + reach))


def in_words(found: Agreement) -> str:
    """The agreement as a sentence.

    >>> in_words(Agreement(2))
    'too few submissions to compare with cross-validation: 2 scored on the same folds, and 3 are needed'
    """
    if found.count < LEAST:
        return (
            f"too few submissions to compare with cross-validation: {found.count} scored on the same folds, "
            f"and {LEAST} are needed"
        )
    if found.pearson is None or found.spearman is None:
        return f"no correlation can be told: {found.count} submissions score the same here or there"
    text = f"correlation of cross-validation and leaderboard {found.pearson:.2f}"
    if found.low is not None and found.high is not None:
        text += f" (95 % between {found.low:.2f} and {found.high:.2f})"
    return f"{text}, of their ranks {found.spearman:.2f}, over {found.count} submissions"


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1, the mean rank for equal values."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: np.ndarray = (ends - (counts - 1) / 2)[place]
    return ranks
