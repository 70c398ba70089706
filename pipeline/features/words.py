"""Any column's values as words, and tuples of columns as one word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.features.keys import Key

BETWEEN = "|"


def words(values: pd.Series) -> pd.Series:
    """Levels as texts; whole numbers without a point, each value for itself. Missing stays missing."""
    if isinstance(values.dtype, pd.StringDtype):
        return values
    if pd.api.types.is_float_dtype(values):
        if bool((values.dropna() % 1 == 0).all()):
            return values.astype("Int64").astype("str")
        return values.astype("str").str.removesuffix(".0").where(values.notna())
    return values.astype("str").where(values.notna())


def joined(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Each row's tuple of values as one word: codes of shape (n,), and the words they stand for, an object array.

    A tuple with a missing value has an empty place; one with nothing but missing values, and it alone, is code -1.
    """
    codes = Key.fit(frame, list(columns)).codes(frame)
    _, first, codes = np.unique(codes, return_index=True, return_inverse=True)
    rows = frame[list(columns)].iloc[first]
    parts = [words(rows[name]).fillna("").to_numpy(dtype=object) for name in columns]
    texts = parts[0]
    for part in parts[1:]:
        texts = texts + BETWEEN + part
    # two tuples whose texts agree are one word
    places, distinct = pd.factorize(texts)
    empty = rows.isna().all(axis=1).to_numpy()
    return np.where(empty, -1, places)[codes], np.asarray(distinct, dtype=object)


def spelled(codes: np.ndarray, texts: Sequence[str | None] | np.ndarray) -> pd.Series:
    """The words that codes stand for, missing where a code is negative: a Series of texts, of shape (n,)."""
    known = pd.Series([*texts, None], dtype="str")
    return known.take(np.where(codes < 0, len(known) - 1, codes)).reset_index(drop=True)
