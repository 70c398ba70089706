"""Differences, ratios, products and sums of declared pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from pipeline.core.arithmetic import OPERATIONS
from pipeline.declaration.numeric import Arithmetic
from pipeline.features.builder import Builder, Made, Need, Roles, as_floats


@dataclass
class Pairs(Builder):
    """Two numeric columns put together, row by row; nothing is learnt.

    Parameters
    ----------
    declared : list of Arithmetic
        As declared.
    """

    declared: list[Arithmetic] = field(default_factory=list)
    name: ClassVar[str] = "arithmetic"

    def needs(self) -> Iterator[Need]:
        """Both columns of each pair."""
        for number, pair in enumerate(self.declared):
            yield Need(f"arithmetic[{number}].left", [pair.left], "number")
            yield Need(f"arithmetic[{number}].right", [pair.right], "number")

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn nothing."""

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<left>_over_<right>`` and so on."""
        for pair in self.declared:
            left, right = as_floats(frame[pair.left]), as_floats(frame[pair.right])
            for operation in pair.operations:
                values = OPERATIONS[operation](left, right)
                yield Made(f"{pair.left}_{operation}_{pair.right}", values, f"{pair.left}, {pair.right}")
