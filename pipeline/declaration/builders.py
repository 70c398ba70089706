"""The builders that a declaration lists in ``features``, of levels, times, places and words; none sees the target."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from pipeline.declaration.base import Section


class Rare(Section):
    """Levels of few rows in scope put together as one level, ``rare``; levels that were not there join them.

    Attributes
    ----------
    columns : list of str
        Categorical columns, replaced under their own names.
    min_count : int
        The fewest rows of a level that stays.
    """

    columns: list[str] = Field(min_length=1)
    min_count: int = Field(ge=2)


class Cross(Section):
    """``<a>_x_<b>``: a category whose levels are the tuples of several columns' values.

    Attributes
    ----------
    columns : list of str
        Two columns or more.
    min_count : int
        Tuples of fewer rows in scope, and tuples that were not there, go together as ``rare``; 1 keeps all.
    """

    columns: list[str] = Field(min_length=2)
    min_count: int = Field(default=1, ge=1)


class Hash(Section):
    """``<columns>_hash``: a category of a fixed number of levels, whatever the columns hold.

    Attributes
    ----------
    columns : list of str
        One column, or several that make a tuple.
    buckets : int
        The number of levels. Tuples that share one are taken for the same.
    """

    columns: list[str] = Field(min_length=1)
    buckets: int = Field(default=1024, ge=2)


class GroupId(Section):
    """A key of keys: rows that share any one of several tuples, directly or through other rows, are one group.

    A tuple with a missing value links nothing. Name the group in ``features.keys`` to keep it for folds and target
    statistics alone; else it is a category.

    Attributes
    ----------
    name : str
        The column to make.
    keys : list of list of str
        Tuples of columns, such as ``[[Ticket], [Surname, Fare]]``.
    """

    name: str
    keys: list[list[str]] = Field(min_length=1)


class Occurrence(Section):
    """Where a row stands among the rows in scope of the same key, in the order of time; ties in the order of the file.

    Attributes
    ----------
    by : list of str
        The columns whose values make the key.
    time : str
        A column of dates (differences are then in seconds) or of numbers (in the column's own unit).
    make : list of {"before", "after", "previous", "next"}
        Rows of the key before this one, and after it; the time since the previous, and until the next.
    """

    by: list[str] = Field(min_length=1)
    time: str
    make: list[Literal["before", "after", "previous", "next"]] = Field(
        default=["before", "previous", "next"], min_length=1
    )


class Event(Section):
    """The time since the last and until the next row in scope on which a column holds one of some values.

    On such a row itself both are 0; where there is none, they are missing, or ``most`` where that is given.

    Attributes
    ----------
    column : str
        The column that tells the event, such as ``Promo``.
    values : list
        The values that are the event; whole numbers match numbers, texts match levels.
    time : str
        A column of dates (differences are then in days) or of numbers (in the column's own unit).
    by : list of str
        The columns within whose groups events count, such as ``Store``; empty for all rows together.
    name : str or None
        What the columns are named after: ``<name>_since`` and ``<name>_until``; by default the column.
    make : list of {"since", "until"}
        Which of the two.
    most : float or None
        What is farther away than this, or nowhere, counts as this far. Near the end of the rows the next event is out
        of sight, so that an uncapped ``until`` tells late rows from early ones.
    """

    column: str
    values: list[str | int | float] = Field(default=[1], min_length=1)
    time: str
    by: list[str] = Field(default_factory=list)
    name: str | None = None
    make: list[Literal["since", "until"]] = Field(default=["since", "until"], min_length=1)
    most: float | None = Field(default=None, gt=0)


class Holidays(Section):
    """Public holidays: ``<column>_holiday`` (0/1), and the days since the last and until the next one.

    Attributes
    ----------
    column : str
        A column of dates.
    country : str
        Its two-letter code, as the package ``holidays`` knows it.
    subdivision : str or None
        A state or province by that package's code.
    """

    column: str
    country: str
    subdivision: str | None = None


class Pattern(Section):
    """What a regular expression finds: a category or number where it has a group in parentheses, else 0 or 1.

    Attributes
    ----------
    name : str
        The column to make.
    column : str
        The column to search.
    regex : str
        As Python's ``re`` reads it. The category is what its first group took; missing where nothing matches.
    numeric : bool
        Whether what the group took is read as a number, missing where it is none, such as the 123 of ``B/123/P``.
    """

    name: str
    column: str
    regex: str
    numeric: bool = False

    @field_validator("regex")
    @classmethod
    def _compiles(cls, regex: str) -> str:
        try:
            re.compile(regex)
        except re.error as error:
            raise ValueError(f"is not a regular expression: {error}") from error
        return regex

    @model_validator(mode="after")
    def _takes_a_number(self) -> Pattern:
        if self.numeric and not re.compile(self.regex).groups:
            raise ValueError(f"numeric needs a regex with a group in parentheses, which takes the number: {self.regex}")
        return self


class Distance(Section):
    """The way from one point on Earth to another: ``<name>_km``, and the direction that it starts in.

    ``<name>_bearing_sin`` tells east from west, ``<name>_bearing_cos`` north from south. All three are missing where a
    coordinate is; two points that are the same have no bearing.

    Attributes
    ----------
    name : str
        What the columns are named after.
    start, end : list of str
        The point's latitude and longitude in degrees; a row beyond 90 or 360, to either side, has none there.
    """

    name: str
    start: list[str] = Field(min_length=2, max_length=2)
    end: list[str] = Field(min_length=2, max_length=2)

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Distance:
        if self.start == self.end:
            raise ValueError(f"start and end must be two points; both are {', '.join(self.start)}")
        return self


class Ngrams(Section):
    """Character n-grams hashed into ``<column>_ngrams_1``, ``_2``, ...; for misspelt or dirty words.

    Attributes
    ----------
    columns : list of str
        Text or categorical columns.
    buckets : int
        How many columns each gives.
    shortest, longest : int
        The lengths of the n-grams, in characters; they stay within words.
    """

    columns: list[str] = Field(min_length=1)
    buckets: int = Field(default=16, ge=2, le=1024)
    shortest: int = Field(default=2, ge=1)
    longest: int = Field(default=4, ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> Ngrams:
        if self.shortest > self.longest:
            raise ValueError("shortest must be at most longest")
        return self


class WordVectors(Section):
    """Vectors of words, learnt from the column itself by skip-gram and averaged over each text: ``<column>_vector_1``.

    Attributes
    ----------
    columns : list of str
        Text columns.
    size : int
        Numbers in a vector, and columns that each text column gives.
    window : int
        How many words to either side a word is told by.
    epochs : int
        Passes over the texts.
    min_count : int
        Rarer words are left out.
    """

    columns: list[str] = Field(min_length=1)
    size: int = Field(default=16, ge=2, le=300)
    window: int = Field(default=5, ge=1)
    epochs: int = Field(default=5, ge=1)
    min_count: int = Field(default=2, ge=1)
