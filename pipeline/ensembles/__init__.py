"""Ensembles: pure functions over out-of-fold tables. One file per method, and the file's name is the method's name.

A file exposes ``fit(members, y, problem) -> Blend`` and ``applies(problem) -> str``, which is empty where the method
makes sense and else says why not. Nothing here imports a method: ``load("mean")`` imports
``pipeline.ensembles.mean``.

Members are a mapping of model name to predictions on the final scale, of shape (n,) or (n, classes), without NaN.
A ``Table`` is such a mapping that also knows each row's fold and raw features, for the methods that look at them.
Values of a metric that scores ratios (RMSLE, RMSPE, MAPE, SMAPE) are blended on the metric's own scale, so that their
mean is a geometric one: what the metric squares is then the error of an average.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

import numpy as np

from pipeline.core.errors import PodiumError, nearest
from pipeline.declaration.ensemble import Ensemble
from pipeline.declaration.metric import Metric, Task
from pipeline.targets import backward, forward

if TYPE_CHECKING:
    import pandas as pd

Members = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Raw:
    """The raw features of some rows: a view of the whole table, of which a fit reads what it needs.

    Parameters
    ----------
    frame : DataFrame
        The whole feature table: numbers, and categories whose levels are the same for training and test rows.
    rows : int array of shape (n,)
        The positions of these rows in it.
    """

    frame: pd.DataFrame
    rows: np.ndarray

    @cached_property
    def categorical(self) -> list[bool]:
        """Whether each column holds categories: looked up once, for tables have thousands of columns."""
        return [str(kind) == "category" for kind in self.frame.dtypes]

    def take(self, places: list[int], within: np.ndarray | None = None) -> np.ndarray:
        """These columns of these rows, or of some of them: float32, categories as codes, -1 where one is missing."""
        rows = self.rows if within is None else self.rows[within]
        parts = [self.frame.iloc[:, place] for place in places]
        columns = [part.cat.codes if str(part.dtype) == "category" else part for part in parts]
        return np.stack([column.to_numpy(dtype=np.float32)[rows] for column in columns], axis=1)


@dataclass(frozen=True)
class Table(Mapping[str, np.ndarray]):
    """Members' predictions of some rows, and what else is known of these rows.

    Parameters
    ----------
    predictions : mapping of str to array of shape (n,) or (n, classes)
        By member.
    fold : int array of shape (n,)
        The fold that validates each row; inner folds are made of these, so that groups and times stay apart.
    raw : Raw or None
        The rows' features, where a candidate asks for them.
    """

    predictions: Members
    fold: np.ndarray
    raw: Raw | None = field(default=None, repr=False)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.predictions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.predictions)

    def __len__(self) -> int:
        return len(self.predictions)


def take(members: Members, rows: np.ndarray) -> Members:
    """The members' predictions of some of the rows, with all that is known of these."""
    chosen = {name: p[rows] for name, p in members.items()}
    if not isinstance(members, Table):
        return chosen
    raw = members.raw and Raw(members.raw.frame, members.raw.rows[rows])
    return Table(chosen, members.fold[rows], raw)


def raw_of(members: Members) -> Raw | None:
    """The rows' raw features, where they are known."""
    return members.raw if isinstance(members, Table) else None


@dataclass(frozen=True)
class Problem:
    """What an ensemble is fitted for.

    Parameters
    ----------
    metric : Metric
        The competition's metric.
    task : {"binary", "multiclass", "regression"}
        The task.
    seed : int
        The only source of randomness.
    options : Ensemble
        The rounds and bags of hill climbing, and what else is declared.
    rows : int
        How many rows there are to fit on, for methods that want many.
    classes : int
        How many probabilities a member gives, for methods that grow trees for each; 0 for one value a row.
    """

    metric: Metric
    task: Task
    seed: int
    options: Ensemble
    rows: int = 0
    classes: int = 0

    @property
    def objective(self) -> Task:
        """What the members predict: ordered labels are predicted as values."""
        return "regression" if self.metric.facts.ordered else self.task

    def to_scale(self, values: np.ndarray) -> np.ndarray:
        """Values on the scale they are blended on; probabilities as they are.

        A prediction out of the logarithm's reach is put at its edge, where the metric sees it too.
        """
        if self.objective != "regression":
            return values
        low = {"log1p": 0.0, "log": 1e-9, "identity": -np.inf}[self.metric.facts.transform]
        return forward(self.metric.facts.transform, np.maximum(values, low))

    def from_scale(self, values: np.ndarray) -> np.ndarray:
        """Blended values on the target's own scale."""
        return backward(self.metric.facts.transform, values) if self.objective == "regression" else values


class Blend(Protocol):
    """A fitted ensemble."""

    @property
    def weights(self) -> Mapping[str, float]:
        """The weight of each model, where the ensemble has such; else empty."""
        ...

    def predict(self, members: Members) -> np.ndarray:
        """Predictions of the same form as the members'."""
        ...


@dataclass(frozen=True)
class Weighted:
    """A weighted mean of the members, on the scale of the problem.

    Parameters
    ----------
    weights : mapping of str to float
        By model, one at least; models of weight 0 may be absent.
    problem : Problem
        For the scale.
    offset : float
        Added on the scale.
    """

    weights: Mapping[str, float]
    problem: Problem
    offset: float = 0.0

    def predict(self, members: Members) -> np.ndarray:
        """The weighted mean, on the target's own scale."""
        parts = [w * self.problem.to_scale(members[name]) for name, w in self.weights.items()]
        return self.problem.from_scale(np.sum(parts, axis=0) + self.offset)


def everywhere(problem: Problem) -> str:
    """For methods that always make sense: an empty reason."""
    return ""


def names() -> list[str]:
    """The known methods: the files of this folder."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def load(name: str, competition: str = "") -> ModuleType:
    """One method's module, with ``fit`` and ``applies``.

    Raises
    ------
    PodiumError
        Where no such method is known; it names the nearest.
    """
    if name not in names():
        raise PodiumError(
            competition, "ensemble.candidates", "must name known ensembles", got=repr(name), step=nearest(name, names())
        )
    return importlib.import_module(f"pipeline.ensembles.{name}")
