"""Rows to ask about: a bounded sample of a fold's validation rows, every class among them, weighted back."""

from __future__ import annotations

import numpy as np


def sampled(target: np.ndarray, most: int, draw: np.random.Generator, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions of at most ``most`` rows, sorted, and how many rows each stands for.

    Each class gives as many rows as the others while it has them, so that rare ones are there to be judged; the weights
    put the true shares back. A regression's rows are drawn evenly.

    >>> rows, weight = sampled(np.array([0] * 8 + [1] * 2), 4, np.random.default_rng(0), 2)
    >>> len(rows), weight.sum()
    (4, np.float64(10.0))
    """
    if len(target) <= most:
        return np.arange(len(target)), np.ones(len(target))
    codes = target if classes else np.zeros(len(target), dtype=np.int64)
    present, counts = np.unique(codes, return_counts=True)
    quota = _quotas(counts, most)
    picked = [draw.choice(np.flatnonzero(codes == k), q, replace=False) for k, q in zip(present, quota, strict=True)]
    weight = [np.full(q, count / q) for count, q in zip(counts, quota, strict=True)]
    rows = np.concatenate(picked)
    order = np.argsort(rows, kind="stable")
    return rows[order], np.concatenate(weight)[order]


def _quotas(counts: np.ndarray, most: int) -> np.ndarray:
    """How many rows each class gives: the rarest all, the others an even part of what is left; each at least one."""
    quota = np.zeros(len(counts), dtype=np.int64)
    left = most
    for done, place in enumerate(np.argsort(counts, kind="stable")):
        quota[place] = max(1, min(int(counts[place]), left // (len(counts) - done)))
        left -= int(quota[place])
    return quota
