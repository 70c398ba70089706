"""Side tables: joined where they have one row a key, aggregated where they have many; or why they are neither."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.scaffold.folds import times
from pipeline.scaffold.guess import CODE_NAME, ID_NAME, KEY_NAME, Guess, listed, look_at, names_of, spaced, words_of
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.levels import are_codes
from pipeline.scaffold.read import Raw

if TYPE_CHECKING:
    import pandas as pd

MATCHED_SHARE, MATCHED_MANY, MATCHED_DAYS = 0.5, 0.05, 0.005
TEST_OVER_TRAIN, TEST_OVER_TRAIN_MANY = 0.5, 0.2
MOST_KEYS = 6
LEAST_GROUPS = 5
MOST_DESCRIBED = 20
SAMPLED_ROWS = 20_000
FEWER_STATISTICS = ["mean", "min", "max"]


@dataclass(frozen=True)
class Sides:
    """What becomes of the side tables.

    Parameters
    ----------
    joins : mapping of str to guess of dict
        The ``tables`` section.
    left : mapping of str to str
        Files that are not used, with the reason.
    columns : int
        About how many columns the joins bring.
    """

    joins: Mapping[str, Guess[dict[str, Any]]]
    left: Mapping[str, str]
    columns: int = 0


@dataclass
class _Found:
    """The joins so far, the names that are taken, and the files by the table's name."""

    taken: set[str]
    joins: dict[str, Guess[dict[str, Any]]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    columns: int = 0


def find_sides(raw: Raw, keys: Keys) -> Sides:
    """A join for each side table that has a key which the competition's rows have too, or a table joined to them."""
    found = _Found(set(names_of(raw.train)) | set(names_of(raw.test)))
    left = {name: "it could not be read" for name in raw.files.others if name not in raw.sides}
    left = {name: why for name, why in left.items() if name not in raw.below.values()}
    for file, side in raw.sides.items():
        key = "it holds the target" if keys.target.value in names_of(side) else _key(raw, side, keys.id.value)
        if isinstance(key, str):
            left[file] = key
        else:
            _enter(found, raw, file, key, None)
    while grown := [file for file in left if file in raw.sides and _enter_into(found, raw, file, keys)]:
        left = {file: why for file, why in left.items() if file not in grown}
    return Sides(found.joins, left, found.columns)


def _enter(found: _Found, raw: Raw, file: str, key: list[str], into: str | None) -> None:
    """Write a table's join down."""
    side = raw.sides[file]
    name = spaced(Path(file).stem).replace("-", "_").replace(" ", "_")
    others = [c for c in names_of(side) if c not in key]
    many = bool(side.duplicated(key).any())
    apart = many or into is not None or bool(found.taken & set(others))
    prefix = {"prefix": f"{name}_"} if apart else {}
    files = {"file": file} | ({"more_files": [raw.below[file]]} if file in raw.below else {})
    join = {
        **files,
        "on": key,
        **({"into": into} if into else {}),
        **prefix,
        **(_aggregated(side, key) if many else {}),
    }
    if into is None:
        found.taken |= {f"{join.get('prefix', '')}{c}" for c in others}
    found.joins[name] = Guess(join, _why(file, key, len(side), many))
    found.files[name] = file
    found.columns += len(join.get("columns", others)) * (len(_statistics(join)) if many else 1)


def _why(file: str, key: list[str], rows: int, many: bool) -> str:
    each = f"{file} has {'many rows' if many else 'one row'} for each {listed(key)}, {rows:,} in all"
    return f"{each}: a row for each says how many and what they hold" if many else each


def _statistics(join: Mapping[str, Any]) -> list[str]:
    named: list[str] = join["aggregate"].get("numbers", ["mean", "std", "min", "max", "sum"])
    return named


def _aggregated(side: pd.DataFrame, key: list[str]) -> dict[str, Any]:
    """What to take of a table with many rows a key, and how: no ids of its rows, fewer statistics of many columns."""
    sample = side.iloc[:: max(1, len(side) // SAMPLED_ROWS)]
    looks = {c: look_at(words_of(sample[c])) for c in names_of(side) if c not in key}
    ids = [c for c, look in looks.items() if look.distinct == look.rows > 1 and _names_things(c, side[c])]
    named = [
        c for c, look in looks.items() if c not in ids and look.kind == "number" and look.whole and look.distinct > 2
    ]
    how: dict[str, Any] = {}
    if codes := [c for c in named if _names_things(c, sample[c])]:
        how["categorical"] = codes
    if sum(look.kind == "number" for c, look in looks.items() if c not in ids + codes) > MOST_DESCRIBED:
        how["numbers"] = FEWER_STATISTICS
    taken = {"columns": [c for c in looks if c not in ids]} if ids else {}
    return {**taken, "aggregate": how}


def _names_things(column: str, values: pd.Series) -> bool:
    """Whether a column's numbers are names, by its own name or by how they are spread."""
    name = spaced(column)
    return bool(KEY_NAME.search(name) or CODE_NAME.search(name) or ID_NAME.search(name)) or are_codes(words_of(values))


def _enter_into(found: _Found, raw: Raw, file: str, keys: Keys) -> bool:
    """Join a table into one that is joined already, where they share a key and train does not have it."""
    side = raw.sides[file]
    if keys.target.value in names_of(side) or len(names_of(side)) < 2:
        return False
    for name, other in found.files.items():
        host = raw.sides[other]
        shared = [c for c in names_of(side) if c in host.columns and c not in raw.train.columns]
        shared = [c for c in shared if ID_NAME.search(spaced(c))]
        if len(shared) == 1 and shared[0] not in found.joins[name].value["on"] and _into(side, host, shared):
            _enter(found, raw, file, shared, name)
            return True
    return False


def _into(side: pd.DataFrame, host: pd.DataFrame, on: list[str]) -> bool:
    """Whether each row of the host has one row of the table, or the table's rows have one row of the host."""
    single = not side.duplicated(on).any() or not host.duplicated(on).any()
    return bool(single and _matched(host, side, on) >= MATCHED_MANY)


def _key(raw: Raw, side: pd.DataFrame, row_id: str | None) -> list[str] | str:
    """The columns to join on, or why there are none: those by which it has one row each, else the finest."""
    shared = [c for c in names_of(side) if c in raw.train.columns and c in raw.test.columns]
    if not shared:
        return "it shares no column with train and test"
    if len(shared) == len(names_of(side)):
        return "it has no column that train and test lack"
    why = f"no column that it shares, such as {shared[0]}, has keys that its rows and the competition's have in common"
    best: tuple[int, list[str]] | None = None
    for overlap in (_overlap(raw, side, columns, row_id) for columns in _candidates(shared)):
        if not overlap.is_enough:
            continue
        if overlap.is_late:
            why = overlap.as_words
        elif overlap.once:
            return overlap.columns
        elif overlap.groups >= LEAST_GROUPS and (best is None or overlap.groups > best[0]):
            best = (overlap.groups, overlap.columns)
    return best[1] if best else why


@dataclass(frozen=True)
class _Overlap:
    """How a side table's keys meet the competition's rows.

    Parameters
    ----------
    columns : list of str
        The key.
    once : bool
        Whether the table has each key once.
    train, test : float
        The share of the training and of the test rows whose key it has.
    groups : int
        The training rows' keys.
    ends : str
        Where it is known by the day and ends before the test rows begin: its last day.
    dated : bool
        Whether it is known by the day.
    by_row : bool
        Whether it is known by the competition's id, which no other table's numbers meet by chance.
    """

    columns: list[str]
    once: bool
    train: float
    test: float
    groups: int
    ends: str
    dated: bool
    by_row: bool

    @property
    def is_enough(self) -> bool:
        """Whether it tells of enough training rows; holidays are few days, and known by name."""
        if self.dated:
            return self.train >= MATCHED_DAYS
        return self.train >= (MATCHED_SHARE if self.once and not self.by_row else MATCHED_MANY)

    @property
    def is_late(self) -> bool:
        """Whether training rows find in it what test rows do not."""
        share = TEST_OVER_TRAIN if self.once else TEST_OVER_TRAIN_MANY
        return bool(self.ends) if self.dated else self.test < share * self.train

    @property
    def as_words(self) -> str:
        """Why it is late."""
        if self.dated:
            return f"it ends with {self.ends}, before the test rows begin"
        shares = f"{self.train:.0%} of the training rows are in it, but {self.test:.0%} of the test rows"
        return f"by {listed(self.columns)} {shares}"


def _overlap(raw: Raw, side: pd.DataFrame, columns: list[str], row_id: str | None) -> _Overlap:
    days = [c for c in columns if look_at(words_of(side[c].head(SAMPLED_ROWS))).kind == "date"]
    train, test = (_matched(rows, side, columns) for rows in (raw.train, raw.test))
    groups = len(raw.train[columns].drop_duplicates())
    ends = _ends_early(raw.test[days[0]], side[days[0]]) if days else ""
    once = not side.duplicated(columns).any()
    return _Overlap(columns, once, train, test, groups, ends, bool(days), row_id in columns)


def _ends_early(test: pd.Series, side: pd.Series) -> str:
    """The last day of a table that ends before the test rows begin; empty where it does not."""
    rows, own = times(test, dated=True), times(side, dated=True)
    if rows is None or own is None or own.max() >= rows.min():
        return ""
    return str(side.iloc[int(own.argmax())])


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

    frames = (rows, side[columns].drop_duplicates())
    ours, theirs = (pd.MultiIndex.from_arrays([words_of(f[c]) for c in columns]) for f in frames)
    return float(ours.isin(theirs).mean())
