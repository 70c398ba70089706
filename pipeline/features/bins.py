"""Numbers as the numbers of intervals.

Source: scikit-learn's ``KBinsDiscretizer``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.numeric import Bins
from pipeline.features.builder import Builder, Made, Need, Roles, as_floats
from pipeline.features.words import spelled

_CLUSTERED_ROWS = 20_000


@dataclass
class Binned(Builder):
    """``<column>_bin``: intervals between inner edges that were learnt; a value on an edge lies above it.

    Parameters
    ----------
    declared : list of Bins
        As declared.
    seed : int
        For cluster centres.

    ``state``: ``edges``, for each entry a dict of column to its inner edges.
    """

    declared: list[Bins] = field(default_factory=list)
    seed: int = 0
    name: ClassVar[str] = "bins"

    def needs(self) -> Iterator[Need]:
        """The columns to cut."""
        for number, entry in enumerate(self.declared):
            yield Need(f"bins[{number}].columns", entry.columns, "number")

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn the edges."""
        self.state["edges"] = [
            {column: self._edges(as_floats(frame[column].dropna()), entry) for column in entry.columns}
            for entry in self.declared
        ]

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """The intervals' numbers, from 0; missing where the value is."""
        for entry, edges in zip(self.declared, self.state["edges"], strict=True):
            for column, inner in edges.items():
                values = as_floats(frame[column])
                codes = np.where(np.isnan(values), -1, np.searchsorted(inner, values, side="right"))
                made: Any = np.where(codes < 0, np.nan, codes)
                if entry.categorical:
                    made = spelled(codes, [str(code) for code in range(len(inner) + 1)])
                yield Made(f"{column}_bin", made, column, "categorical" if entry.categorical else "numeric")

    def _edges(self, values: np.ndarray, entry: Bins) -> np.ndarray:
        if len(values) == 0:
            return np.empty(0)
        if entry.strategy == "kmeans":
            return self._between_centres(values, entry.bins)
        shares = np.linspace(0, 1, entry.bins + 1)[1:-1]
        if entry.strategy == "uniform":
            return np.unique(values.min() + shares * (values.max() - values.min()))
        edges = np.unique(np.quantile(values, shares))
        return edges[edges > values.min()]

    def _between_centres(self, values: np.ndarray, bins: int) -> np.ndarray:
        from sklearn.cluster import KMeans

        spread = np.sort(values)[:: max(1, len(values) // _CLUSTERED_ROWS)]
        count = min(bins, len(np.unique(spread)))
        centres = KMeans(count, n_init=1, random_state=self.seed).fit(spread[:, None]).cluster_centers_[:, 0]
        ordered = np.sort(centres)
        return (ordered[1:] + ordered[:-1]) / 2
