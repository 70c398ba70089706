"""What a target is put through before fitting, and what a model's output is put through after predicting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.declaration.metric import Transform

if TYPE_CHECKING:
    from pipeline.models import Objective


def trains(transform: Transform, y: np.ndarray) -> np.ndarray:
    """Which rows may train: under ``log`` those of positive targets, as RMSPE and MAPE ignore the others too.

    Parameters
    ----------
    y : array of shape (n,)
        The target on its own scale.

    Returns
    -------
    bool array of shape (n,)
    """
    return y > 0 if transform == "log" else np.ones(len(y), dtype=bool)


def forward(transform: Transform, y: np.ndarray) -> np.ndarray:
    """The target as a model is fitted on it: ``y``, ``log(1 + y)`` or ``log(y)``, float64 except for class codes.

    >>> forward("log1p", np.array([0.0, np.e - 1]))
    array([0., 1.])
    """
    if transform == "log1p":
        return np.log1p(y)
    return np.log(y) if transform == "log" else y


def backward(transform: Transform, prediction: np.ndarray) -> np.ndarray:
    """Predictions on the target's own scale; ``log1p`` was fitted on targets of at least 0, so no less comes back.

    An overflow gives infinity, which whoever asked for the prediction refuses.
    """
    with np.errstate(over="ignore"):
        if transform == "log1p":
            return np.maximum(np.expm1(prediction), 0.0)
        return np.exp(prediction) if transform == "log" else prediction


@dataclass(frozen=True)
class Scale:
    """How a model's raw output becomes a prediction.

    Parameters
    ----------
    objective : {"binary", "multiclass", "regression"}
    transform : {"identity", "log1p", "log"}
        What a regression's target was put through.
    classes : int
        The number of classes; 0 for a regression.
    labels : tuple of int
        The class codes that the fold's training rows have, in the order of the model's columns.
    prior : tuple of float
        For each of ``labels``: its share of the real training rows over its share of what the model was fitted on.
        Empty where they are the same.
    """

    objective: Objective
    transform: Transform
    classes: int
    labels: tuple[int, ...] = ()
    prior: tuple[float, ...] = ()

    def final(self, raw: np.ndarray) -> np.ndarray:
        """Values on the target's own scale, or probabilities on the true prior.

        Parameters
        ----------
        raw : array of shape (n,) or (n, labels)

        Returns
        -------
        float64 array of shape (n,), or (n, classes) for more than two classes.

        References
        ----------
        Saerens, Latinne and Decaestecker, "Adjusting the outputs of a classifier to new a priori probabilities",
        Neural Computation 14(1), 2002, equation 2.4.
        """
        if self.objective == "regression":
            return backward(self.transform, raw)
        if self.prior:
            raw = raw * np.asarray(self.prior)
            raw = raw / raw.sum(axis=1, keepdims=True)
        whole = np.zeros((len(raw), self.classes))
        whole[:, list(self.labels)] = raw
        return whole[:, 1] if self.objective == "binary" else whole

    def dense(self, y: np.ndarray) -> np.ndarray:
        """Class codes numbered without the classes that the fold lacks; a regression's target as it is."""
        return np.searchsorted(self.labels, y) if self.labels else y

    def stopping_weight(self, y: np.ndarray) -> np.ndarray | None:
        """Weights that give real rows the class balance that the model is fitted on; None where it is theirs."""
        return 1.0 / np.asarray(self.prior)[self.dense(y)] if self.prior else None
