"""What a raw column is: a number, a truth, a date, a level or a text; declared, or found out from its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from pipeline.cleaning.dates import ISO, declared_dates, declared_format, find_format, read_dates, without_zone
from pipeline.cleaning.declared import declaration_of
from pipeline.cleaning.forms import CODES, COMMAS, DATES, NUMBERS, TRUTHS, WORDS
from pipeline.cleaning.ledger import Ledger, examples
from pipeline.cleaning.words import (
    are_long_codes,
    are_texts,
    are_truths,
    as_levels,
    as_numbers,
    as_truths,
    from_decimal_commas,
    not_numbers,
    number_share,
    read_words,
)
from pipeline.core.errors import PodiumError
from pipeline.declaration.columns import Role
from pipeline.declaration.specs import CleanSpec

Type = Literal["numeric", "categorical", "boolean", "date", "text"]

_MOSTLY = 0.5


@dataclass(frozen=True)
class Typed:
    """A typed column, its role, and the form that its fields are written in."""

    values: pd.Series
    role: Role
    form: str


def type_column(spec: CleanSpec, raw: pd.Series, ledger: Ledger) -> Typed:
    """A raw column, train and test together, as its declared or inferred type.

    Parameters
    ----------
    raw : Series of shape (n + m,)
        As the files have it; its name is the column's.
    ledger : Ledger
        Gets a note where the type is a guess that the user should know of.

    Raises
    ------
    PodiumError
        Where the column does not fit its declared type.
    """
    name = str(raw.name)
    role = spec.columns.roles.get(name)
    declared = _declared_type(spec, name)
    words = read_words(raw, spec.clean.unknown)
    ledger = Ledger() if role == "ignore" else ledger
    if declared is None:
        typed = infer_column(raw, words, ledger)
    else:
        values, form = _converted(spec, raw, words, declared, ledger)
        typed = Typed(values, declared, form)
    values = _without_infinities(typed.values, ledger)
    if role == "ordinal" and name not in spec.clean.ordered and typed.role not in ("numeric", "boolean"):
        raise PodiumError(
            spec.competition,
            f"columns.roles.{name}",
            "can be ordinal only where it holds numbers or clean.ordered lists its levels",
            where=declaration_of(spec.competition),
            step=f"Declare clean.ordered.{name}",
        )
    return Typed(values, role or typed.role, typed.form)


def infer_column(raw: pd.Series, words: pd.Series, ledger: Ledger) -> Typed:
    """A raw column, its words given too, as the type that the file or the words tell."""
    return _typed_by_file(raw, ledger) or _inferred(words, ledger)


def _declared_type(spec: CleanSpec, name: str) -> Type | None:
    if name in spec.clean.ordered:
        return "categorical"
    role = spec.columns.roles.get(name)
    if role in ("numeric", "categorical", "boolean", "date", "text"):
        return role
    return "categorical" if role == "group" else spec.clean.types.get(name)


def _typed_by_file(raw: pd.Series, ledger: Ledger) -> Typed | None:
    """What a parquet file says by its types; None where it holds words."""
    if pd.api.types.is_bool_dtype(raw):
        return Typed(raw.astype(np.float64), "boolean", NUMBERS)
    if pd.api.types.is_numeric_dtype(raw):
        return Typed(raw.astype(np.int64 if pd.api.types.is_integer_dtype(raw) else np.float64), "numeric", NUMBERS)
    if pd.api.types.is_datetime64_any_dtype(raw):
        return Typed(without_zone(raw), "date", DATES + ISO)
    return None


def _inferred(words: pd.Series, ledger: Ledger) -> Typed:
    numbers = as_numbers(words)
    if numbers is not None and are_long_codes(words, numbers):
        ledger.note(f"column {words.name}: numbers of more than 15 digits are taken as categorical codes")
        return Typed(words, "categorical", WORDS)
    if numbers is not None:
        return Typed(numbers, "numeric", NUMBERS)
    commas = from_decimal_commas(words)
    if commas is not None:
        ledger.note(f"column {words.name}: the commas are read as decimal points")
        return Typed(commas, "numeric", COMMAS)
    if are_truths(words):
        truths = as_truths(words)
        return Typed(words, "boolean", WORDS) if truths is None else Typed(truths, "boolean", TRUTHS)
    if number_share(words) > _MOSTLY:
        return _mixed(words, ledger)
    return _dates(words, ledger) or Typed(words, "text" if are_texts(words) else "categorical", WORDS)


def _mixed(words: pd.Series, ledger: Ledger) -> Typed:
    wrong = not_numbers(words)
    shown = examples(wrong.unique().tolist())
    count = len(words) - int(words.isna().sum())
    ledger.enter("mixed", column=str(words.name), words=len(wrong), values=count)
    ledger.note(
        f"column {words.name}: {len(wrong)} of {count} values are not numbers ({shown}); it is taken as categorical. "
        f"clean.types.{words.name}: numeric makes them missing"
    )
    return Typed(*_levels(words))


def _dates(words: pd.Series, ledger: Ledger) -> Typed | None:
    form, ambiguous = find_format(words)
    if not form:
        return None
    dates = read_dates(words, form)
    lost = int(dates.isna().sum() - words.isna().sum())
    if lost > 0.05 * len(words):
        return None
    said = "dates" if form == ISO else f"dates written as {form}"
    if ambiguous:
        said += ", though day and month might be the other way round"
    if lost or form != ISO:
        ledger.note(f"column {words.name}: {said}" + (f"; {lost} that are none became missing" if lost else ""))
    return Typed(dates, "date", DATES + form)


def _levels(words: pd.Series) -> tuple[pd.Series, Role, str]:
    levels = as_levels(words)
    return levels, "categorical", WORDS if levels is words else CODES


def _converted(spec: CleanSpec, raw: pd.Series, words: pd.Series, kind: Type, ledger: Ledger) -> tuple[pd.Series, str]:
    """The column as the declared type, and its form."""
    if kind == "numeric":
        return _declared_numbers(raw, words, ledger)
    if kind == "categorical":
        values, _, form = _levels(words)
        return values, form
    if kind == "text":
        return words, WORDS
    found = _declared_dates(raw, words) if kind == "date" else _declared_truths(words)
    if found is None:
        allowed = "must hold dates" if kind == "date" else "must hold words of truth, such as true, no, 1"
        raise PodiumError(
            spec.competition,
            f"column {raw.name}",
            f"{allowed} as declared",
            got=examples(words.dropna().unique().tolist()),
            where=declaration_of(spec.competition),
        )
    lost = int(found[0].isna().sum() - words.isna().sum())
    if lost:
        ledger.note(f"column {raw.name}: {lost} values that are no dates became missing")
    return found


def _declared_dates(raw: pd.Series, words: pd.Series) -> tuple[pd.Series, str] | None:
    dates = declared_dates(raw, words)
    typed = pd.api.types.is_datetime64_any_dtype(raw)
    return None if dates is None else (dates, DATES + (ISO if typed else declared_format(words)))


def _declared_truths(words: pd.Series) -> tuple[pd.Series, str] | None:
    truths = as_truths(words)
    return None if truths is None else (truths, TRUTHS)


def _declared_numbers(raw: pd.Series, words: pd.Series, ledger: Ledger) -> tuple[pd.Series, str]:
    if pd.api.types.is_numeric_dtype(raw):
        return raw.astype(np.float64) if pd.api.types.is_bool_dtype(raw) else raw, NUMBERS
    for numbers, form in ((as_numbers(words), NUMBERS), (from_decimal_commas(words), COMMAS)):
        if numbers is not None:
            return numbers, form
    wrong = not_numbers(words)
    ledger.enter("words_made_missing", column=str(raw.name), words=len(wrong))
    ledger.note(
        f"column {raw.name}: {len(wrong)} values that are no numbers became missing "
        f"({examples(wrong.unique().tolist())})"
    )
    numbers = as_numbers(words.mask(words.index.isin(wrong.index)))
    return pd.to_numeric(words, errors="coerce") if numbers is None else numbers, NUMBERS


def _without_infinities(values: pd.Series, ledger: Ledger) -> pd.Series:
    if not pd.api.types.is_float_dtype(values):
        return values
    infinite = np.isinf(values)
    if not infinite.any():
        return values
    ledger.note(f"column {values.name}: {int(infinite.sum())} infinite values became missing")
    return values.mask(infinite)
