"""The space in which neighbours are sought: imputed, standardized numbers and codes of categories; and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.resampling import Part

LARGE = 2**24


@dataclass(frozen=True)
class Space:
    """The numbers that one part's rows were put into the space with, all from that part alone.

    Parameters
    ----------
    part : Part
        The part.
    median, mean, scale : float arrays of shape (numeric columns,)
        What stands for a missing number; then the mean and the standard deviation, 1 for a constant.
    """

    part: Part
    median: np.ndarray
    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def fit(cls, part: Part) -> Space:
        """Take medians, means and standard deviations of a part's numeric columns."""
        numeric = part.frame[part.named("numeric")].astype(np.float64)
        median = numeric.median().fillna(0.0)
        filled = numeric.fillna(median)
        scale = filled.std(ddof=0).to_numpy()
        return cls(part, median.to_numpy(), filled.mean().to_numpy(), np.where(scale > 0, scale, 1.0))

    def array(self, wanted: Mapping[int, int]) -> np.ndarray:
        """The part's rows, of shape (n, numeric + categorical columns); float32 for large ones.

        Missing categories are a level of their own. Levels that no growing class has cannot come out of SMOTENC, so
        they share one code, which keeps its one-hot table narrow.

        Parameters
        ----------
        wanted : mapping of int to int
            Class counts after sampling, by code.
        """
        part = self.part
        numeric = part.frame[part.named("numeric")].to_numpy(dtype=np.float64)
        columns = [(np.where(np.isnan(numeric), self.median, numeric) - self.mean) / self.scale]
        growing = np.isin(part.y, [code for code, count in part.counts().items() if wanted[code] > count])
        for name in part.named("categorical"):
            column: Any = part.frame[name]
            levels = len(column.cat.categories)
            codes = column.cat.codes.to_numpy().astype(np.int64)
            codes = np.where(codes < 0, levels, codes)
            columns.append(np.where(np.isin(codes, codes[growing]), codes, levels + 1)[:, np.newaxis])
        return np.hstack(columns, dtype=np.float64 if numeric.size < LARGE else np.float32, casting="same_kind")

    def rows(self, X: np.ndarray) -> pd.DataFrame:
        """Rows of the space put back, with the part's columns and types; keys are missing."""
        part, numeric = self.part, self.part.named("numeric")
        values = X[:, : len(numeric)] * self.scale + self.mean
        columns: dict[str, Any] = {}
        for position, name in enumerate(numeric):
            columns[name] = values[:, position].astype(part.frame[name].to_numpy().dtype)
        for position, name in enumerate(part.named("categorical"), start=len(numeric)):
            columns[name] = _levels(X[:, position].astype(np.int64), part.frame[name])
        for name in part.named("key"):
            columns[name] = _levels(np.full(len(X), -1), part.frame[name])
        return pd.DataFrame(columns, columns=part.frame.columns)


def _levels(codes: np.ndarray, like: Any) -> pd.Categorical:
    """Codes to the levels of another column; codes beyond them are missing."""
    known = np.where(codes < len(like.cat.categories), codes, -1)
    return pd.Categorical.from_codes(known, categories=like.cat.categories, ordered=like.cat.ordered)
