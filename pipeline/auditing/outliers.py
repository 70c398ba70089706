"""Values far out of a column's bulk, by measures that the far values themselves do not move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_CONSISTENT = 1.4826  # the median absolute deviation of a normal distribution times this is its standard deviation
_FAR_FENCE = 3.0


@dataclass(frozen=True)
class Outliers:
    """How far out a column's values lie.

    Parameters
    ----------
    share : float
        The share of known values beyond Tukey's outer fences: three interquartile ranges below the first quartile or
        above the third; NaN where the quartiles are the same.
    farthest : float
        The largest robust z: the distance from the median in (consistent) median absolute deviations; NaN where more
        than half of the values are the same.
    """

    share: float
    farthest: float


def outliers(values: np.ndarray) -> Outliers:
    """How far out the known values lie.

    Parameters
    ----------
    values : float array of shape (n,)
        NaN where missing.

    Notes
    -----
    Sources: Tukey, "Exploratory data analysis", 1977; Iglewicz and Hoaglin, "How to detect and handle outliers", 1993.
    """
    known = values[~np.isnan(values)].astype(np.float64)
    if len(known) == 0:
        return Outliers(float("nan"), float("nan"))
    first, middle, third = np.quantile(known, [0.25, 0.5, 0.75])
    spread, deviation = third - first, np.median(np.abs(known - middle))
    beyond = (known < first - _FAR_FENCE * spread) | (known > third + _FAR_FENCE * spread)
    return Outliers(
        float(beyond.mean()) if spread > 0 else float("nan"),
        float(np.abs(known - middle).max() / (_CONSISTENT * deviation)) if deviation > 0 else float("nan"),
    )
