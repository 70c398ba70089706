"""Skewed amounts, made even by ``log1p``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.features.builder import Builder, Made, Roles, as_floats, columns_of


@dataclass
class Skew(Builder):
    """Numeric columns of non-negative values whose skewness is above a limit are replaced by their ``log1p``.

    Parameters
    ----------
    above : float
        The skewness, as ``pandas.Series.skew`` measures it.

    ``state``: ``columns`` (names).
    """

    above: float = 1.0
    name: ClassVar[str] = "skew"
    replaces: ClassVar[bool] = True

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn which columns are skewed."""
        columns = columns_of(frame, roles, "numeric")
        self.state["columns"] = [
            name
            for name in columns
            if frame[name].min() >= 0 and frame[name].nunique() > 2 and _skewness(frame[name]) > self.above
        ]

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """The columns under their own names; a value below zero, which no fitted row had, counts as zero."""
        for column in self.state["columns"]:
            yield Made(column, np.log1p(as_floats(frame[column]).clip(min=0)), column)


def _skewness(values: pd.Series) -> float:
    return float(values.astype(np.float64).to_frame().skew().iloc[0])
