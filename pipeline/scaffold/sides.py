"""Side tables: those with one row a key are joined, the others are named with what they would take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.scaffold.guess import ID_NAME, Guess, listed, names_of, spaced, words_of
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.read import Raw

if TYPE_CHECKING:
    import pandas as pd

MATCHED_SHARE = 0.5
MOST_KEYS = 6


@dataclass(frozen=True)
class Sides:
    """What becomes of the side tables.

    Parameters
    ----------
    joins : mapping of str to guess of dict
        The ``tables`` section.
    left : mapping of str to str
        Files that are not used, with the reason.
    """

    joins: Mapping[str, Guess[dict[str, Any]]]
    left: Mapping[str, str]


def find_sides(raw: Raw, keys: Keys) -> Sides:
    """A join for each side table that has one row a key which the competition's rows have too."""
    joins: dict[str, Guess[dict[str, Any]]] = {}
    left = {name: "it could not be read" for name in raw.files.others if name not in raw.sides}
    taken = set(names_of(raw.train)) | set(names_of(raw.test))
    for file, side in raw.sides.items():
        found = _key(raw, side, keys)
        if isinstance(found, str):
            left[file] = found
            continue
        name = spaced(Path(file).stem).replace("-", "_").replace(" ", "_")
        join: dict[str, Any] = {"file": file, "on": found}
        others = [c for c in names_of(side) if c not in found]
        if keys.target.value in others:
            left[file] = "it holds the target"
            continue
        if taken & set(others):
            join["prefix"] = f"{name}_"
        taken |= {f"{join.get('prefix', '')}{c}" for c in others}
        joins[name] = Guess(join, f"{file} has one row for each {listed(found)}, {len(side):,} in all")
    return Sides(joins, left)


def _key(raw: Raw, side: pd.DataFrame, keys: Keys) -> list[str] | str:
    """The columns to join on, or why there are none."""
    shared = [c for c in names_of(side) if c in raw.train.columns and c in raw.test.columns]
    if not shared:
        return "it shares no column with train and test"
    if len(shared) == len(names_of(side)):
        return "it has no column that train and test lack"
    for columns in _candidates(shared):
        if not side.duplicated(columns).any() and _matched(raw.train, side, columns) >= MATCHED_SHARE:
            return columns
    many = [c for c in shared if ID_NAME.search(spaced(c))] or shared
    return f"it has many rows for each {listed(many[:1])}: aggregate it to one row a key, then join it under `tables`"


def _candidates(shared: list[str]) -> Iterator[list[str]]:
    """Single columns, those named as ids first, then pairs, then all."""
    ordered = sorted(shared, key=lambda c: not ID_NAME.search(spaced(c)))[:MOST_KEYS]
    yield from ([column] for column in ordered)
    yield from (list(pair) for pair in combinations(ordered, 2))
    if len(ordered) > 2:
        yield ordered


def _matched(rows: pd.DataFrame, side: pd.DataFrame, columns: list[str]) -> float:
    """The share of the rows whose key the side table has."""
    import pandas as pd

    ours, theirs = (pd.MultiIndex.from_arrays([words_of(f[c]) for c in columns]) for f in (rows, side))
    return float(ours.isin(theirs).mean())
