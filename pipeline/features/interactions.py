"""Polynomial interactions: products of numeric columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, combinations_with_replacement
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.numeric import Interactions
from pipeline.features.builder import Builder, Made, Need, Roles, as_floats


@dataclass
class Products(Builder):
    """Products of two columns or more, each centred on its fitted mean so that a product is not the column again.

    Parameters
    ----------
    declared : list of Interactions
        As declared.

    ``state``: ``means``, column to its mean.
    """

    declared: list[Interactions] = field(default_factory=list)
    name: ClassVar[str] = "interactions"

    def needs(self) -> Iterator[Need]:
        """The columns to multiply."""
        for number, entry in enumerate(self.declared):
            yield Need(f"interactions[{number}].columns", entry.columns, "number")

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn the means."""
        self.state["means"] = {name: float(frame[name].mean()) for entry in self.declared for name in entry.columns}

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<a>_by_<b>`` and so on."""
        means = self.state["means"]
        centred = {name: as_floats(frame[name]) - mean for name, mean in means.items()}
        for entry in self.declared:
            draw = combinations_with_replacement if entry.powers else combinations
            for degree in range(2, entry.degree + 1):
                for factors in draw(entry.columns, degree):
                    values = np.prod([centred[name] for name in factors], axis=0)
                    yield Made("_by_".join(factors), values, ", ".join(dict.fromkeys(factors)))
