"""Settings that go by a table's size: a few points of experience, and what lies between them."""

from __future__ import annotations

from collections.abc import Mapping


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
