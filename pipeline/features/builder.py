"""What a feature builder is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

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
    values : array or Series of shape (n,)
        Numbers, NaN where there is none; or texts, missing where there is none.
    source : str
        The column or columns it comes from.
    role : {"numeric", "categorical"}
        Which of the two it holds.
    """

    name: str
    values: Any
    source: str
    role: Literal["numeric", "categorical"] = "numeric"


class Unfit(ValueError):
    """What an entry of the declaration asks for that cannot be had.

    Parameters
    ----------
    key : str
        Where it stands in ``features``.
    allowed, got : str
        As in a ``PodiumError``, which the recipe makes of it.
    """

    def __init__(self, key: str, allowed: str, got: str) -> None:
        super().__init__(f"{key} {allowed}; got {got}")
        self.key, self.allowed, self.got = key, allowed, got


@dataclass(frozen=True)
class Need:
    """Columns that an entry of the declaration names.

    Parameters
    ----------
    key : str
        Where in ``features`` it names them, for errors.
    columns : list of str
        The columns.
    kind : {"any", "number", "date", "time"}
        What they must hold; a time is a date or a number.
    """

    key: str
    columns: list[str]
    kind: Literal["any", "number", "date", "time"] = "any"


@dataclass
class Builder(ABC):
    """A part of the automatic recipe.

    ``fit`` looks at the rows in scope and fills ``state``; ``transform`` makes columns for any rows out of ``state``
    alone, the same columns every time. Neither changes the frame it is given, whose ``row_id`` is no feature.

    Attributes
    ----------
    state : dict
        All that was learnt, in plain dicts, lists and arrays.
    """

    name: ClassVar[str]
    replaces: ClassVar[bool] = False
    state: dict[str, Any] = field(default_factory=dict, kw_only=True)

    def needs(self) -> Iterator[Need]:
        """The columns that the declaration names, to be looked for before ``fit``."""
        yield from ()

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
