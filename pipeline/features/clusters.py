"""Clusters of rows by k-means, and distances to their centres.

Source: Lloyd (1982), Least squares quantization in PCM; scikit-learn's ``KMeans``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.numeric import Clusters
from pipeline.features.builder import Builder, Made, Need, Roles
from pipeline.features.standard import Standard
from pipeline.features.words import spelled

_FITTED_ROWS = 50_000


@dataclass
class KMeansClusters(Builder):
    """The nearest centre's number, from 0, and the distance to each, over standardized columns.

    The centres are found on at most 50,000 rows, drawn with the seed.

    Parameters
    ----------
    declared : list of Clusters
        As declared.
    seed : int
        For the rows and the first centres.

    ``state``: ``fitted``, for each entry the ``scale`` and the ``centres``, of shape (clusters, columns).
    """

    declared: list[Clusters] = field(default_factory=list)
    seed: int = 0
    name: ClassVar[str] = "clusters"

    def needs(self) -> Iterator[Need]:
        """The columns to measure distances in."""
        for number, entry in enumerate(self.declared):
            yield Need(f"clusters[{number}].columns", entry.columns, "number")

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Find the centres."""
        self.state["fitted"] = []
        for entry in self.declared:
            scale = Standard.fit(frame, entry.columns)
            self.state["fitted"].append({"scale": scale, "centres": self._centres(scale.transform(frame), entry)})

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<name>`` and ``<name>_distance_1`` and so on."""
        for entry, fitted in zip(self.declared, self.state["fitted"], strict=True):
            distances = _distances(fitted["scale"].transform(frame), fitted["centres"])
            source = ", ".join(entry.columns)
            if "cluster" in entry.make:
                names = [str(number) for number in range(distances.shape[1])]
                yield Made(entry.name, spelled(distances.argmin(axis=1), names), source, "categorical")
            if "distances" in entry.make:
                for number in range(distances.shape[1]):
                    yield Made(f"{entry.name}_distance_{number + 1}", distances[:, number], source)

    def _centres(self, matrix: np.ndarray, entry: Clusters) -> np.ndarray:
        from sklearn.cluster import KMeans
        from threadpoolctl import threadpool_limits

        if len(matrix) > _FITTED_ROWS:
            matrix = matrix[np.sort(np.random.default_rng(self.seed).permutation(len(matrix))[:_FITTED_ROWS])]
        count = min(entry.clusters, len(np.unique(matrix, axis=0)))
        with threadpool_limits(limits=1):  # the order of summing is then the same on any number of cores
            centres: np.ndarray = KMeans(count, n_init=1, random_state=self.seed).fit(matrix).cluster_centers_
        return centres


def _distances(matrix: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Euclidean distances of shape (rows, centres), float32."""
    columns = [np.sqrt(((matrix - centre) ** 2).sum(axis=1)) for centre in centres.astype(np.float32)]
    return np.stack(columns, axis=1)
