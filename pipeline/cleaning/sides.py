"""Side tables made ready to be joined: files put below each other, tables joined into tables, rows aggregated."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.cleaning.aggregates import aggregate
from pipeline.cleaning.declared import must_be_free, must_have
from pipeline.cleaning.joins import join_tables
from pipeline.cleaning.ledger import Ledger, examples
from pipeline.cleaning.words import as_text
from pipeline.core.errors import PodiumError
from pipeline.declaration.specs import CleanSpec
from pipeline.declaration.tables import Join, joined_last
from pipeline.reading import same_names


def side_tables(spec: CleanSpec, files: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables that train and test are joined to: their keys, and the columns to take.

    Parameters
    ----------
    files : mapping of str to DataFrame
        Every declared file's fields, by its name.

    Raises
    ------
    PodiumError
        Where a table lacks a declared column, its files differ in their columns, or a key stands twice in a table that
        is joined into another and is not aggregated.
    """
    return {name: _ready(spec, name, files) for name in joined_last(spec.tables)}


def _ready(spec: CleanSpec, name: str, files: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """A table with what is joined into it, its columns taken, its rows aggregated."""
    join = spec.tables[name]
    side = _stacked(spec, name, [files[file] for file in join.files])
    into = {other: _ready(spec, other, files) for other, its in spec.tables.items() if its.into == name}
    for other, its in into.items():
        _check_fits(spec, other, its, side)
    taken = _taken(spec, name, join, side)
    side, brought = join_tables(spec, side, into, Ledger(), any_match=False)
    side = side[[*taken, *brought]]
    return side if join.aggregate is None else aggregate(side, join.on, join.aggregate, spec.clean.unknown)


def _check_fits(spec: CleanSpec, other: str, its: pd.DataFrame, side: pd.DataFrame) -> None:
    """Refuse a join into a table that lacks the key, or has columns of the same names."""
    join = spec.tables[other]
    for column in join.on:
        must_have(spec, f"tables.{other}.on", column, {spec.tables[str(join.into)].file: _names(side)})
    for column in _names(its):
        if column not in join.on:
            must_be_free(spec, other, join.prefix + column, {*_names(side)})


def _taken(spec: CleanSpec, name: str, join: Join, side: pd.DataFrame) -> list[str]:
    """The key and the table's own columns to take, each of which must be there."""
    categorical = join.aggregate.categorical if join.aggregate else []
    for key, named in (("on", join.on), ("columns", join.columns or []), ("aggregate.categorical", categorical)):
        for column in named:
            must_have(spec, f"tables.{name}.{key}", column, {join.file: _names(side)})
    return list(dict.fromkeys([*join.on, *(_names(side) if join.columns is None else join.columns)]))


def _stacked(spec: CleanSpec, name: str, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """The files' rows below each other, under the first one's names."""
    if len(parts) == 1:
        return parts[0].reset_index(drop=True)
    first, frames = _names(parts[0]), [parts[0]]
    for part, file in zip(parts[1:], spec.tables[name].more_files, strict=True):
        named = part.rename(columns=same_names(first, _names(part)))
        if {*named.columns} != {*first}:
            differ = sorted({*first} ^ {*_names(named)})
            allowed = f"must have the columns of {spec.tables[name].file}"
            raise PodiumError(spec.competition, f"tables.{name}.more_files", allowed, got=examples(differ), where=file)
        frames.append(named[first])
    if len({tuple(frame.dtypes) for frame in frames}) > 1:
        frames = [frame.apply(as_text) for frame in frames]
    return pd.concat(frames, ignore_index=True)


def _names(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame.columns]
