"""What a feature builder is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.columns import Role

Roles = Mapping[str, Role]
NUMBERS: tuple[Role, ...] = ("numeric", "boolean", "ordinal")


@dataclass(frozen=True)
class Made:
    """One column that a builder made.

    Parameters
    ----------
    name : str
        Its name.
    values : array of shape (n,)
        Numbers, NaN where there is none.
    source : str
        The column or columns it comes from.
    """

    name: str
    values: np.ndarray
    source: str


@dataclass
class Builder(ABC):
    """A part of the automatic recipe.

    ``fit`` looks at the rows in scope and fills ``state``; ``transform`` makes numeric columns for any rows out of
    ``state`` alone, the same columns every time. Neither changes the frame it is given.

    Attributes
    ----------
    state : dict
        All that was learnt, in plain dicts, lists and arrays.
    """

    name: ClassVar[str]
    replaces: ClassVar[bool] = False
    state: dict[str, Any] = field(default_factory=dict, kw_only=True)

    @abstractmethod
    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn from the rows in scope, of shape (n, columns)."""

    @abstractmethod
    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """The new columns for these rows."""


def columns_of(frame: pd.DataFrame, roles: Roles, *wanted: Role) -> list[str]:
    """The frame's columns that have one of these roles, in the frame's order."""
    return [str(name) for name in frame.columns if roles.get(str(name)) in wanted]


def as_floats(values: pd.Series) -> np.ndarray:
    """Numbers as float64."""
    floats: np.ndarray = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return floats
