"""Codes put together of parts, such as ``B/123/P`` and ``C85``: what each part is worth a feature for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.declaration.builders import Pattern
from pipeline.declaration.columns import Role
from pipeline.scaffold.guess import Guess, Look, untaken, words_of
from pipeline.scaffold.read import Raw

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.features.patterns import Patterns

SEPARATORS = ("|", "/", " ", ":", "_", "-", ".")
LEAST_PARTS, MOST_PARTS = 2, 4
ALIKE = 0.95
SOME_VALUES, SOME_NUMBERS = 10, 10
GATHERED, GATHERED_IDS = 2, 1.1
MOST_COLUMNS = 4
SAMPLED_ROWS = 20_000
LETTERS_AND_DIGITS = re.compile(r"[A-Za-z]+[0-9]+([ ,/]+[A-Za-z]+[0-9]+)*")
DIGITS = re.compile(r" *[0-9]{1,15} *")


@dataclass(frozen=True)
class Build:
    """How the values of a column are built.

    Parameters
    ----------
    what : str
        In words: ``3 parts with / between them``.
    parts : mapping of str to str
        For each part its name's ending and the expression that takes it.
    """

    what: str
    parts: Mapping[str, str]


def find_parts(
    raw: Raw, looks: Mapping[str, Look], roles: Mapping[str, Guess[Role]], taken: Collection[str], key: str | None
) -> dict[str, Guess[list[dict[str, Any]]]]:
    """``features.patterns`` that take composite codes apart, for the first few columns that hold such.

    Parameters
    ----------
    taken : collection of str
        Names that the parts must not have.
    key : str or None
        The id. Its parts are levels, and of those the ones that several rows share.
    """
    entries: list[dict[str, Any]] = []
    reasons: list[str] = []
    for name in [c for c, look in looks.items() if look.kind == "level" and (c not in roles or c == key)]:
        values = _values(raw.train[name])
        build = build_of(values) if len(reasons) < MOST_COLUMNS else None
        names = {*taken, *(entry["name"] for entry in entries)}
        if build and (found := list(_entries(name, values, build, names, name == key))):
            entries += found
            reasons.append(f"{name} has {build.what}, such as {looks[name].example}")
    return {"patterns": Guess(entries, f"codes are taken apart: {'; '.join(reasons)}")} if entries else {}


def is_made_of_groups(values: pd.Series) -> bool:
    """Whether the values of an id are put together of parts, one of which several rows share: ``0001_01``, ``0001_02``.

    Parameters
    ----------
    values : Series of words
        The id in the training rows.
    """
    build = build_of(words := _values(values))
    return build is not None and any(_entries("", words, build, (), is_id=True))


def build_of(values: Sequence[str]) -> Build | None:
    """How nearly all of these distinct values are built, or None where they are not built alike or too few to tell.

    >>> build_of([f"{deck}/{number}" for deck in "ABC" for number in range(9)]).parts
    {'part1': '^([^/]+)/[^/]+$', 'part2': '^[^/]+/([^/]+)$'}
    """
    if len(values) <= SOME_VALUES:
        return None
    for mark in SEPARATORS:
        number, alike = Counter(_number_of_parts(value, mark) for value in values).most_common(1)[0]
        if LEAST_PARTS <= number <= MOST_PARTS and alike >= ALIKE * len(values):
            between = "a space" if mark == " " else mark
            return Build(f"{number} parts with {between} between them", _split(mark, number))
    if _share(LETTERS_AND_DIGITS, values) >= ALIKE:
        return Build("letters and then digits", {"letters": "^([A-Za-z]+)", "number": "^[A-Za-z]+([0-9]+)"})
    return None


def with_levels(
    raw: Raw, looks: Mapping[str, Look], patterns: Mapping[str, Guess[list[dict[str, Any]]]]
) -> tuple[Raw, Mapping[str, Look]]:
    """The rows with the parts that are levels as columns, made as ``features`` makes them, and what they look like."""
    from pipeline.features.patterns import Patterns

    entries = [entry for guess in patterns.values() for entry in guess.value]
    declared = [Pattern.model_validate(entry) for entry in entries if "numeric" not in entry]
    if not declared:
        return raw, looks
    train, test = (_with_columns(frame, Patterns(declared)) for frame in (raw.train, raw.test))
    more = {p.name: Look("level", int(train[p.name].nunique()), int(train[p.name].count())) for p in declared}
    return replace(raw, train=train, test=test), {**looks, **more}


def _with_columns(frame: pd.DataFrame, patterns: Patterns) -> pd.DataFrame:
    words = frame[list({pattern.column: None for pattern in patterns.declared})].apply(words_of)
    return frame.assign(**{made.name: made.values.set_axis(frame.index) for made in patterns.transform(words)})


def _values(column: pd.Series) -> list[str]:
    """The distinct words of a sample of the rows."""
    step = -(-len(column) // SAMPLED_ROWS)
    return [str(word) for word in words_of(column.iloc[:: max(1, step)]).dropna().unique()]


def _entries(
    name: str, values: Sequence[str], build: Build, taken: Collection[str], is_id: bool
) -> Iterator[dict[str, Any]]:
    """An entry for each part that varies, puts values of the column together, and is no part before it once more.

    Numbers are worth it where they are fewer than the values, levels where there are two values or more to each. An
    id's parts tell which rows belong together, so they are levels, and a tenth more values than levels will do.
    """
    each = GATHERED_IDS if is_id else GATHERED
    before: list[list[int]] = []
    for ending, regex in build.parts.items():
        found = [match[1] if (match := re.search(regex, value)) else None for value in values]
        codes = _codes(found)
        known = {part for part in found if part is not None}
        numeric = not is_id and len(known) > SOME_NUMBERS and _share(DIGITS, list(known)) >= ALIKE
        fewer = len(known) < len(values) if numeric else each * len(known) <= len(values)
        if len(known) > 1 and fewer and codes not in before:
            entry = {"name": untaken(f"{name}_{ending}", taken), "column": name, "regex": regex}
            yield {**entry, "numeric": True} if numeric else entry
        before.append(codes)


def _codes(found: Sequence[str | None]) -> list[int]:
    """Numbers by first appearance: parts that tell each other have the same."""
    places: dict[str | None, int] = {}
    return [places.setdefault(part, len(places)) for part in found]


def _share(expression: re.Pattern[str], values: Sequence[str]) -> float:
    return sum(expression.fullmatch(value) is not None for value in values) / len(values)


def _number_of_parts(value: str, mark: str) -> int:
    """How many parts a mark leaves of a value; none where one of them is empty."""
    parts = value.split(None if mark == " " else mark)
    return len(parts) if all(parts) else 0


def _split(mark: str, number: int) -> dict[str, str]:
    """For each part the expression that takes it, of values with exactly so many."""
    part, between = f"[^{mark}]+", " +" if mark == " " else re.sub(r"[|.]", r"\\\g<0>", mark)
    takes = ([f"({part})" if k == place else part for k in range(number)] for place in range(number))
    return {f"part{place + 1}": f"^{between.join(parts)}$" for place, parts in enumerate(takes)}
