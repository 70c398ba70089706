"""Rare levels put together as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from pipeline.declaration.builders import Rare
from pipeline.features.builder import Builder, Made, Need, Roles
from pipeline.features.words import words

RARE = "rare"


@dataclass
class RareLevels(Builder):
    """Columns whose levels of few fitted rows, and levels that no fitted row has, become ``rare``.

    Parameters
    ----------
    declared : list of Rare
        As declared.

    ``state``: column to the levels that stay.
    """

    declared: list[Rare] = field(default_factory=list)
    name: ClassVar[str] = "rare"
    replaces: ClassVar[bool] = True

    def needs(self) -> Iterator[Need]:
        """The columns to thin out."""
        for number, rare in enumerate(self.declared):
            yield Need(f"rare[{number}].columns", rare.columns)

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Count the levels."""
        for rare in self.declared:
            for column in rare.columns:
                counts = words(frame[column]).value_counts()
                self.state[column] = sorted(counts.index[counts >= rare.min_count])

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """The columns under their own names."""
        for column, kept in self.state.items():
            levels = words(frame[column])
            yield Made(column, levels.where(levels.isin(kept) | levels.isna(), RARE), column, "categorical")
