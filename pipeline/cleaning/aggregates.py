"""Side tables of many rows a key put together to one row a key."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipeline.cleaning.inference import infer_column
from pipeline.cleaning.ledger import Ledger
from pipeline.cleaning.words import as_levels, as_numbers, read_words
from pipeline.declaration.tables import Aggregate

ROWS = "rows"
OFTEN = 0.005
_OF_DATES = frozenset({"min", "max", "nunique", "first", "last"})
_DAY_MICROSECONDS = 86_400_000_000


def aggregate(side: pd.DataFrame, on: list[str], how: Aggregate, unknown: list[str]) -> pd.DataFrame:
    """One row for each key that is whole, in the order in which keys first stand in the table.

    Parameters
    ----------
    side : DataFrame of n rows
        Fields as the file has them.
    on : list of str
        The key's columns.
    how : Aggregate
        What to tell of each key's rows.
    unknown : list of str
        Words that mean an unknown value.

    Returns
    -------
    DataFrame
        The key, ``rows``, and the statistics of every other column.
    """
    keys = pd.DataFrame({name: _key(side[name]) for name in on})
    whole = keys.notna().all(axis=1).to_numpy()
    groups = keys[whole].groupby(on, sort=False, observed=True)
    codes, first = groups.ngroup().to_numpy(), ~keys[whole].duplicated().to_numpy()
    found = keys[whole][first].reset_index(drop=True)
    made: dict[str, pd.Series] = {ROWS: pd.Series(np.bincount(codes, minlength=len(found)))}
    for name in [str(column) for column in side.columns if column not in on]:
        made |= dict(_described(side.loc[whole, name], codes, how, unknown))
    return pd.concat([found, pd.DataFrame(made).reset_index(drop=True)], axis=1)


def _key(raw: pd.Series) -> pd.Series:
    """A key column as numbers where it holds exact ones, since 7 and 7.0 are one; as words else."""
    words = read_words(raw, [])
    numbers = as_numbers(words)
    return words if numbers is None or not (numbers.dropna().abs() < 2**53).all() else numbers


def _described(
    raw: pd.Series, codes: np.ndarray, how: Aggregate, unknown: list[str]
) -> Iterator[tuple[str, pd.Series]]:
    """The columns that one column gives, by their names."""
    words = read_words(raw, unknown)
    if raw.name in how.categorical:
        yield from _of_words(as_levels(words), codes, how)
        return
    typed = infer_column(raw, words, Ledger())
    if typed.role == "date":
        days = typed.values.to_numpy(dtype="datetime64[us]").astype(np.int64) / _DAY_MICROSECONDS
        days = np.where(typed.values.isna().to_numpy(), np.nan, days)
        yield from _of_numbers(str(raw.name), days, codes, [s for s in how.numbers if s in _OF_DATES])
    elif pd.api.types.is_numeric_dtype(typed.values):
        values = typed.values.to_numpy(dtype=np.float64, na_value=np.nan)
        yield from _of_numbers(str(raw.name), values, codes, list(how.numbers))
    else:
        yield from _of_words(as_levels(words), codes, how)


def _of_numbers(
    name: str, values: np.ndarray, codes: np.ndarray, statistics: list[str]
) -> Iterator[tuple[str, pd.Series]]:
    groups = pd.Series(np.where(np.isinf(values), np.nan, values)).groupby(codes)
    for statistic in statistics:
        options = {"ddof": 0} if statistic == "std" else {"min_count": 1} if statistic == "sum" else {}
        yield f"{name}_{statistic}", getattr(groups, statistic)(**options)


def _of_words(words: pd.Series, codes: np.ndarray, how: Aggregate) -> Iterator[tuple[str, pd.Series]]:
    """How many different words, the most frequent one, and the shares of the table's most frequent ones."""
    counts = words.value_counts()
    if len(counts) == len(words) or not len(counts):
        return
    name, words = str(words.name), words.reset_index(drop=True)
    groups = words.groupby(codes)
    yield f"{name}_nunique", groups.nunique()
    often = counts.index[counts >= OFTEN * len(words)]
    if len(often):
        yield f"{name}_mode", _modes(words, codes)
    for word in sorted(often[: how.words], key=str):
        yield f"{name}_share_{word}", (words == word).astype(np.float64).groupby(codes).mean()


def _modes(words: pd.Series, codes: np.ndarray) -> pd.Series:
    """Each key's most frequent word, of equals the one that comes first by the alphabet; missing where it has none."""
    pairs = pd.DataFrame({"key": codes, "word": words}).dropna().value_counts().reset_index(name="rows")
    best = pairs.sort_values(["key", "rows", "word"], ascending=[True, False, True]).drop_duplicates("key")
    return best.set_index("key")["word"].reindex(range(int(codes.max(initial=-1)) + 1))
