"""Members: every trained setting of a model, as ``train`` leaves them in one folder a model and later stages read them.

A model's first member has the model's name, ``lightgbm``; further ones of its portfolio or its search are
``lightgbm-2``, ``lightgbm-3``, and so on. The folder holds, however many there are::

    oof.parquet, test.parquet   row_id, and a column a member; with several classes a column a class, <member>:p0, ...
    importance.parquet          member, column, importance
    curves.parquet              member, fold, repeat, round, measure, value, kept: how fits went on their stopping rows
    model.json                  the split, the versions, and by member its settings, folds and device
    scores.json, timing.json    by member
    models/<member>/<fold>/     the fitted fold models, as ``FoldModel.load`` reads them
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.job import Job
from pipeline.core.tables import read_json, read_table

CLASS = ":p"


@dataclass(frozen=True)
class Member:
    """One member's predictions.

    Parameters
    ----------
    name, model : str
        Its own name, and its model's.
    split : str
        The hash of the folds that it was trained on.
    row_id, oof : arrays of shape (n,), and (n,) or (n, classes)
        The training rows, and their out-of-fold predictions; NaN for rows that no fold validates.
    test_row_id, test : arrays of shape (m,), and (m,) or (m, classes)
        The test rows and their predictions.
    """

    name: str
    model: str
    split: str
    row_id: np.ndarray
    oof: np.ndarray
    test_row_id: np.ndarray
    test: np.ndarray


def member_name(model: str, number: int) -> str:
    """The name of a model's member of this number, from 0.

    >>> member_name("lightgbm", 0), member_name("lightgbm", 1)
    ('lightgbm', 'lightgbm-2')
    """
    return f"{model}-{number + 1}" if number else model


def members_table(row_id: np.ndarray, predictions: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Predictions of shape (n,) or (n, classes) by member, as one table."""
    columns: dict[str, Any] = {"row_id": row_id}
    for name, prediction in predictions.items():
        if prediction.ndim == 1:
            columns[name] = prediction
        else:
            columns |= {f"{name}{CLASS}{k}": prediction[:, k] for k in range(prediction.shape[1])}
    return pd.DataFrame(columns)


def members_arrays(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """The predictions of such a table by member, float64 of shape (n,) or (n, classes)."""
    columns: dict[str, list[str]] = {}
    for column in table.columns.drop("row_id"):
        columns.setdefault(column.partition(CLASS)[0], []).append(column)
    arrays = {name: table[own].to_numpy(dtype=np.float64) for name, own in columns.items()}
    return {name: values[:, 0] if CLASS not in columns[name][0] else values for name, values in arrays.items()}


def read_members(folder: Path) -> list[Member]:
    """The members in one folder; none where its model was left out for want of time."""
    record = read_json(folder / "model.json")
    oof, test = (read_table(folder / f"{part}.parquet") for part in ("oof", "test"))
    valid, tested = members_arrays(oof), members_arrays(test)
    ids, test_ids = oof["row_id"].to_numpy(), test["row_id"].to_numpy()
    return [
        Member(name, record["model"], record["split"], ids, valid[name], test_ids, tested[name])
        for name in record["members"]
    ]


def read_notes(job: Job, models: Iterable[str], file: str) -> dict[str, dict[str, Any]]:
    """What ``scores.json`` or ``timing.json`` says of every member of these models, in the order of the models."""
    notes: dict[str, dict[str, Any]] = {}
    for model in models:
        notes |= read_json(job.path("train", model, file))
    return notes


def read_records(job: Job, models: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What ``model.json`` says of every member: what holds for its model, and its own over it."""
    records: dict[str, dict[str, Any]] = {}
    for model in models:
        record = read_json(job.path("train", model, "model.json"))
        own = record.pop("members")
        records |= {name: record | facts for name, facts in own.items()}
    return records


def read_importances(job: Job, models: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Every member's table of ``column`` and ``importance``."""
    tables: dict[str, pd.DataFrame] = {}
    for model in models:
        table = read_table(job.path("train", model, "importance.parquet"))
        names = read_json(job.path("train", model, "model.json"))["members"]
        tables |= {name: table[table["member"] == name].drop(columns="member") for name in names}
    return tables


def read_curves(job: Job, models: Iterable[str]) -> pd.DataFrame:
    """Every member's learning curves: ``model`` (the member's name), ``fold``, ``repeat``, ``round`` and so on."""
    tables = [read_table(job.path("train", model, "curves.parquet")) for model in models]
    return pd.concat(tables, ignore_index=True).rename(columns={"member": "model"})
