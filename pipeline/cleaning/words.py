"""Raw fields as words: trimmed, unknown ones missing, and what the words of a column have in common."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

EXACT_IN_FLOAT64 = 2**53

PAIRS = (("true", "false"), ("t", "f"), ("yes", "no"), ("y", "n"), ("on", "off"), ("1", "0"), ("1.0", "0.0"))
_TRUE, _FALSE = ({pair[side] for pair in PAIRS} for side in (0, 1))

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_COMMA_NUMBER = r"^[+-]?\d+(,\d+)?$"
_THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+$"


def as_text(values: pd.Series) -> pd.Series:
    """Texts of what a file holds; whole numbers that a parquet file stores as floats lose their ``.0``."""
    if pd.api.types.is_float_dtype(values) and bool((values.dropna() % 1 == 0).all()):
        return values.astype("Int64").astype("str")
    return values if isinstance(values.dtype, pd.StringDtype) else values.astype("str")


def read_words(values: pd.Series, unknown: list[str]) -> pd.Series:
    """The column's words, trimmed; empty ones and those that mean an unknown value are missing."""
    array = arrow(as_text(values))
    trimmed = pc.utf8_trim_whitespace(array)
    lost = pc.is_in(trimmed, value_set=pa.array(["", *unknown], type=trimmed.type))
    if pc.any(lost).as_py():
        trimmed = pc.if_else(lost, pa.scalar(None, type=trimmed.type), trimmed)
    return pandas(trimmed, values)


def arrow(values: pd.Series) -> Any:
    """A column of words as an Arrow array, without a copy."""
    array = pa.array(values.array)
    return array.cast(pa.large_string()) if not pa.types.is_large_string(array.type) else array


def pandas(array: Any, like: pd.Series) -> pd.Series:
    """An Arrow array as a column of words with the index and name of another."""
    return array.to_pandas().astype("str").set_axis(like.index).rename(like.name)


def as_numbers(words: pd.Series) -> pd.Series | None:
    """The words as numbers, int64 where all are whole and none is missing; None where one of them is no number."""
    array = arrow(words)
    try:
        numbers = pc.cast(array, pa.float64())
    except pa.ArrowInvalid:
        return None
    values = numbers.to_numpy(zero_copy_only=False).astype(np.float64)
    if numbers.null_count == 0 and len(values) and np.isfinite(values).all() and (values % 1 == 0).all():
        return pd.Series(values, words.index, name=words.name) if _too_long(values) else _whole(values, words)
    return pd.Series(values, words.index, name=words.name)


def _whole(values: np.ndarray, words: pd.Series) -> pd.Series:
    return pd.Series(values.astype(np.int64), words.index, name=words.name)


def _too_long(values: np.ndarray) -> bool:
    return bool(np.abs(values).max(initial=0) > EXACT_IN_FLOAT64)


def are_long_codes(words: pd.Series, numbers: pd.Series) -> bool:
    """Whether these are whole numbers that no float64 holds exactly: codes rather than amounts."""
    finite = numbers[np.isfinite(numbers)]
    if not len(finite) or not _too_long(finite.to_numpy(dtype=np.float64)):
        return False
    return bool(pc.all(pc.match_substring_regex(arrow(words), r"^\d{16,}$|^\d+$")).as_py())


def number_share(words: pd.Series) -> float:
    """The share of the words that are numbers."""
    return float(pc.mean(pc.match_substring_regex(arrow(words), _NUMBER)).as_py() or 0.0)


def not_numbers(words: pd.Series) -> pd.Series:
    """The words that are no numbers."""
    matches = pc.match_substring_regex(arrow(words), _NUMBER).to_numpy(zero_copy_only=False)
    return words[words.notna().to_numpy() & (matches == False)]  # noqa: E712  # objects: True, False or None


def from_decimal_commas(words: pd.Series) -> pd.Series | None:
    """Numbers that were written with a decimal comma; None where they may as well be thousands, or are no numbers."""
    array = arrow(words)
    if not pc.all(pc.match_substring_regex(array, _COMMA_NUMBER)).as_py():
        return None
    with_comma = array.filter(pc.match_substring(array, ","))
    if len(with_comma) == 0 or pc.all(pc.match_substring_regex(with_comma, _THOUSANDS)).as_py():
        return None
    return as_numbers(pandas(pc.replace_substring(array, ",", "."), words))


def are_truths(words: pd.Series) -> bool:
    """Whether the words are two, and opposites such as ``yes`` and ``no``."""
    distinct = {str(word).lower() for word in words.dropna().unique()[:8]}
    return len(distinct) == 2 and any(distinct == set(pair) for pair in PAIRS)


def as_truths(words: pd.Series) -> pd.Series | None:
    """Words of truth as 1, 0 and missing; None where there is another word."""
    small = words.str.lower()
    known = small.isin(_TRUE | _FALSE) | small.isna()
    if not known.all():
        return None
    truths = small.isin(_TRUE).astype(np.float64)
    return truths.where(small.notna())


def as_levels(words: pd.Series) -> pd.Series:
    """The words as levels. ``60`` and ``60.0`` are the same one: a missing value made floats of one file's codes."""
    numbers = as_numbers(words)
    if (
        numbers is None
        or are_long_codes(words, numbers)
        or np.isinf(numbers).any()
        or (numbers.dropna() % 1 != 0).any()
    ):
        return words
    return numbers.astype("Int64").astype("str")


def are_texts(words: pd.Series) -> bool:
    """Whether the words are sentences or names rather than levels: several words each, and seldom the same twice."""
    array = arrow(words).drop_null()
    distinct = pc.count_distinct(array).as_py()
    if distinct < 20:
        return False
    spaces = pc.mean(pc.count_substring_regex(array, r"\S+")).as_py()
    length = pc.mean(pc.utf8_length(array)).as_py()
    share = distinct / len(array)
    many_words = spaces >= 3 and share >= 0.5
    names = spaces >= 1.5 and share >= 0.9 and length >= 10
    reviews = spaces >= 8 and distinct >= 50 and share >= 0.1
    return bool(many_words or names or reviews)
