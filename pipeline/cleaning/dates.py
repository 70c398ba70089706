"""Dates: the format that a column is written in, found out from a sample, and the column read by it."""

from __future__ import annotations

from itertools import product
from typing import Literal

import numpy as np
import pandas as pd

from pipeline.cleaning.words import as_text

ISO = "ISO8601"
_SAMPLE = 500
_SHARE = 0.95
_DAYS = (
    *("%Y/%m/%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y.%m.%d", "%m-%d-%Y", "%d-%m-%Y"),
    *("%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y"),
    *("%b-%Y", "%b-%y", "%b %Y", "%B %Y"),
)
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
_DIGITS = {6: "%y%m%d", 8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_LOOKS_LIKE = r"^(\d{1,4}[-/. ]\S+|[A-Za-z]{3,9}[-. ]\d{1,4}).*$"
_LOOKS_ISO = r"^\d{4}-\d{1,2}(-\d{1,2}.*)?$"


def find_format(words: pd.Series) -> tuple[str, bool]:
    """The format that a column's dates are written in, and whether day and month might as well be the other way round.

    Returns
    -------
    tuple of str and bool
        The format is empty where the words are no dates. Of two that fit, the one with the month first is taken, unless
        a day above 12 speaks against it.
    """
    sample = _sample(words)
    if len(sample) == 0:
        return "", False
    if sample.str.match(_LOOKS_ISO).mean() >= _SHARE and _success(sample, ISO) >= _SHARE:
        return ISO, False
    if sample.str.match(_LOOKS_LIKE).mean() < _SHARE:
        return "", False
    fitting = [form for form in map("".join, product(_DAYS, _TIMES)) if _success(sample.iloc[:10], form) > 0.5]
    shares = {form: _success(sample, form) for form in fitting}
    if not shares or max(shares.values()) < _SHARE:
        return "", False
    best = max(shares, key=lambda form: shares[form])
    rivals = [form for form in shares if shares[form] == shares[best] and form != best]
    return best, any(sorted(form) == sorted(best) for form in rivals)


def find_digit_format(words: pd.Series) -> str:
    """The format of dates written as digits alone, such as 20141021, 14102100 (with the hour) or seconds since 1970."""
    sample = _sample(words)
    lengths = sample.str.len().unique()
    if len(sample) == 0 or len(lengths) != 1 or not sample.str.fullmatch(r"\d+").all():
        return ""
    length = int(lengths[0])
    forms = {8: ("%Y%m%d", "%y%m%d%H"), 10: ("%Y%m%d%H", "s"), 13: ("ms",)}.get(length, (_DIGITS.get(length, ""),))
    for form in forms:
        if form and _success(sample, form) >= _SHARE:
            return form
    return ""


def read_dates(words: pd.Series, form: str) -> pd.Series:
    """The column as ``datetime64[us]`` in UTC or without a zone; what does not fit the format is missing."""
    codes, distinct = pd.factorize(words)
    dates = _parse(pd.Series(distinct, dtype="str"), form).to_numpy(dtype="datetime64[us]")
    values = np.append(dates, np.datetime64("NaT", "us"))[codes]
    return pd.Series(values, words.index, name=words.name)


def declared_dates(values: pd.Series, words: pd.Series) -> pd.Series | None:
    """A column that is declared to hold dates; None where no format fits it."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return without_zone(values)
    form = declared_format(words)
    return read_dates(words, form) if form else None


def declared_format(words: pd.Series) -> str:
    """The format of a column that is declared to hold dates, digits alone among them; empty where none fits it."""
    return find_digit_format(as_text(words)) or find_format(words)[0]


def without_zone(values: pd.Series) -> pd.Series:
    """Dates in UTC without a zone, in microseconds."""
    plain = values.dt.tz_convert("UTC").dt.tz_localize(None) if values.dt.tz is not None else values
    return plain.dt.as_unit("us")


def _sample(words: pd.Series) -> pd.Series:
    distinct = pd.Series(words.dropna().unique(), dtype="str")
    return distinct.iloc[:: max(1, len(distinct) // _SAMPLE)].iloc[:_SAMPLE]


def _success(sample: pd.Series, form: str) -> float:
    return float(_parse(sample, form).notna().mean())


def _parse(words: pd.Series, form: str) -> pd.Series:
    if form in ("s", "ms"):
        unit: Literal["s", "ms"] = "s" if form == "s" else "ms"
        dates = pd.to_datetime(pd.to_numeric(words, errors="coerce"), unit=unit, errors="coerce", utc=True)
    else:
        dates = pd.to_datetime(words, format=form, errors="coerce", utc=True)
    return dates.dt.tz_localize(None).dt.as_unit("us")
