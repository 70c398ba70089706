"""What is missing, as columns of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.features.builder import NUMBERS, Builder, Made, Roles, columns_of


@dataclass
class Missing(Builder):
    """A 0/1 column for each numeric column with missing values, and the number of missing values in the row.

    Columns that are missing in the same rows share the indicator of the first of them.

    Parameters
    ----------
    indicators, count : bool
        Which of the two to make.

    ``state``: ``indicators`` (column names), ``counted`` (column names).
    """

    indicators: bool = True
    count: bool = False
    name: ClassVar[str] = "missing"

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn which columns have missing values."""
        self.state["indicators"] = _distinct(frame, columns_of(frame, roles, *NUMBERS)) if self.indicators else []
        eaten = columns_of(frame, roles, *NUMBERS, "categorical", "date", "text")
        self.state["counted"] = eaten if self.count else []

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<column>_missing`` and ``missing_count``."""
        for column in self.state["indicators"]:
            yield Made(f"{column}_missing", frame[column].isna().to_numpy(dtype=np.float64), column)
        if self.state["counted"]:
            missing = frame[self.state["counted"]].isna().to_numpy().sum(axis=1)
            yield Made("missing_count", missing.astype(np.float64), "")


def _distinct(frame: pd.DataFrame, columns: list[str]) -> list[str]:
    found: dict[bytes, str] = {}
    for column in columns:
        missing = frame[column].isna().to_numpy()
        if missing.any() and not missing.all():
            found.setdefault(np.packbits(missing).tobytes(), column)
    return list(found.values())
