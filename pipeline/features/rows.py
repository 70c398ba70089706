"""What several numeric columns of one row come to: their sum, their spread, how many are zero."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.numeric import RowStatistics
from pipeline.features.builder import Builder, Made, Need, Roles, as_floats

STATISTICS: Mapping[str, Callable[[pd.DataFrame], pd.Series]] = {
    "sum": lambda frame: frame.sum(axis=1, min_count=1),
    "mean": lambda frame: frame.mean(axis=1),
    "std": lambda frame: frame.std(axis=1, ddof=0),
    "min": lambda frame: frame.min(axis=1),
    "max": lambda frame: frame.max(axis=1),
    "zeros": lambda frame: (frame == 0).sum(axis=1),
}


@dataclass
class AcrossColumns(Builder):
    """Statistics over some columns of each row, of the values that are known; nothing is learnt.

    Parameters
    ----------
    declared : list of RowStatistics
        As declared.
    """

    declared: list[RowStatistics] = field(default_factory=list)
    name: ClassVar[str] = "row_statistics"

    def needs(self) -> Iterator[Need]:
        """The columns."""
        for number, entry in enumerate(self.declared):
            yield Need(f"row_statistics[{number}].columns", entry.columns, "number")

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn nothing."""

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<name>_sum`` and so on."""
        for entry in self.declared:
            values = pd.DataFrame({name: as_floats(frame[name]) for name in entry.columns})
            for statistic in entry.make:
                found = STATISTICS[statistic](values).to_numpy(dtype=np.float64)
                yield Made(f"{entry.name}_{statistic}", found, ", ".join(entry.columns))
