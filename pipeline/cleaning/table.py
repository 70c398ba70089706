"""Training and test rows in one frame, so that each step is taken once for both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from pipeline.declaration.columns import Role


@dataclass(frozen=True)
class Table:
    """All rows, training rows first, the index being ``row_id``.

    Parameters
    ----------
    frame : DataFrame of shape (n + m, columns)
        Typed columns. Rows below ``train_rows`` are training rows; dropped ones leave gaps in the index.
    roles : mapping of str to role
        Each column's role.
    train_rows : int
        The training file's rows, dropped ones too.
    levels : mapping of str to list of str
        Of the ordinal columns, from lowest to highest.
    joined_from : mapping of str to str
        For joined columns, the side table's name.
    forms : mapping of str to str
        What form the columns' fields are written in; ``pipeline/cleaning/forms.py`` has the list.
    """

    frame: pd.DataFrame
    roles: Mapping[str, Role]
    train_rows: int
    levels: Mapping[str, list[str]] = field(default_factory=dict)
    joined_from: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)

    @property
    def train(self) -> pd.DataFrame:
        """The training rows."""
        return self.frame.loc[self.frame.index < self.train_rows]

    @property
    def test(self) -> pd.DataFrame:
        """The test rows."""
        return self.frame.loc[self.frame.index >= self.train_rows]

    def with_columns(self, **columns: pd.Series) -> Table:
        """The same table with these columns replaced."""
        return replace(self, frame=self.frame.assign(**columns))

    def without(self, columns: list[str]) -> Table:
        """The same table without these columns."""
        return replace(self, frame=self.frame.drop(columns=columns))
