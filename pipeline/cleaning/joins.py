"""Side tables, joined from the left: many rows to one, never one to many."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipeline.cleaning.aggregates import ROWS
from pipeline.cleaning.ledger import Ledger, examples
from pipeline.cleaning.words import as_numbers, read_words
from pipeline.core.errors import PodiumError
from pipeline.declaration.specs import CleanSpec
from pipeline.declaration.tables import Join


def join_tables(
    spec: CleanSpec, rows: pd.DataFrame, tables: Mapping[str, pd.DataFrame], ledger: Ledger, any_match: bool = True
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The rows with the columns of every side table, in the rows' own order.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The side tables, ready to be joined.
    any_match : bool
        Whether one row at least must find its key; a few new rows need not.

    Returns
    -------
    tuple of DataFrame and dict of str to str
        The rows, and each new column with its table's name.

    Raises
    ------
    PodiumError
        Where a key stands twice in its side table, or no row finds its key.
    """
    joined_from: dict[str, str] = {}
    for name, side in tables.items():
        join = spec.tables[name]
        wanted = [c for c in side.columns if c not in join.on]
        left, right = align_keys(rows, side, join.on)
        place = _places(spec, name, join, left, right)
        matched = float((place >= 0).mean())
        if matched == 0 and any_match:
            got = f"{examples(rows[join.on[0]].dropna().unique().tolist()[:3])} in the rows"
            step = f"{join.file} has {examples(side[join.on[0]].dropna().unique().tolist()[:3])}"
            raise PodiumError(spec.competition, f"tables.{name}.on", "matches no row at all", got=got, step=step)
        taken = side[wanted].take(np.where(place >= 0, place, 0)).set_axis(rows.index)
        taken = taken.where(pd.Series(place >= 0, rows.index))
        if join.aggregate is not None:
            taken[ROWS] = taken[ROWS].fillna(0)
        taken = taken.add_prefix(join.prefix)
        ledger.enter("joins", table=name, file=join.file, columns=list(taken.columns), matched_share=matched)
        if matched < 1:
            ledger.note(f"table {name}: {int((place < 0).sum())} of {len(rows)} rows find no key in {join.file}")
        rows = pd.concat([rows, taken], axis=1)
        joined_from |= dict.fromkeys(map(str, taken.columns), name)
    return rows, joined_from


def align_keys(rows: pd.DataFrame, side: pd.DataFrame, on: list[str]) -> tuple[pd.MultiIndex, pd.MultiIndex]:
    """The keys of both sides as numbers where both hold numbers, as trimmed words else."""
    left: list[pd.Series] = []
    right: list[pd.Series] = []
    for column in on:
        ours, theirs = (read_words(frame[column], []) for frame in (rows, side))
        numbers = as_numbers(ours), as_numbers(theirs)
        both = numbers[0] is not None and numbers[1] is not None
        for keys, words, number in ((left, ours, numbers[0]), (right, theirs, numbers[1])):
            exact = number if both and number is not None and number.abs().max() < 2**53 else None
            keys.append(words.astype(object) if exact is None else exact.astype(np.float64))
    return pd.MultiIndex.from_arrays(left), pd.MultiIndex.from_arrays(right)


def _places(spec: CleanSpec, name: str, join: Join, left: pd.MultiIndex, right: pd.MultiIndex) -> np.ndarray:
    """For each row, the side table's row with its key, or -1. A missing key matches nothing."""
    known = right.to_frame(index=False).notna().all(axis=1).to_numpy()
    keys = right[known]
    if not keys.is_unique:
        twice = keys[keys.duplicated()].unique().tolist()
        shown = examples([key[0] if len(key) == 1 else key for key in twice])
        step = "Aggregate the table to one row a key, or join on more columns"
        raise PodiumError(
            spec.competition,
            f"tables.{name}",
            f"must have each key ({', '.join(join.on)}) once",
            got=f"{len(twice)} more than once: {shown}",
            where=join.file,
            step=step,
        )
    codes, distinct = left.factorize()
    found = np.append(keys.get_indexer(pd.Index(distinct)), -1)[codes]
    missing = left.to_frame(index=False).isna().any(axis=1).to_numpy()
    return np.where((found >= 0) & ~missing, np.flatnonzero(known)[found], -1)
