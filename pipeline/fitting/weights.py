"""How much each real training row counts, as ``train.weights`` declares it."""

from __future__ import annotations

import numpy as np

from pipeline.core.errors import PodiumError, nearest
from pipeline.dataset import Dataset
from pipeline.declaration.specs import ModelSpec
from pipeline.declaration.train import INVERSE_SQUARE
from pipeline.preprocess.lags import numbers_of


def row_weights(spec: ModelSpec, dataset: Dataset) -> np.ndarray | None:
    """The declared weights of all training rows, float64 of shape (n,), 0 for those that are not to be fitted on.

    Returns
    -------
    None where all rows count the same.

    Raises
    ------
    PodiumError
        Where the declared column is no feature and no key, or does not hold weights.
    """
    if spec.weights is None:
        return None
    if spec.weights == INVERSE_SQUARE:
        target = dataset.target.astype(np.float64)
        return np.divide(1.0, target**2, out=np.zeros_like(target), where=target != 0)
    if spec.weights not in dataset.kinds:
        raise _error(
            spec,
            f"must be {INVERSE_SQUARE}, or name a feature or a key",
            repr(spec.weights),
            nearest(spec.weights, dataset.kinds),
        )
    return _checked(spec, dataset)


def _checked(spec: ModelSpec, dataset: Dataset) -> np.ndarray:
    """The column's numbers, all finite and none below 0."""
    column, allowed = dataset.train[str(spec.weights)], "must name a column of finite numbers of at least 0"
    try:
        weight: np.ndarray = np.asarray(numbers_of(column), dtype=np.float64)
    except ValueError:
        raise _error(spec, allowed, f"{spec.weights!r}, which holds texts", "Name a numeric column") from None
    wrong = int((~np.isfinite(weight) | (weight < 0)).sum())
    if wrong:
        raise _error(spec, allowed, f"{spec.weights!r}, where {wrong:,} rows hold none", "Fill them in, under clean")
    return weight


def _error(spec: ModelSpec, allowed: str, got: str, step: str) -> PodiumError:
    return PodiumError(spec.competition, "train.weights", allowed, got=got, step=step)


def mean_one(weight: np.ndarray) -> np.ndarray:
    """The weights as multiples of their mean, so that a penalty weighs what it would without them."""
    return weight / weight.mean()


def product(first: np.ndarray | None, second: np.ndarray | None) -> np.ndarray | None:
    """Two kinds of weights at once; None where there are none of either."""
    if first is None or second is None:
        return second if first is None else first
    return first * second
