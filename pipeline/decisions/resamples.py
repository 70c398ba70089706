"""What the searches share: grids of candidate points, and bootstraps of a table of counts."""

from __future__ import annotations

import numpy as np


def midpoints(values: np.ndarray, most: int) -> np.ndarray:
    """Up to ``most`` rising points between distinct values, at evenly spaced ranks."""
    distinct = np.unique(np.quantile(values, np.linspace(0, 1, most + 1), method="nearest"))
    return (distinct[1:] + distinct[:-1]) / 2


def resample(counts: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Bootstraps of a table of counts: of shape (draws, *counts.shape), each summing to as many rows."""
    total = counts.sum()
    return rng.multinomial(round(total), counts.ravel() / total, size=draws).reshape(draws, *counts.shape)
