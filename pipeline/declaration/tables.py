"""``tables``: side tables to join to train and test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from pipeline.declaration.base import Section

Summary = Literal["mean", "std", "min", "max", "sum", "median", "nunique", "first", "last"]


class Aggregate(Section):
    """What becomes of a side table with many rows a key: one row a key.

    ``<prefix>rows`` counts the key's rows, 0 where there are none. ``<prefix><column>_<statistic>`` describes a column
    of numbers, truths or dates (dates in days, and of them only ``min``, ``max``, ``nunique``, ``first`` and ``last``);
    ``<prefix><column>_nunique`` counts a key's different words, ``<prefix><column>_mode`` is the most frequent of them,
    and ``<prefix><column>_share_<word>`` the share of the key's rows that hold one of the table's most frequent words,
    of those in half a percent of its rows or more; a column without such words has no mode either. Missing values are
    passed over. A column of words that are all different tells nothing and makes nothing.

    Attributes
    ----------
    numbers : list
        The statistics. ``std`` is that of the key's rows, not of a sample; ``first`` and ``last`` are in the order of
        the file.
    categorical : list of str
        Columns of numbers that are names.
    words : int
        How many of a column's words get a share.
    """

    numbers: list[Summary] = Field(default=["mean", "std", "min", "max", "sum"])
    categorical: list[str] = Field(default_factory=list)
    words: int = Field(default=20, ge=0)


class Join(Section):
    """A side table, joined from the left on its key; a key that stands in it twice is refused, or aggregated.

    Attributes
    ----------
    file : str
        The table's file name among the raw files.
    more_files : list of str
        Files with the same columns, whose rows come below the first one's: ``test_identity.csv`` below
        ``train_identity.csv``. Names that differ in case and punctuation alone are one column.
    on : list of str
        The key columns, present on both sides.
    into : str or None
        The side table that this one is joined to, in place of train and test; it must not be among those that are
        themselves joined into this one.
    prefix : str
        Put before each of the table's other columns.
    columns : list of str or None
        The table's own columns to take; by default all.
    aggregate : Aggregate or None
        For many rows a key; null joins one row a key.
    """

    file: str
    more_files: list[str] = Field(default_factory=list)
    on: list[str] = Field(min_length=1)
    into: str | None = None
    prefix: str = ""
    columns: list[str] | None = None
    aggregate: Aggregate | None = None

    @model_validator(mode="after")
    def _names_what_it_takes(self) -> Join:
        taken = set(self.on) | set(self.columns or [])
        lost = [c for c in self.aggregate.categorical if self.columns and c not in taken] if self.aggregate else []
        if lost:
            raise ValueError(f"aggregate.categorical must name columns that columns takes; got {lost[0]}")
        return self

    @property
    def files(self) -> list[str]:
        """All of its files."""
        return [self.file, *self.more_files]


def check_into(tables: Mapping[str, Join]) -> None:
    """Refuse a table that is joined into one that is not declared, or, through others, into itself.

    Raises
    ------
    ValueError
        For the first one.
    """
    for name, join in tables.items():
        seen = [name]
        while join.into is not None:
            if join.into not in tables:
                raise ValueError(f"tables.{seen[-1]}.into must name another table; got {join.into}")
            if join.into in seen:
                raise ValueError(f"tables.{name}.into must not come back to {join.into}")
            seen.append(join.into)
            join = tables[join.into]


def joined_last(tables: Mapping[str, Join]) -> dict[str, Join]:
    """The tables that train and test are joined to."""
    return {name: join for name, join in tables.items() if join.into is None}
