"""Settings that go by a table's size: a few points of experience, and what lies between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def along(size: float, points: Mapping[int, float]) -> float:
    """The setting for a size, on straight lines between the points in the logarithms of both; constant beyond them.

    Parameters
    ----------
    size : float
        Rows, columns or classes; above 0.
    points : mapping of int to float
        Settings by size, both above 0, the sizes in ascending order.

    Returns
    -------
    float
        To three significant digits, so that it can be read in a record and declared again.

    Examples
    --------
    >>> along(10_000, {1_000: 0.02, 100_000: 0.08})
    0.04
    >>> along(5, {10: 1.0, 1_000: 0.3})
    1.0
    """
    import numpy as np

    sizes, settings = np.log(list(points)), np.log(list(points.values()))
    return float(f"{np.exp(np.interp(np.log(size), sizes, settings)):.3g}")


def by_size(params: Mapping[str, Any], points: Mapping[str, Mapping[int, float]], size: float) -> dict[str, Any]:
    """The settings, those that are null and have points filled in for a size; whole numbers where the points are.

    >>> by_size({"depth": None, "rate": 0.3}, {"depth": {10: 4, 1_000: 8}, "rate": {10: 0.1}}, 100)
    {'depth': 6, 'rate': 0.3}
    """
    filled = dict(params)
    for name, line in points.items():
        if params[name] is None:
            setting = along(size, line)
            whole = all(isinstance(value, int) for value in line.values())
            filled[name] = round(setting) if whole else setting
    return filled
