"""How often a level occurs among the rows in scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.features.builder import Builder, Made, Roles, columns_of
from pipeline.features.keys import UNSEEN, Key


@dataclass
class Counts(Builder):
    """The number of fitted rows with the same level; 1 for a level that was not there.

    A fitted row counts itself, so a new row with a new level stands once as well: were it 0, a model would meet
    a number in test that no training row has.

    Parameters
    ----------
    columns : list of str or None
        The columns; None takes each categorical one of more than ``above`` levels.
    above : int
        A number of levels.

    ``state``: column to its ``Key`` and the rows of each of its codes.
    """

    columns: list[str] | None = None
    above: int = 10
    name: ClassVar[str] = "counts"

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Count the levels."""
        columns = self.columns
        if columns is None:
            columns = [c for c in columns_of(frame, roles, "categorical") if frame[c].nunique() > self.above]
        for column in columns:
            key = Key.fit(frame, [column])
            self.state[column] = (key, np.bincount(key.codes(frame), minlength=key.count))

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<column>_count``."""
        for column, (key, counts) in self.state.items():
            codes = key.codes(frame)
            yield Made(f"{column}_count", np.where(codes == UNSEEN, 1, counts[codes]).astype(np.float64), column)
