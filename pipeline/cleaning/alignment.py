"""Train and test put in line: what only one of them has is set aside and said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.cleaning.ledger import Ledger, examples
from pipeline.cleaning.words import as_text
from pipeline.core.errors import PodiumError
from pipeline.declaration.specs import CleanSpec


@dataclass(frozen=True)
class Aligned:
    """Rows of both files in one raw frame.

    Parameters
    ----------
    rows : DataFrame of shape (n + m, columns)
        Training rows first; the index is ``row_id``. Not the target; the id only where the split needs it, a side table
        is joined on it, or its declared role makes it a feature.
    train_only : list of str
        Columns of the training file alone: missing in the test rows.
    """

    rows: pd.DataFrame
    train_only: list[str]


def align(spec: CleanSpec, train: pd.DataFrame, test: pd.DataFrame, ledger: Ledger) -> Aligned:
    """Put the rows of both files into one frame, train first.

    Raises
    ------
    PodiumError
        Where the two files share no column, or each has columns that the other lacks: a renamed column would be lost.
    """
    kept_id = spec.id_is_column or any(spec.columns.id in join.on for join in spec.tables.values())
    special = {spec.columns.target} if kept_id else {spec.columns.id, spec.columns.target}
    ours = [c for c in train.columns if c not in special]
    theirs = [c for c in test.columns if c not in special]
    shared = [c for c in ours if c in theirs]
    if not shared:
        got = f"{examples(ours)} and {examples(theirs)}"
        step = "Look at source.files and source.delimiter"
        raise PodiumError(spec.competition, "train and test", "must share columns", got=got, step=step)
    if spec.columns.target in test.columns:
        ledger.note(f"the target {spec.columns.target} stands in {spec.files.tested} too; it is not read there")
    _refuse_two_sides(spec, ours, theirs)
    for column in theirs:
        if column not in shared and column not in spec.columns.drop:
            ledger.drop(column, f"it is in {spec.files.tested} only")
    rows = [train[ours], test[shared]]
    if len(ours) == len(shared):
        rows[1] = test[ours]
    return Aligned(_stacked(*rows), [c for c in ours if c not in shared])


def _refuse_two_sides(spec: CleanSpec, ours: list[str], theirs: list[str]) -> None:
    """Columns that only train has are a competition's habit; that test has others besides hints at a mistake."""
    settled = {*spec.columns.drop, *spec.split_columns}
    in_train = [c for c in ours if c not in theirs and c not in settled]
    in_test = [c for c in theirs if c not in ours and c not in settled]
    if in_train and in_test:
        got = f"{examples(in_train)} in {spec.files.train} only and {examples(in_test)} in {spec.files.tested} only"
        step = "If a name is mistyped, mend the file; else list the columns under columns.drop"
        raise PodiumError(spec.competition, "train and test", "must have the same columns", got=got, step=step)


def _stacked(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    columns = {}
    rows = np.arange(len(train) + len(test))
    for name in train.columns:
        upper = train[name]
        lower = test[name] if name in test.columns else pd.Series(index=test.index, dtype="str")
        if name not in test.columns and not _worded(upper):
            lower = lower.astype(np.float64)
            upper = as_text(upper) if pd.api.types.is_datetime64_any_dtype(upper) else upper.astype(np.float64)
            lower = lower.astype("str") if _worded(upper) else lower
        if _worded(upper) != _worded(lower):
            upper, lower = as_text(upper), as_text(lower)
        columns[name] = pd.concat([upper, lower], ignore_index=True)
    return pd.DataFrame(columns, index=rows)


def _worded(values: pd.Series) -> bool:
    return isinstance(values.dtype, pd.StringDtype) or values.dtype == object
