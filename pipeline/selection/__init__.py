"""Column selection: one file per method, and the file's name is the method's name.

A file exposes ``choose(judged, section) -> Verdict``. Nothing here imports a method: ``load("filter")`` imports
``pipeline.selection.filter``. Every method sees one fold's training rows and nothing else.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.declaration.metric import Task
from pipeline.declaration.select import Select

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 50_000


@dataclass(frozen=True)
class Judged:
    """The training rows that the columns are judged on.

    Parameters
    ----------
    X : float32 array of shape (n, columns)
        Numbers as they are, NaN where missing; categorical columns as codes from 0.
    categorical : bool array of shape (columns,)
        Which columns are codes.
    y : array of shape (n,)
        Class codes, or for a regression the target's ranks in (0, 1): a few extreme targets must not judge every
        column, and the verdict is the same whatever the target is transformed to.
    task : {"binary", "multiclass", "regression"}
        The task.
    seed : int
        The only source of randomness.
    threads : int
        How many threads a library may start; the verdict does not depend on it.
    """

    X: np.ndarray
    categorical: np.ndarray
    y: np.ndarray
    task: Task
    seed: int
    threads: int = 1


@dataclass(frozen=True)
class Verdict:
    """What a method says of each column: a score, higher for better, and whether it is chosen."""

    score: np.ndarray
    chosen: np.ndarray


def load(method: str) -> Callable[[Judged, Select], Verdict]:
    """A method by its name, which the declaration has checked."""
    choose: Callable[[Judged, Select], Verdict] = importlib.import_module(f"pipeline.selection.{method}").choose
    return choose


def judge(frame: pd.DataFrame, target: np.ndarray, task: Task, seed: int, threads: int = 1) -> Judged:
    """Make one fold's training rows ready for judging.

    Parameters
    ----------
    frame : DataFrame of n rows
        The columns to judge, numeric or of pandas' category type.
    target : array of shape (n,)
        Class codes or values. Of more than 50 000 rows, that many are drawn, spread evenly over the target.
    """
    from pipeline.folds import spread_sample

    if len(frame) > MOST_ROWS:
        drawn = spread_sample(target, MOST_ROWS, np.random.default_rng(seed))
        frame, target = frame.iloc[drawn], target[drawn]
    X = np.empty(frame.shape, dtype=np.float32)
    for position, name in enumerate(frame):
        column: Any = frame[name]
        X[:, position] = column.cat.codes.where(column.notna()) if column.dtype == "category" else column
    categorical = np.array([frame[name].dtype == "category" for name in frame], dtype=bool)
    return Judged(X, categorical, ranks(target) if task == "regression" else target, task, seed, threads)


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks in (0, 1), equal values sharing their mean rank."""
    from scipy.stats import rankdata

    return (rankdata(values) - 0.5) / len(values)


def how_many(keep: float, columns: int) -> int:
    """The number of columns that ``select.keep`` asks for, at least 1: a share up to 1, a number above it."""
    return max(1, min(columns, math.ceil(keep * columns - 1e-9) if keep <= 1 else int(keep)))


def best(score: np.ndarray, count: int) -> np.ndarray:
    """Mark the ``count`` highest scores; of equal ones the first column stays."""
    marked = np.zeros(len(score), dtype=bool)
    marked[np.argsort(-score, kind="stable")[:count]] = True
    return marked
