"""What regular expressions find in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.builders import Pattern
from pipeline.features.builder import Builder, Made, Need, Roles
from pipeline.features.words import spelled, words


@dataclass
class Patterns(Builder):
    """What the expression's first group takes, as a category or a number, or 0 and 1 for an expression without one.

    Each distinct value is searched once. A missing value gives a missing one.

    Parameters
    ----------
    declared : list of Pattern
        As declared.
    """

    declared: list[Pattern] = field(default_factory=list)
    name: ClassVar[str] = "patterns"

    def needs(self) -> Iterator[Need]:
        """The columns to search."""
        for number, pattern in enumerate(self.declared):
            yield Need(f"patterns[{number}].column", [pattern.column])

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn nothing."""

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """The named columns."""
        for pattern in self.declared:
            codes, distinct = pd.factorize(words(frame[pattern.column]))
            expression = re.compile(pattern.regex)
            matches = [expression.search(text) for text in distinct]
            if not expression.groups:
                yield Made(pattern.name, _looked_up(codes, [match is not None for match in matches]), pattern.column)
                continue
            taken = [match.group(1) if match else None for match in matches]
            if pattern.numeric:
                yield Made(pattern.name, _looked_up(codes, _numbers(taken)), pattern.column)
            else:
                yield Made(pattern.name, spelled(codes, taken), pattern.column, "categorical")


def _numbers(taken: list[str | None]) -> np.ndarray:
    """Texts as float64, NaN for those that are no finite number."""
    numbers = pd.to_numeric(pd.Series(taken, dtype="str"), errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _looked_up(codes: np.ndarray, values: Sequence[float] | np.ndarray) -> np.ndarray:
    """The float64 that each code stands for, NaN where a code is negative."""
    floats: np.ndarray = np.append(np.asarray(values, dtype=np.float64), np.nan)[codes]
    return floats
