"""Differences, ratios, products and sums of declared pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.numeric import Arithmetic
from pipeline.features.builder import Builder, Made, Need, Roles, as_floats


def _over(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    ratio = np.full(len(left), np.nan)
    np.divide(left, right, out=ratio, where=right != 0)
    return np.where(np.abs(ratio) > np.finfo(np.float32).max, np.nan, ratio)


_OPERATIONS: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "minus": np.subtract,
    "over": _over,
    "times": np.multiply,
    "plus": np.add,
}


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
                values = _OPERATIONS[operation](left, right)
                yield Made(f"{pair.left}_{operation}_{pair.right}", values, f"{pair.left}, {pair.right}")
