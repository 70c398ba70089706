"""The arithmetic of two columns, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np


def over(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """A ratio, missing where it divides by zero or leaves float32's range.

    Examples
    --------
    >>> over(np.array([1.0, 1.0]), np.array([2.0, 0.0]))
    array([0.5, nan])
    """
    ratio = np.full(len(left), np.nan)
    np.divide(left, right, out=ratio, where=right != 0)
    return np.where(np.abs(ratio) > np.finfo(np.float32).max, np.nan, ratio)


OPERATIONS: Mapping[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "minus": np.subtract,
    "over": over,
    "times": np.multiply,
    "plus": np.add,
}
