"""``tables``: side tables to join to train and test."""

from __future__ import annotations

from pydantic import Field

from pipeline.declaration.base import Section


class Join(Section):
    """A side table, joined from the left on its key; a key that stands in it twice is refused.

    Attributes
    ----------
    file : str
        The table's file name among the raw files.
    on : list of str
        The key columns, present on both sides.
    prefix : str
        Put before each of the table's other columns.
    columns : list of str or None
        The columns to take; by default all.
    """

    file: str
    on: list[str] = Field(min_length=1)
    prefix: str = ""
    columns: list[str] | None = None
