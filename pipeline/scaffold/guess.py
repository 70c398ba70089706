"""A guess and what it rests on; a column and what it looks like."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from pipeline.declaration.clean import Clean

if TYPE_CHECKING:
    import pandas as pd

Value = TypeVar("Value")
Kind = Literal["empty", "number", "boolean", "date", "text", "level"]

ID_NAME = re.compile(
    r"(^|[\s_.-])(id|uid|guid|uuid|key)($|[\s_.-])|(^|[\s_.-])(ids|index|idx|row|number|no|nr)$|^unnamed"
)
TIME_NAME = re.compile(
    r"(^|[\s_.-])(date|time|timestamp|datetime|ts|day|week|month|year|hour|period|step|dt)s?($|[\s_.-])"
)
KEY_NAME = re.compile(r"(^|[\s_.-])(id|uid|guid|uuid|key)s?($|[\s_.-])")
CODE_NAME = re.compile(r"(^|[\s_.-])(code|zip|zipcode|postcode|postal|type|category|cat|kind|class)$")


@dataclass(frozen=True)
class Guess(Generic[Value]):
    """A value and the evidence for it, in words."""

    value: Value
    why: str


@dataclass(frozen=True)
class Look:
    """What a column looks like.

    Parameters
    ----------
    kind : {"empty", "number", "boolean", "date", "text", "level"}
        As ``clean`` would type it.
    distinct : int
        The number of different words.
    rows : int
        The number of rows with a word.
    whole : bool
        For numbers: whether all are whole.
    example : str
        One of the words.
    """

    kind: Kind
    distinct: int
    rows: int
    whole: bool = False
    example: str = ""


def words_of(values: pd.Series) -> pd.Series:
    """A column's words, trimmed; the words that ``clean`` takes for an unknown value are missing."""
    from pipeline.cleaning.words import read_words

    return read_words(values, Clean().unknown)


def numbers_of(words: pd.Series) -> pd.Series | None:
    """The words as numbers, with decimal points or decimal commas; None where they are none."""
    from pipeline.cleaning.words import as_numbers, from_decimal_commas

    numbers = as_numbers(words)
    return from_decimal_commas(words) if numbers is None else numbers


def look_at(words: pd.Series) -> Look:
    """What a column of words looks like, by the rules that ``clean`` follows."""
    from pipeline.cleaning.dates import find_format
    from pipeline.cleaning.words import are_texts, are_truths

    known = words.dropna()
    if not len(known):
        return Look("empty", 0, 0)
    distinct, rows, example = int(known.nunique()), len(known), str(known.iloc[0])
    numbers = numbers_of(known)
    if numbers is not None:
        return Look("number", distinct, rows, bool((numbers % 1 == 0).all()), example)
    if are_truths(known):
        return Look("boolean", distinct, rows, example=example)
    if find_format(known)[0]:
        return Look("date", distinct, rows, example=example)
    return Look("text" if are_texts(known) else "level", distinct, rows, example=example)


def names_of(frame: pd.DataFrame) -> list[str]:
    """A frame's column names."""
    return [str(name) for name in frame.columns]


def spaced(name: str) -> str:
    """A column's name in small letters, its words set apart, so that patterns find them: ``YrSold`` is ``yr_sold``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(name)).lower()


def listed(values: list[Any], most: int = 4) -> str:
    """The first few of these: ``a, b, c and 3 more``."""
    shown = ", ".join(str(value) for value in values[:most])
    return f"{shown} and {len(values) - most} more" if len(values) > most else shown


def untaken(name: str, taken: Collection[str], endings: Sequence[str] = ("",)) -> str:
    """The name, numbered where a column has it already, with one of these endings.

    >>> untaken("cabin_part1", {"cabin_part1"}), untaken("trip", {"trip_km"}, ["_km"]), untaken("trip", {"trip_km"})
    ('cabin_part1_2', 'trip_2', 'trip')
    """
    names = chain([name], (f"{name}_{number}" for number in count(2)))
    return next(free for free in names if not any(free + ending in taken for ending in endings))
