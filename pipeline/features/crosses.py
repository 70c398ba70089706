"""Crosses: the tuples of several columns' values as levels of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.builders import Cross
from pipeline.features.builder import Builder, Made, Need, Roles
from pipeline.features.rare import RARE
from pipeline.features.words import joined, spelled


@dataclass
class Crosses(Builder):
    """A category for each declared cross.

    A tuple is written with a bar between its values, and an empty place for a missing one.

    Parameters
    ----------
    declared : list of Cross
        As declared.

    ``state``: ``kept``, for each cross the tuples of enough fitted rows, or None where all stay.
    """

    declared: list[Cross] = field(default_factory=list)
    name: ClassVar[str] = "crosses"

    def needs(self) -> Iterator[Need]:
        """The columns to cross."""
        for number, cross in enumerate(self.declared):
            yield Need(f"crosses[{number}].columns", cross.columns)

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn which tuples are frequent enough."""
        self.state["kept"] = [_frequent(frame, cross) for cross in self.declared]

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<a>_x_<b>``."""
        for cross, kept in zip(self.declared, self.state["kept"], strict=True):
            codes, texts = joined(frame, cross.columns)
            if kept is not None:
                texts = np.where(np.isin(texts.astype("str"), kept), texts, RARE)
            yield Made("_x_".join(cross.columns), spelled(codes, texts), ", ".join(cross.columns), "categorical")


def _frequent(frame: pd.DataFrame, cross: Cross) -> np.ndarray | None:
    if cross.min_count == 1:
        return None
    codes, texts = joined(frame, cross.columns)
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    return np.sort(texts[counts >= cross.min_count].astype("str"))
