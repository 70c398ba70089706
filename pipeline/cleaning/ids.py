"""The ids, kept as the texts of the file: twenty digits fit neither an int64 nor a float64."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.cleaning.ledger import Ledger, examples
from pipeline.cleaning.words import as_text
from pipeline.core.errors import PodiumError
from pipeline.declaration.specs import CleanSpec


def ids_of_test(spec: CleanSpec, test: pd.DataFrame, ledger: Ledger) -> pd.Series:
    """The test rows' ids as texts; row numbers from 0 where the files have no id column.

    Raises
    ------
    PodiumError
        Where an id is missing or stands twice.
    """
    if spec.columns.id is None:
        ledger.note("the files have no id column: test rows are numbered from 0")
        return pd.Series(np.arange(len(test)).astype(str), name="id", dtype="str")
    ids = as_text(test[spec.columns.id]).rename("id")
    check_ids(spec, ids, spec.files.tested)
    return ids


def check_ids(spec: CleanSpec, ids: pd.Series, file: str) -> None:
    """Refuse missing ids and ids that stand twice, with examples."""
    subject = f"id {spec.columns.id}"
    missing = np.flatnonzero(ids.isna().to_numpy())
    if len(missing):
        got = f"none in data rows {examples([int(row) + 1 for row in missing])}"
        raise PodiumError(spec.competition, subject, "must be there in every row", got=got, where=file)
    double = ids[ids.duplicated()].unique().tolist()
    if double:
        step = "If another column is the id, declare it as columns.id; if none is, write null"
        got = f"{len(double)} more than once: {examples(double)}"
        raise PodiumError(spec.competition, subject, "must be different in every row", got=got, where=file, step=step)
