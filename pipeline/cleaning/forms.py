"""The form that a column's fields are written in, kept by ``clean`` so that new rows are read the same way.

A form is ``numbers``, ``decimal commas``, ``truths`` (yes and no), ``words``, ``codes`` (words that are whole numbers:
60.0 and 60 are one), or ``dates`` with their format: ``dates %d.%m.%Y``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.cleaning.dates import read_dates
from pipeline.cleaning.words import as_levels, as_numbers, as_truths, from_decimal_commas, read_words

NUMBERS, COMMAS, TRUTHS, WORDS, CODES, DATES = "numbers", "decimal commas", "truths", "words", "codes", "dates "


def read_by_form(raw: pd.Series, form: str, unknown: list[str]) -> tuple[pd.Series, pd.Series]:
    """A column of new rows as its form has it.

    Parameters
    ----------
    raw : Series of shape (n,)
        Fields as a file has them, or values of a type already.
    form : str
        As ``clean`` noted it.
    unknown : list of str
        Words that mean an unknown value.

    Returns
    -------
    tuple of two Series
        The values, missing where a field does not fit the form; and the words that do not fit it.
    """
    if form.startswith(DATES) and pd.api.types.is_datetime64_any_dtype(raw):
        return raw.astype("datetime64[us]"), pd.Series([], dtype="str")
    words = read_words(raw, unknown)
    if form == WORDS:
        return words, words.iloc[:0]
    values = _read(words, form)
    return values, words[words.notna() & values.isna()]


def _read(words: pd.Series, form: str) -> pd.Series:
    if form.startswith(DATES):
        return read_dates(words, form.removeprefix(DATES))
    if form == CODES:
        return _codes(words)
    if form == TRUTHS:
        found = as_truths(words)
        return found if found is not None else words.map(_truth).astype(np.float64)
    numbers = from_decimal_commas(words) if form == COMMAS else None
    numbers = as_numbers(words) if numbers is None else numbers
    if numbers is None:
        dotted = words.str.replace(",", ".", regex=False) if form == COMMAS else words
        numbers = pd.to_numeric(dotted, errors="coerce")
    return numbers.mask(np.isinf(numbers.to_numpy(dtype=np.float64)))


def _codes(words: pd.Series) -> pd.Series:
    """Whole numbers in one spelling, word by word: a new word does not undo it for the others."""
    codes, distinct = pd.factorize(words)
    spelled = [as_levels(pd.Series([word], dtype="str")).iloc[0] for word in distinct]
    return pd.Series([spelled[code] if code >= 0 else None for code in codes], words.index, dtype="str")


def _truth(word: object) -> float:
    truth = as_truths(pd.Series([word], dtype="str"))
    return float("nan") if truth is None else float(truth.iloc[0])
