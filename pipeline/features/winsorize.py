"""Extreme values drawn in to quantiles.

Source: Tukey (1962), The future of data analysis.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.numeric import Winsorize
from pipeline.features.builder import Builder, Made, Need, Roles, as_floats


@dataclass
class Winsorized(Builder):
    """Columns held between two quantiles of the fitted rows.

    Parameters
    ----------
    declared : list of Winsorize
        As declared.

    ``state``: column to its bounds, low and high.
    """

    declared: list[Winsorize] = field(default_factory=list)
    name: ClassVar[str] = "winsorize"
    replaces: ClassVar[bool] = True

    def needs(self) -> Iterator[Need]:
        """The columns to draw in."""
        for number, entry in enumerate(self.declared):
            yield Need(f"winsorize[{number}].columns", entry.columns, "number")

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn the bounds."""
        for entry in self.declared:
            for column in entry.columns:
                low, high = frame[column].quantile([entry.low, entry.high])
                self.state[column] = (float(low), float(high))

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """The columns under their own names."""
        for column, (low, high) in self.state.items():
            yield Made(column, np.clip(as_floats(frame[column]), low, high), column)
