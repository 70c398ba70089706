"""From out-of-fold predictions to what is submitted: labels for a metric of labels, or values times a factor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from pipeline.decisions.class_weights import fit_class_weights
from pipeline.decisions.cuts import fit_cuts
from pipeline.decisions.threshold import fit_threshold
from pipeline.declaration.metric import Metric

Kind = Literal["none", "threshold", "argmax", "class_weights", "cuts", "factor"]


@dataclass(frozen=True)
class Decision:
    """How predictions become what is submitted.

    Parameters
    ----------
    kind : {"none", "threshold", "argmax", "class_weights", "cuts", "factor"}
        ``none`` leaves predictions as they are.
    values : tuple of float
        ``threshold``: the least probability of class 1. ``class_weights``: a factor for each class's probability.
        ``cuts``: rising cut points, one fewer than the classes. ``factor``: what values are multiplied by.

    Examples
    --------
    >>> Decision("threshold", (0.4,)).apply(np.array([0.3, 0.4, 0.9]))
    array([0, 1, 1])
    >>> Decision("cuts", (0.5, 1.5)).apply(np.array([-1.0, 0.7, 1.5]))
    array([0, 1, 2])
    >>> Decision("factor", (0.5,)).apply(np.array([2.0, 3.0]))
    array([1. , 1.5])
    """

    kind: Kind
    values: tuple[float, ...] = ()

    def apply(self, prediction: np.ndarray) -> np.ndarray:
        """Class codes (int64) of shape (n,), or values; the prediction itself where nothing is to be decided.

        Parameters
        ----------
        prediction : float array of shape (n,) or (n, classes)
            Probabilities of class 1, probabilities by class, or values.
        """
        if self.kind == "none":
            return prediction
        if self.kind == "factor":
            return prediction * self.values[0]
        if self.kind == "threshold":
            return (prediction >= self.values[0]).astype(np.int64)
        if self.kind == "cuts":
            return np.searchsorted(np.asarray(self.values), _values(prediction), side="right").astype(np.int64)
        weighted = prediction * np.asarray(self.values) if self.kind == "class_weights" else prediction
        return weighted.argmax(axis=1).astype(np.int64)

    def to_json(self) -> dict[str, Any]:
        """The decision for ``weights.json``."""
        return {"kind": self.kind, "values": list(self.values)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Decision:
        """The decision as ``to_json`` wrote it."""
        return cls(content["kind"], tuple(float(v) for v in content.get("values", ())))


def fit_decision(metric: Metric, task: str, y: np.ndarray, prediction: np.ndarray, seed: int = 0) -> Decision:
    """The decision for a metric, from predictions of rows that their models have not seen.

    Parameters
    ----------
    metric : Metric
        Where it does not score labels, nothing is decided.
    task : {"binary", "multiclass", "regression"}
        The task.
    y : int array of shape (n,)
        Class codes.
    prediction : float array of shape (n,) or (n, classes)
        Out-of-fold probabilities or, for ordered labels, values; without NaN.
    seed : int
        For the resamples.
    """
    if metric.facts.needs != "label":
        return Decision("none")
    y = np.asarray(y, dtype=np.int64)
    rng = np.random.default_rng(seed)
    if metric.facts.ordered:
        return Decision("cuts", fit_cuts(metric, y, _values(prediction), rng))
    if task == "binary":
        return Decision("threshold", (fit_threshold(metric, y, prediction, rng),))
    if metric.name == "accuracy":
        return Decision("argmax")
    return Decision("class_weights", tuple(fit_class_weights(metric, y, prediction, rng).tolist()))


def _values(prediction: np.ndarray) -> np.ndarray:
    """Probabilities by class as the expected class code; values as they are."""
    return prediction if prediction.ndim == 1 else prediction @ np.arange(prediction.shape[1])
