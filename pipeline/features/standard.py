"""Numeric columns on one scale: the ground for distances and components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Standard:
    """Means and standard deviations of columns; missing values count as the mean.

    Parameters
    ----------
    columns : tuple of str
        The columns.
    mean, deviation : float64 arrays of shape (columns,)
        A constant column has deviation 1.
    """

    columns: tuple[str, ...]
    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def fit(cls, frame: pd.DataFrame, columns: Sequence[str]) -> Standard:
        """Take both over what is observed."""
        table = frame[list(columns)].astype(np.float64)
        mean, deviation = (part.fillna(0.0).to_numpy() for part in (table.mean(), table.std(ddof=0)))
        return cls(tuple(columns), mean, np.where(deviation > 1e-12 * (1 + np.abs(mean)), deviation, 1.0))

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        """The standardized columns: float32 of shape (n, columns)."""
        matrix = frame[list(self.columns)].to_numpy(dtype=np.float64, na_value=np.nan)
        scaled: np.ndarray = np.nan_to_num((matrix - self.mean) / self.deviation, nan=0.0).astype(np.float32)
        return scaled
