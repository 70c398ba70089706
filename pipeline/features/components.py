"""Principal components of numeric columns.

Source: Pearson (1901), On lines and planes of closest fit to systems of points in space.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.numeric import Components
from pipeline.features.builder import Builder, Made, Need, Roles
from pipeline.features.standard import Standard


@dataclass
class PrincipalComponents(Builder):
    """The coordinates along the directions of greatest variance; each direction's largest weight is positive.

    Parameters
    ----------
    declared : list of Components
        As declared.

    ``state``: ``fitted``, for each entry the ``scale`` and the ``directions``, of shape (columns, components).
    """

    declared: list[Components] = field(default_factory=list)
    name: ClassVar[str] = "components"

    def needs(self) -> Iterator[Need]:
        """The columns to turn."""
        for number, entry in enumerate(self.declared):
            yield Need(f"components[{number}].columns", entry.columns, "number")

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Find the directions."""
        self.state["fitted"] = []
        for entry in self.declared:
            scale = Standard.fit(frame, entry.columns)
            matrix = scale.transform(frame).astype(np.float64)
            _, vectors = np.linalg.eigh(matrix.T @ matrix / len(matrix))
            directions = vectors[:, ::-1][:, : entry.count]
            largest = directions[np.abs(directions).argmax(axis=0), np.arange(directions.shape[1])]
            self.state["fitted"].append({"scale": scale, "directions": directions * np.sign(largest)})

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<name>_1`` and so on."""
        for entry, fitted in zip(self.declared, self.state["fitted"], strict=True):
            placed = fitted["scale"].transform(frame) @ fitted["directions"]
            for number in range(placed.shape[1]):
                yield Made(f"{entry.name}_{number + 1}", placed[:, number], ", ".join(entry.columns))
