"""``clean``: raw files to typed, aligned tables, with every decision written down.

Order: declared names checked, ids and target taken, rows of train and test stacked, side tables joined, columns typed,
missing values given their meaning, outlier rules applied, ordered levels numbered, silent columns dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pipeline.cleaning.alignment import align
from pipeline.cleaning.declared import Headers, check_declared
from pipeline.cleaning.files import parted, with_id, with_labels, without_unlabelled
from pipeline.cleaning.ids import check_ids, ids_of_test
from pipeline.cleaning.inference import type_column
from pipeline.cleaning.joins import join_tables
from pipeline.cleaning.ledger import Ledger
from pipeline.cleaning.rules import drop_duplicates, drop_outliers, drop_silent, fill_meanings, order_levels
from pipeline.cleaning.sides import side_tables
from pipeline.cleaning.table import Table
from pipeline.cleaning.target import Target, read_target
from pipeline.cleaning.words import as_text
from pipeline.core.job import Job
from pipeline.core.tables import write_json, write_table
from pipeline.dataset import Column, Schema
from pipeline.declaration.columns import Role
from pipeline.declaration.specs import CleanSpec, read_spec
from pipeline.reading import read_raw


@dataclass(frozen=True)
class Raw:
    """The raw files, as they were read.

    Parameters
    ----------
    train, test : DataFrame
        The two files.
    tables : mapping of str to DataFrame
        The side tables that are joined to them, by their names in the declaration: a row for each key.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Cleaned:
    """What ``clean`` writes; every table starts with ``row_id``.

    Parameters
    ----------
    train, test : DataFrame
        The typed tables, without the target, and without the id unless its declared role makes it a feature.
    target : DataFrame
        ``row_id`` and ``target``, of the training rows.
    ids : DataFrame
        ``row_id`` and ``id`` as text, of the test rows.
    unused : DataFrame
        What the training file alone has, and its id as text: ``audit`` looks at it, no model does.
    schema : Schema
        The columns and classes.
    report : dict
        What was done, by kind of step.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    target: pd.DataFrame
    ids: pd.DataFrame
    unused: pd.DataFrame
    schema: Schema
    report: dict[str, Any]

    @property
    def notes(self) -> list[str]:
        """The lines that the user should read."""
        return self.report["notes"]


def run(job: Job) -> str:
    """Write ``data/<competition>/clean/``.

    ``train.parquet``, ``test.parquet``, ``target.parquet``, ``ids.parquet``, ``unused.parquet``, ``schema.json``,
    ``report.json``.
    """
    spec = read_spec(job, CleanSpec)
    cleaned = clean(spec, _read(job, spec))
    for note in cleaned.notes:
        job.screen.note(note)
    with job.writing() as folder:
        for name in ("train", "test", "target", "ids", "unused"):
            write_table(getattr(cleaned, name), folder / f"{name}.parquet")
        write_json(cleaned.schema.model_dump(mode="json"), folder / "schema.json")
        write_json(cleaned.report, folder / "report.json")
    return _summary(cleaned)


def clean(spec: CleanSpec, raw: Raw) -> Cleaned:
    """Raw files to typed and aligned tables.

    Raises
    ------
    PodiumError
        Where the files and the declaration do not fit, each case with its own sentence.
    """
    ledger = Ledger()
    headers = Headers(
        raw.train.columns.tolist(),
        raw.test.columns.tolist(),
        {name: side.columns.tolist() for name, side in raw.tables.items()},
    )
    check_declared(spec, headers)
    raw = replace(raw, train=without_unlabelled(spec, raw.train, ledger))
    ids = ids_of_test(spec, raw.test, ledger)
    if spec.columns.id in raw.train:
        check_ids(spec, as_text(raw.train[spec.columns.id]), spec.files.train)
    target = read_target(spec, raw.train[spec.columns.target], ledger)
    labels = pd.Series(target.labels, name=spec.columns.target)
    table, unused = _typed(spec, raw, ledger)
    table = drop_outliers(spec, fill_meanings(spec, table, ledger), labels, ledger)
    table = table.without([c for c in _not_for_models(spec, unused) if c in table.frame])
    table = drop_silent(spec, order_levels(spec, table), ledger)
    table = drop_duplicates(spec, table, labels, ledger)
    return _cleaned(spec, table, target, ids, unused, ledger)


def _read(job: Job, spec: CleanSpec) -> Raw:
    def read(name: str) -> pd.DataFrame:
        return read_raw(job.path("fetch", name), spec.competition, spec.delimiter, spec.encoding)

    sides = {name for join in spec.tables.values() for name in join.files}
    files = {spec.files.train, spec.files.test, spec.files.labels, *sides}
    frames = {name: read(name) for name in sorted(name for name in files if name)}
    tables = side_tables(spec, frames)
    train = frames[spec.files.train]
    if spec.files.labels:
        train = with_labels(spec, train, frames[spec.files.labels])
    train, test = parted(spec, train) if spec.files.test is None else (train, frames[spec.files.test])
    return Raw(with_id(spec, train), with_id(spec, test), tables)


def _typed(spec: CleanSpec, raw: Raw, ledger: Ledger) -> tuple[Table, pd.DataFrame]:
    """The stacked, joined and typed rows, and what of the training file no model may see."""
    aligned = align(spec, raw.train, raw.test, ledger)
    rows, joined_from = join_tables(spec, aligned.rows, raw.tables, ledger)
    if spec.columns.id in rows and not spec.id_is_column:
        rows = rows.drop(columns=spec.columns.id)
    queried = any(rule.drop for rule in spec.clean.outliers) or spec.clean.fill_from
    gone = [c for c in spec.columns.drop if c in rows and c not in spec.split_columns]
    if not queried:
        rows = rows.drop(columns=gone)
    frame: dict[str, pd.Series] = {}
    roles: dict[str, Role] = {}
    forms: dict[str, str] = {}
    for name in rows.columns:
        quiet = name in gone or name in aligned.train_only
        typed = type_column(spec, rows[name], Ledger() if quiet else ledger)
        frame[name], roles[name], forms[name] = typed.values, typed.role, typed.form
    train_only = [c for c in aligned.train_only if c not in gone]
    for name in train_only:
        if name in spec.split_columns:
            ledger.note(f"column {name} is in {spec.files.train} only: it serves the folds, no model eats it")
        else:
            ledger.drop(name, f"it is in {spec.files.train} only")
    roles |= {name: "ignore" for name in spec.split_columns if _for_folds_only(spec, name, aligned.train_only)}
    table = Table(pd.DataFrame(frame, index=rows.index), roles, len(raw.train), joined_from=joined_from, forms=forms)
    return table, _unused(spec, raw, table.train[[c for c in train_only if c not in spec.split_columns]])


def _for_folds_only(spec: CleanSpec, name: str, train_only: list[str]) -> bool:
    hidden_id = name == spec.columns.id and name != spec.columns.featured_id
    return name in train_only or name in spec.columns.drop or hidden_id


def _unused(spec: CleanSpec, raw: Raw, train_only: pd.DataFrame) -> pd.DataFrame:
    unused = train_only.copy()
    if spec.columns.id in raw.train and spec.columns.id not in unused:
        unused.insert(0, spec.columns.id, as_text(raw.train[spec.columns.id]).set_axis(unused.index))
    return unused


def _not_for_models(spec: CleanSpec, unused: pd.DataFrame) -> list[str]:
    gone = {*spec.columns.drop, *unused.columns} - {*spec.split_columns, spec.columns.featured_id}
    return sorted(gone)


def _cleaned(
    spec: CleanSpec, table: Table, target: Target, ids: pd.Series, unused: pd.DataFrame, ledger: Ledger
) -> Cleaned:
    kept = table.train.index.to_numpy()
    in_train_only = [c for c in table.frame if c in spec.split_columns and table.test[c].isna().all()]
    test_rows = table.test.index.to_numpy()
    schema = _schema(spec, table, target, len(kept), len(test_rows))
    ledger.enter("rows", file=spec.files.train, read=table.train_rows, kept=len(kept))
    ledger.enter("rows", file=spec.files.tested, read=len(test_rows), kept=len(test_rows))
    return Cleaned(
        train=_numbered(table.train),
        test=_numbered(table.test.drop(columns=[c for c in in_train_only if table.roles[c] == "ignore"])),
        target=pd.DataFrame({"row_id": kept, "target": target.values[kept]}),
        ids=pd.DataFrame({"row_id": test_rows, "id": ids.to_numpy()}).astype({"id": "str"}),
        unused=_numbered(unused.loc[kept]),
        schema=schema,
        report=ledger.content(),
    )


def _schema(spec: CleanSpec, table: Table, target: Target, train_rows: int, test_rows: int) -> Schema:
    columns = [
        Column(
            name=str(name),
            role=table.roles[str(name)],
            levels=tuple(table.levels.get(str(name), [])),
            joined_from=table.joined_from.get(str(name), ""),
            form=table.forms.get(str(name), ""),
        )
        for name in table.frame
    ]
    return Schema(
        task=spec.task,
        target=spec.columns.target,
        id=spec.columns.id,
        classes=target.classes,
        columns=columns,
        train_rows=train_rows,
        test_rows=test_rows,
    )


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its index as the first column, ``row_id``."""
    numbered = frame.reset_index(drop=True)
    numbered.insert(0, "row_id", frame.index.to_numpy(dtype=np.int64))
    return numbered


def _summary(cleaned: Cleaned) -> str:
    roles = pd.Series([column.role for column in cleaned.schema.columns]).value_counts(sort=False)
    kinds = ", ".join(f"{count} {role}" for role, count in roles.items())
    dropped = len(cleaned.report.get("dropped", []))
    rows = f"{cleaned.schema.train_rows} training and {cleaned.schema.test_rows} test rows"
    return f"{rows}; {len(cleaned.schema.columns)} columns ({kinds}); {dropped} dropped"
