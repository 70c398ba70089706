"""Ensembles: pure functions over out-of-fold tables. One file per method, and the file's name is the method's name.

A file exposes ``fit(members, y, problem) -> Blend`` and ``applies(problem) -> str``, which is empty where the method
makes sense and else says why not. Nothing here imports a method: ``load("mean")`` imports
``pipeline.ensembles.mean``.

Members are a mapping of model name to predictions on the final scale, of shape (n,) or (n, classes), without NaN.
Values of a metric that scores ratios (RMSLE, RMSPE, MAPE, SMAPE) are blended on the metric's own scale, so that their
mean is a geometric one: what the metric squares is then the error of an average.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Protocol

import numpy as np

from pipeline.core.errors import PodiumError, nearest
from pipeline.declaration.ensemble import Ensemble
from pipeline.declaration.metric import Metric, Task
from pipeline.targets import backward, forward

Members = Mapping[str, np.ndarray]


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
        The rounds and bags of hill climbing.
    """

    metric: Metric
    task: Task
    seed: int
    options: Ensemble

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
