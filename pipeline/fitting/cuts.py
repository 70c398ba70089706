"""What one fold's model gets to see: the fold's rows, its selected columns, and what resampling made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from pipeline.core.job import Job
from pipeline.core.tables import read_json, read_table
from pipeline.dataset import Dataset
from pipeline.folds import Fold

FULL = "full"


@dataclass(frozen=True)
class Resampled:
    """What ``oversample`` made of one fold's training rows.

    Parameters
    ----------
    made : DataFrame of m rows or None
        Synthetic rows: feature columns.
    made_target : int array of shape (m,)
        Their class codes.
    dropped : int array
        Positions of training rows that under-sampling leaves out.
    weights : mapping of int to float
        Row weights by class code; empty where rows are not weighted.
    """

    made: pd.DataFrame | None = None
    made_target: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    dropped: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    weights: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut:
    """One fold for one model.

    Parameters
    ----------
    fold : Fold
        Its name and the positions of its rows.
    columns : tuple of str
        The selected columns, keys among them.
    resampled : Resampled or None
        None for a model that fits on the real rows as they are.
    """

    fold: Fold
    columns: tuple[str, ...]
    resampled: Resampled | None = None

    @property
    def name(self) -> str:
        """The fold's name."""
        return self.fold.name

    def plain(self) -> Cut:
        """The same fold without resampling."""
        return replace(self, resampled=None)

    def on(self, columns: tuple[str, ...]) -> Cut:
        """The same fold with these columns."""
        return replace(self, columns=columns)


def read_cuts(job: Job, dataset: Dataset, resampling: str, full: bool = False) -> list[Cut]:
    """The folds as ``select`` and ``oversample`` left them.

    Parameters
    ----------
    resampling : str
        The method that the model eats; with ``none``, what ``oversample`` wrote is not even read.
    full : bool
        Whether the cut of all rows comes last, which validates none.
    """
    chosen = read_json(job.path("select", "columns.json"))
    every = [feature.name for feature in dataset.features]
    resampled = {} if resampling == "none" else _read_resampled(job, dataset)
    return [
        Cut(fold, tuple(every if chosen.get("all") else chosen[fold.name]), resampled.get(fold.name))
        for fold in [*dataset.folds, *([_full(dataset)] if full else [])]
    ]


def _full(dataset: Dataset) -> Fold:
    return Fold(FULL, np.arange(len(dataset.target)), np.empty(0, dtype=np.int64))


def _read_resampled(job: Job, dataset: Dataset) -> dict[str, Resampled]:
    """By fold, from the files that the method wrote: synthetic rows, dropped rows or weights."""
    made, dropped, weights = (
        job.path("oversample", name) for name in ("synthetic.parquet", "dropped.parquet", "weights.json")
    )
    rows = read_table(made) if made.exists() else None
    gone = read_table(dropped) if dropped.exists() else None
    by_class = read_json(weights) if weights.exists() else {}
    return {
        name: Resampled(*_made(rows, name), _dropped(gone, name, dataset), _weights(by_class.get(name, {})))
        for name in [*dataset.folds.names, FULL]
    }


def _made(rows: pd.DataFrame | None, fold: str) -> tuple[pd.DataFrame | None, np.ndarray]:
    own = None if rows is None else rows[rows["fold"] == fold].reset_index(drop=True)
    if own is None or own.empty:
        return None, np.empty(0, dtype=np.int64)
    return own.drop(columns=["fold", "target"]), own["target"].to_numpy(dtype=np.int64)


def _dropped(rows: pd.DataFrame | None, fold: str, dataset: Dataset) -> np.ndarray:
    if rows is None:
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(np.isin(dataset.folds.row_id, rows.loc[rows["fold"] == fold, "row_id"].to_numpy()))


def _weights(by_class: Mapping[str, float]) -> dict[int, float]:
    return {int(code): float(weight) for code, weight in by_class.items()}
