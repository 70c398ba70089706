"""What regular expressions find in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.builders import Pattern
from pipeline.features.builder import Builder, Made, Need, Roles
from pipeline.features.words import spelled, words


@dataclass
class Patterns(Builder):
    """A category of what the expression's first group takes, or 0 and 1 for an expression without one.

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
            if expression.groups:
                taken: list[str | None] = [match.group(1) if match else None for match in matches]
                yield Made(pattern.name, spelled(codes, taken), pattern.column, "categorical")
            else:
                found = np.append([float(match is not None) for match in matches], np.nan)
                yield Made(pattern.name, found[codes], pattern.column)
