"""The declared rules: missing values with a meaning, outliers, ordered levels; then what tells nothing is dropped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from pipeline.cleaning.declared import declaration_of
from pipeline.cleaning.ledger import Ledger, examples
from pipeline.cleaning.table import Table
from pipeline.core.errors import PodiumError
from pipeline.core.query import matching
from pipeline.declaration.clean import Outlier
from pipeline.declaration.specs import CleanSpec

_NUMERIC = ("numeric", "boolean", "ordinal")


def fill_meanings(spec: CleanSpec, table: Table, ledger: Ledger) -> Table:
    """Put the declared meanings where values are missing, then take the rest from the declared other columns.

    Raises
    ------
    PodiumError
        Where a word is to fill a numeric column, or a column one of another type.
    """
    for column, meaning in spec.clean.meaning.items():
        if column in table.frame:
            filler = _meaning(spec, table, column, meaning)
            ledger.enter("meaning", column=column, rows=int(table.frame[column].isna().sum()), value=str(filler))
            table = table.with_columns(**{column: table.frame[column].fillna(filler)})
    for column, other in spec.clean.fill_from.items():
        if column in table.frame and other in table.frame:
            table = _fill(spec, table, column, other, ledger)
    return table


def _meaning(spec: CleanSpec, table: Table, column: str, meaning: str | float) -> str | float:
    values = table.frame[column]
    if isinstance(values.dtype, pd.StringDtype):
        return meaning if isinstance(meaning, str) else f"{meaning:g}"
    if pd.api.types.is_numeric_dtype(values) and not isinstance(meaning, str):
        return float(meaning)
    allowed = "must be a number, as the column is" if pd.api.types.is_numeric_dtype(values) else "is not for dates"
    raise PodiumError(
        spec.competition,
        f"clean.meaning.{column}",
        allowed,
        got=repr(meaning),
        where=declaration_of(spec.competition),
        step=f"If the column holds codes, declare clean.types.{column}: categorical",
    )


def _fill(spec: CleanSpec, table: Table, column: str, other: str, ledger: Ledger) -> Table:
    ours, theirs = table.frame[column], table.frame[other]
    numbers = pd.api.types.is_numeric_dtype(ours) and pd.api.types.is_numeric_dtype(theirs)
    if ours.dtype != theirs.dtype and not numbers:
        got = f"{table.roles[column]} from {table.roles[other]} ({other})"
        raise PodiumError(spec.competition, f"clean.fill_from.{column}", "must be of one type with its source", got=got)
    filled = ours.fillna(theirs)
    ledger.enter("fill_from", column=column, source=other, rows=int(ours.isna().sum() - filled.isna().sum()))
    return table.with_columns(**{column: filled})


def drop_outliers(spec: CleanSpec, table: Table, labels: pd.Series, ledger: Ledger) -> Table:
    """Apply the declared outlier rules in order: drop training rows, or clip a column at training quantiles.

    Parameters
    ----------
    labels : Series
        The target as the file has it, by ``row_id`` of the training rows; queries know it by its own name.
    """
    for number, rule in enumerate(spec.clean.outliers):
        if rule.drop is not None:
            table = _drop_rows(spec, table, labels, rule, number, ledger)
        else:
            table = _clip(spec, table, rule, ledger)
    return table


def _drop_rows(spec: CleanSpec, table: Table, labels: pd.Series, rule: Outlier, number: int, ledger: Ledger) -> Table:
    frame = table.train.assign(**{spec.columns.target: labels})
    found = matching(spec.competition, f"clean.outliers[{number}].drop", frame, str(rule.drop), "the training rows")
    ledger.enter("outliers", rule=rule.drop, reason=rule.reason, rows=len(found))
    ledger.note(f"{len(found)} training rows dropped where {rule.drop} ({rule.reason})")
    if len(found) >= len(frame):
        raise PodiumError(
            spec.competition, f"clean.outliers[{number}].drop", "drops every training row", got=rule.drop or ""
        )
    return replace(table, frame=table.frame.drop(index=found))


def _clip(spec: CleanSpec, table: Table, rule: Outlier, ledger: Ledger) -> Table:
    column = str(rule.clip)
    if column not in table.frame:
        return table
    values = table.frame[column]
    if table.roles[column] != "numeric":
        got = f"{column}, which is {table.roles[column]}"
        raise PodiumError(spec.competition, "clean.outliers.clip", "must name a numeric column", got=got)
    low, high = table.train[column].quantile(list(rule.quantiles))
    outside = int(((values < low) | (values > high)).sum())
    ledger.enter("outliers", rule=f"clip {column}", reason=rule.reason, rows=outside, low=float(low), high=float(high))
    return table.with_columns(**{column: values.astype(np.float64).clip(low, high)})


def order_levels(spec: CleanSpec, table: Table) -> Table:
    """Turn ordered levels into the numbers 0, 1, 2 and so on.

    Raises
    ------
    PodiumError
        Where a column has a level that its declared order lacks, or a role that has no order.
    """
    for column, levels in spec.clean.ordered.items():
        if column not in table.frame:
            continue
        role = spec.columns.roles.get(column, "ordinal")
        if role not in ("ordinal", "numeric", "ignore"):
            raise PodiumError(spec.competition, f"clean.ordered.{column}", f"has no effect with the role {role}")
        words = table.frame[column]
        unknown = words[words.notna() & ~words.isin(levels)].value_counts()
        if len(unknown):
            raise PodiumError(
                spec.competition,
                f"clean.ordered.{column}",
                "must list every level of the column",
                got=f"{', '.join(levels)}, without {examples([str(level) for level in unknown.index])} "
                f"({int(unknown.sum())} rows)",
                where=declaration_of(spec.competition),
                step="Add the level, or name it in clean.unknown",
            )
        ranks = words.map({level: float(rank) for rank, level in enumerate(levels)}).astype(np.float64)
        roles = {**table.roles, column: "ordinal" if role == "numeric" else role}
        table = replace(
            table.with_columns(**{column: ranks}), roles=roles, levels={**table.levels, column: list(levels)}
        )
    return table


def drop_silent(spec: CleanSpec, table: Table, ledger: Ledger) -> Table:
    """Drop the columns that tell nothing: all missing in train, or the same in every row of train and test."""
    gone, train = [], table.train
    for column in map(str, table.frame.columns):
        if column in spec.split_columns:
            continue
        values = table.frame[column]
        if train[column].isna().all():
            gone.append(column)
            ledger.drop(column, "it is all missing in train")
        elif values.nunique(dropna=False) == 1:
            gone.append(column)
            ledger.drop(column, f"it is {values.iloc[0]} in every row of train and test")
    return table.without(gone)


def drop_duplicates(spec: CleanSpec, table: Table, labels: pd.Series, ledger: Ledger) -> Table:
    """Drop training rows that stand twice with all their columns and the target, where that is declared."""
    if spec.clean.duplicates == "keep":
        return table
    twice = table.train.assign(**{spec.columns.target: labels}).duplicated()
    ledger.enter("duplicates", rows=int(twice.sum()))
    ledger.note(f"{int(twice.sum())} training rows dropped that stand twice")
    return replace(table, frame=table.frame.drop(index=twice[twice].index))
