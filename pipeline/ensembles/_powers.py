"""Power means of predictions: -1 harmonic, 0 geometric, 1 arithmetic, 2 quadratic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.ensembles import Members, Problem
from pipeline.ensembles._logits import certainty


@dataclass(frozen=True)
class PowerMean:
    """The power mean of all members: of each class's probability, then made to sum to 1; or of positive values.

    Parameters
    ----------
    power : float
        The exponent; 0 stands for the geometric mean.
    problem : Problem
        For the scale.
    least : float
        The least probability that is believed.
    weights : mapping of str to float
        Equal ones.
    """

    power: float
    problem: Problem
    least: float
    weights: Mapping[str, float]

    @classmethod
    def of(cls, power: float, members: Members, problem: Problem) -> PowerMean:
        """The mean of these members."""
        rows = len(next(iter(members.values())))
        return cls(power, problem, certainty(rows), {name: 1 / len(members) for name in members})

    def predict(self, members: Members) -> np.ndarray:
        """Predictions of the members' form."""
        parts = [members[name] for name in self.weights]
        if self.problem.objective == "regression":
            return self._values(parts)
        binary = parts[0].ndim == 1
        whole = [np.stack([1 - p, p], axis=1) if binary else p for p in parts]
        mean = self._mean([np.clip(p, self.least, 1.0) for p in whole])
        mean = mean / mean.sum(axis=1, keepdims=True)
        return mean[:, 1] if binary else mean

    def _values(self, parts: list[np.ndarray]) -> np.ndarray:
        """Ratios' metrics are blended on a logarithmic scale: there the power is taken of what the logarithm is of."""
        scaled = [self.problem.to_scale(p) for p in parts]
        if self.problem.metric.facts.transform == "identity":
            return self._mean([np.maximum(p, 0.0) for p in scaled])
        with np.errstate(over="ignore"):
            return self.problem.from_scale(np.log(self._mean([np.exp(p) for p in scaled])))

    def _mean(self, parts: list[np.ndarray]) -> np.ndarray:
        count = len(parts)
        if self.power == 0:
            with np.errstate(divide="ignore"):
                return np.exp(np.sum([np.log(p) for p in parts], axis=0) / count)
        if self.power == 1:
            return np.sum(parts, axis=0) / count
        with np.errstate(divide="ignore"):
            return (np.sum([p**self.power for p in parts], axis=0) / count) ** (1 / self.power)
