"""Probabilities as logarithms, and back, for the stacks."""

from __future__ import annotations

import numpy as np


def certainty(rows: int) -> float:
    """The least probability that a stack believes: what so many rows could show at most."""
    return 1 / (rows + 2)


def log_probabilities(p: np.ndarray, least: float) -> np.ndarray:
    """Logarithms of shape (n, classes), of mean 0 in each row, of probabilities of shape (n,) or (n, classes)."""
    whole = np.stack([1 - p, p], axis=1) if p.ndim == 1 else p
    logs = np.log(np.clip(whole, least, 1.0))
    return logs - logs.mean(axis=1, keepdims=True)


def probabilities(logits: np.ndarray, binary: bool) -> np.ndarray:
    """Softmax of logits of shape (n, classes); for two classes that of class 1, of shape (n,)."""
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = grown / grown.sum(axis=1, keepdims=True)
    return p[:, 1] if binary else p
