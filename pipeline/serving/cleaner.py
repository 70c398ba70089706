"""New rows put through what ``clean`` did with the competition's own: the same joins, forms, meanings and clips."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.cleaning.forms import read_by_form
from pipeline.cleaning.joins import join_tables
from pipeline.cleaning.ledger import Ledger, examples
from pipeline.cleaning.rules import fill_meanings, order_levels
from pipeline.cleaning.table import Table
from pipeline.core.errors import PodiumError, nearest
from pipeline.dataset import Column, Schema
from pipeline.declaration.specs import CleanSpec
from pipeline.declaration.tables import joined_last


@dataclass(frozen=True)
class Cleaner:
    """What ``clean`` decided.

    Parameters
    ----------
    spec : CleanSpec
        Its plan.
    schema : Schema
        Its columns, with the form of each one's fields.
    dtypes : mapping of str to dtype
        The cleaned test table's, ``row_id`` apart: the columns that new rows must come to.
    tables : mapping of str to DataFrame
        The side tables, as ``cleaning.sides`` makes them ready.
    clips : list of mapping
        ``column``, ``low`` and ``high`` of every clipped column, in their order.
    """

    spec: CleanSpec
    schema: Schema
    dtypes: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    clips: list[dict[str, Any]]

    def clean(self, raw: pd.DataFrame, allow_missing: bool = False) -> pd.DataFrame:
        """Cleaned rows, numbered by ``row_id`` after the competition's own training rows.

        Parameters
        ----------
        raw : DataFrame of n rows
            Fields as texts, as a file has them, or typed values; other columns than the competition's are passed over.
        allow_missing : bool
            Whether a column may be absent; all its values are then missing.

        Raises
        ------
        PodiumError
            Where a column is absent, or a field does not fit its column's form.
        """
        rows = self._joined(self._complete(raw, allow_missing).reset_index(drop=True))
        rows.index = pd.RangeIndex(self.schema.train_rows, self.schema.train_rows + len(rows))
        wanted = {column.name: column for column in self.schema.columns if column.name in rows}
        frame = pd.DataFrame({name: self._typed(rows[name], column) for name, column in wanted.items()})
        table = Table(frame, {name: column.role for name, column in wanted.items()}, 0)
        table = fill_meanings(self.spec, table, Ledger())
        for clip in self.clips:
            if clip["column"] in table.frame:
                values = table.frame[clip["column"]].astype(np.float64).clip(clip["low"], clip["high"])
                table = table.with_columns(**{clip["column"]: values})
        frame = order_levels(self.spec, table).frame
        cleaned = pd.DataFrame({name: _as(frame[name], kind) for name, kind in self.dtypes.items()})
        cleaned.insert(0, "row_id", frame.index.to_numpy(dtype=np.int64))
        return cleaned.reset_index(drop=True)

    @property
    def needed(self) -> list[str]:
        """The raw columns that new rows must have: the schema's own and the keys of joins."""
        own = [c.name for c in self.schema.columns if not c.joined_from and c.name in self.dtypes]
        keys = [key for join in joined_last(self.spec.tables).values() for key in join.on]
        return list(dict.fromkeys([*own, *(key for key in keys if key not in self._joined_columns)]))

    @property
    def _joined_columns(self) -> set[str]:
        return {column.name for column in self.schema.columns if column.joined_from}

    def _complete(self, raw: pd.DataFrame, allow_missing: bool) -> pd.DataFrame:
        absent = [name for name in self.needed if name not in raw.columns]
        if absent and not allow_missing:
            step = f"{nearest(absent[0], map(str, raw.columns))} With --allow-missing its values count as missing"
            got = f"none named {absent[0]!r}"
            raise PodiumError(self.spec.competition, "the new rows", "must have every column", got=got, step=step)
        empty = {name: pd.Series(pd.NA, raw.index, dtype="str") for name in absent}
        return raw[[name for name in self.needed if name in raw.columns]].assign(**empty)

    def _joined(self, rows: pd.DataFrame) -> pd.DataFrame:
        if not self.spec.tables:
            return rows
        return join_tables(self.spec, rows, self.tables, Ledger(), any_match=False)[0]

    def _typed(self, raw: pd.Series, column: Column) -> pd.Series:
        values, wrong = read_by_form(raw, column.form, self.spec.clean.unknown)
        if len(wrong):
            places = [int(row) - self.schema.train_rows + 1 for row in wrong.index]
            raise PodiumError(
                self.spec.competition,
                f"column {column.name} of the new rows",
                f"must hold {column.form}, as the competition's own does",
                got=f"{examples(wrong.tolist())} in data row {places[0]}",
                step="Mend the fields, or leave them empty",
            )
        return values


def _as(values: pd.Series, kind: Any) -> Any:
    """Values of the type that the competition's own have; whole numbers with gaps stay floats."""
    if pd.api.types.is_integer_dtype(kind) and values.isna().any():
        return values.astype(np.float64)
    return values.astype(kind)
