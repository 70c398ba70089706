"""Roles that the files do not tell by themselves: the few that are worth a line in the declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline.declaration.columns import Role
from pipeline.scaffold.guess import (
    CODE_NAME,
    ID_NAME,
    KEY_NAME,
    TIME_NAME,
    Guess,
    Look,
    look_at,
    names_of,
    spaced,
    words_of,
)
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.levels import are_codes
from pipeline.scaffold.parts import is_made_of_groups
from pipeline.scaffold.read import Raw

if TYPE_CHECKING:
    import pandas as pd

SAMPLED_ROWS = 20_000
MOST_LINES = 30
MOST_CODES = 100
ROWS_A_KEY = 2


def find_roles(raw: Raw, keys: Keys) -> tuple[dict[str, Guess[Role]], int]:
    """Roles by column, and how many columns more looked worth one than are written.

    Numbers, truths and plain levels get none: ``clean`` finds them out itself. Dates and texts are named for the
    reader's sake, codes that look like numbers and leftover ids because a file cannot tell them. An id of dates stands
    first: without its line no model would see it.
    """
    seen = dict(looks(raw, keys))
    found: dict[str, Guess[Role]] = {}
    if (key := keys.id.value) is not None and key in seen:
        found[key] = _role_of_id(seen.pop(key))
    for column, look in seen.items():
        guess = _role(column, look, raw.train[column])
        if guess is not None:
            found[column] = guess
    kept = dict(list(found.items())[:MOST_LINES])
    return kept, len(found) - len(kept)


def looks(raw: Raw, keys: Keys) -> Mapping[str, Look]:
    """What each column that a model may eat looks like, from a sample of the training rows.

    The id is one where it holds dates, or is put together of parts that tell which rows belong together.
    """
    step = max(1, len(raw.train) // SAMPLED_ROWS)
    rows = raw.train.iloc[::step]
    columns = [c for c in names_of(raw.test) if c in raw.train.columns and c != keys.target.value]
    found = {column: look_at(words_of(rows[column])) for column in columns}
    return {name: look for name, look in found.items() if name != keys.id.value or _is_feature(look, raw.train[name])}


def _is_feature(look: Look, values: pd.Series) -> bool:
    """Whether an id is a feature too."""
    return look.kind == "date" or (look.kind == "level" and is_made_of_groups(values))


def _role_of_id(look: Look) -> Guess[Role]:
    """The role of an id that is a feature too."""
    if look.kind == "date":
        return Guess("date", f"dates such as {look.example}: the id, and a feature too")
    return Guess("categorical", f"parts of the id, such as {look.example}, tell which rows belong together")


def _role(column: str, look: Look, raw: pd.Series) -> Guess[Role] | None:
    from pipeline.cleaning.dates import find_digit_format

    name = spaced(column)
    if look.kind == "date":
        return Guess("date", f"dates such as {look.example}")
    if look.kind == "text":
        return Guess("text", f"free text, {look.distinct} of {look.rows} values are different")
    if look.kind == "number" and look.whole:
        if TIME_NAME.search(name) and find_digit_format(words_of(raw.head(2000))):
            return Guess("date", f"dates written as digits, such as {look.example}")
        if CODE_NAME.search(name) and 2 < look.distinct <= MOST_CODES:
            return Guess("categorical", f"{look.distinct} whole numbers that its name calls codes")
        if KEY_NAME.search(name) and look.distinct * ROWS_A_KEY <= look.rows:
            return Guess("categorical", f"{look.distinct} whole numbers that its name calls ids")
        if not TIME_NAME.search(name) and are_codes(words_of(raw)):
            return Guess("categorical", f"{look.distinct} whole numbers, sparse and evenly spread, as codes are")
    if ID_NAME.search(name) and look.kind in ("level", "number") and look.distinct == look.rows > 1:
        whole = look.kind == "level" or look.whole
        return Guess("ignore", "a second id: no value stands twice") if whole else None
    return None
