"""Column selection: one file per method, and the file's name is the method's name.

``filter.py`` and the ways of ``wrapper`` and ``embedded``, such as ``forward.py``, expose ``choose(judged, section) ->
Verdict``; what ``filter`` measures by, such as ``chi_squared.py``, exposes ``measure(judged)``. Nothing here imports a
method: ``load`` does. Every method sees one fold's training rows; ``adversarial`` alone also sees the test rows.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
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
    group : int array of shape (n,) or None
        Group codes, where the split keeps groups together; inner folds then do so too.
    order : float array of shape (n,) or None
        The time, where the split goes forward in time; inner folds then do so too.
    test : float32 array of shape (m, columns) or None
        The test rows, for ``adversarial`` alone.
    """

    X: np.ndarray
    categorical: np.ndarray
    y: np.ndarray
    task: Task
    seed: int
    threads: int = 1
    group: np.ndarray | None = None
    order: np.ndarray | None = None
    test: np.ndarray | None = None

    def at(self, rows: np.ndarray) -> Judged:
        """The same columns judged on these rows only."""
        own = {name: part[rows] for name in ("group", "order") if (part := getattr(self, name)) is not None}
        return Judged(
            self.X[rows],
            self.categorical,
            self.y[rows],
            self.task,
            self.seed,
            self.threads,
            test=self.test,
            **own,
        )


@dataclass(frozen=True)
class Verdict:
    """What a method says of each column: a score, higher for better, and whether it is chosen."""

    score: np.ndarray
    chosen: np.ndarray


@dataclass(frozen=True)
class Around:
    """What stands beside the training rows: their groups, their times, and the test rows; see ``Judged``."""

    group: np.ndarray | None = None
    order: np.ndarray | None = None
    test: pd.DataFrame | None = field(default=None, repr=False)


def load(name: str) -> Callable[[Judged, Select], Verdict]:
    """A method by its file's name: ``Select.way``, and ``filter`` for all filters."""
    choose: Callable[[Judged, Select], Verdict] = importlib.import_module(f"pipeline.selection.{name}").choose
    return choose


def judge(
    frame: pd.DataFrame, target: np.ndarray, task: Task, seed: int, threads: int = 1, around: Around | None = None
) -> Judged:
    """Make one fold's training rows ready for judging.

    Parameters
    ----------
    frame : DataFrame of n rows
        The columns to judge, numeric or of pandas' category type.
    target : array of shape (n,)
        Class codes or values. Of more than 50 000 rows, that many are drawn, spread evenly over the target.
    around : Around or None
        Groups and times of these rows, and the test rows.
    """
    around = around or Around()
    judged = Judged(
        codes_or_numbers(frame),
        np.array([frame[name].dtype == "category" for name in frame], dtype=bool),
        target,
        task,
        seed,
        threads,
        around.group,
        around.order,
        None if around.test is None else codes_or_numbers(around.test[list(frame)]),
    )
    judged = sampled(judged, MOST_ROWS)
    return Judged(**{**vars(judged), "y": ranks(judged.y)}) if task == "regression" else judged


def codes_or_numbers(frame: pd.DataFrame) -> np.ndarray:
    """The frame as float32: numbers as they are, categories as their codes, NaN where missing."""
    X = np.empty(frame.shape, dtype=np.float32)
    for position, name in enumerate(frame):
        column: Any = frame[name]
        X[:, position] = column.cat.codes.where(column.notna()) if column.dtype == "category" else column
    return X


def sampled(judged: Judged, most: int) -> Judged:
    """At most so many of the rows, spread evenly over the target."""
    from pipeline.folds import spread_sample

    if len(judged.y) <= most:
        return judged
    return judged.at(spread_sample(judged.y, most, np.random.default_rng(judged.seed)))


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
