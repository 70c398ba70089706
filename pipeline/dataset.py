"""What ``clean``, ``features`` and ``split`` leave for the stages that fit: one record, aligned by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from pipeline.core.job import Job
from pipeline.core.tables import read_json, read_table
from pipeline.declaration.base import Section
from pipeline.declaration.columns import Role
from pipeline.declaration.metric import Task
from pipeline.folds import Folds

Kind = Literal["numeric", "categorical", "key"]


class Column(Section):
    """One cleaned column.

    Its name and role; for an ordinal one its levels from lowest to highest; the side table it was joined from; the
    form of its fields, by which new rows are read.
    """

    name: str
    role: Role
    levels: tuple[str, ...] = ()
    joined_from: str = ""
    form: str = ""


class Schema(Section):
    """``clean/schema.json``: what the cleaned tables hold.

    ``classes`` are the target's labels in the order of their codes (for two classes, the positive one last).
    """

    task: Task
    target: str
    id: str | None
    classes: list[str | bool | int | float]
    columns: list[Column]
    train_rows: int
    test_rows: int

    @property
    def class_count(self) -> int:
        """The number of classes; 0 for a regression."""
        return len(self.classes)

    @property
    def id_is_feature(self) -> bool:
        """Whether the id is among the columns for models, as its declared role says."""
        return any(column.name == self.id and column.role not in ("group", "ignore") for column in self.columns)


class Feature(Section):
    """One line of ``features/columns.json``.

    ``kind``: ``numeric`` is float32, NaN allowed; ``categorical`` is pandas' category type over texts, with the same
    levels in train and test; ``key`` is such a category that folds, target statistics and models of ids use.
    """

    name: str
    kind: Kind
    builder: str
    source: str = ""


@dataclass(frozen=True)
class Dataset:
    """Everything that a fold is cut from.

    Parameters
    ----------
    train, test : DataFrame
        The feature tables without ``row_id``, positions aligned with ``folds.row_id`` and ``test_row_id``.
    features : list of Feature
        What the columns are.
    target : array of shape (n,)
        Class codes (int64) or values (float64).
    schema : Schema
        The cleaned tables' schema.
    folds : Folds
        The folds.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    test_row_id: np.ndarray
    features: list[Feature]
    target: np.ndarray
    schema: Schema
    folds: Folds

    @property
    def kinds(self) -> dict[str, Kind]:
        """Each column's kind by name."""
        return {feature.name: feature.kind for feature in self.features}


def read_schema(job: Job) -> Schema:
    """The schema that ``clean`` wrote."""
    return Schema.model_validate(read_json(job.path("clean", "schema.json")))


def read_features(job: Job) -> list[Feature]:
    """The columns that ``features`` wrote."""
    return [Feature.model_validate(line) for line in read_json(job.path("features", "columns.json"))]


def read_target(job: Job) -> np.ndarray:
    """The training target that ``clean`` wrote: int64 class codes or float64 values, in the training table's order."""
    values: np.ndarray = read_table(job.path("clean", "target.parquet"))["target"].to_numpy()
    return values


def read_dataset(job: Job) -> Dataset:
    """All of it, checked to be aligned."""
    train, test = (read_table(job.path("features", f"{part}.parquet")) for part in ("train", "test"))
    folds = Folds.read(job.path("split", "folds.parquet"))
    if not np.array_equal(train.pop("row_id").to_numpy(), folds.row_id):
        raise AssertionError("features and split are out of step")  # DVC's graph makes this unreachable
    test_row_id = test.pop("row_id").to_numpy()
    return Dataset(train, test, test_row_id, read_features(job), read_target(job), read_schema(job), folds)


def prediction_table(row_id: np.ndarray, prediction: np.ndarray) -> pd.DataFrame:
    """Predictions as a table: ``row_id`` and ``prediction``, or ``p0``, ``p1``, ... for more than two classes.

    Parameters
    ----------
    prediction : array of shape (n,) or (n, classes)
        Values, probabilities of the positive class, or probabilities of three classes or more.
    """
    columns: dict[str, Any] = {"row_id": row_id}
    if prediction.ndim == 1:
        columns["prediction"] = prediction
    else:
        columns |= {f"p{k}": prediction[:, k] for k in range(prediction.shape[1])}
    return pd.DataFrame(columns)


def prediction_array(table: pd.DataFrame) -> np.ndarray:
    """The predictions of such a table, of shape (n,) or (n, classes)."""
    values: np.ndarray = table.drop(columns="row_id").to_numpy(dtype=np.float64)
    return values[:, 0] if values.shape[1] == 1 else values
