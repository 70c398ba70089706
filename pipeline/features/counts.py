"""How often a level occurs among the rows in scope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.features.builder import Builder, Made, Need, Roles, columns_of
from pipeline.features.keys import UNSEEN, Key


@dataclass
class Counts(Builder):
    """The number of fitted rows with the same level; 1 for a level that was not there.

    A fitted row counts itself, so a new row with a new level stands once as well: were it 0, a model would meet
    a number in test that no training row has.

    Parameters
    ----------
    columns : list of (str or list of str) or None
        The columns and tuples of them; None takes each categorical column of more than ``above`` levels.
    above : int
        A number of levels.

    ``state``: ``counts``, a list of ``Key`` and the rows of each of its codes.
    """

    columns: list[str | list[str]] | None = None
    above: int = 10
    name: ClassVar[str] = "counts"

    def needs(self) -> Iterator[Need]:
        """The columns that are named."""
        for number, entry in enumerate(self.columns or []):
            yield Need("counts" if isinstance(entry, str) else f"counts[{number}]", _listed(entry))

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Count the levels."""
        columns = self.columns
        if columns is None:
            columns = [c for c in columns_of(frame, roles, "categorical") if frame[c].nunique() > self.above]
        self.state["counts"] = []
        for entry in columns:
            key = Key.fit(frame, _listed(entry))
            self.state["counts"].append((key, np.bincount(key.codes(frame), minlength=key.count)))

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<columns>_count``."""
        for key, counts in self.state["counts"]:
            codes = key.codes(frame)
            values = np.where(codes == UNSEEN, 1, counts[codes]).astype(np.float64)
            yield Made(f"{'_'.join(key.columns)}_count", values, ", ".join(key.columns))


def _listed(entry: str | list[str]) -> list[str]:
    return [entry] if isinstance(entry, str) else entry
