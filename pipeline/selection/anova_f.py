"""The F test of each column against the target, as the share of variance it explains beyond chance.

Of columns with the same number of levels, the one of higher F has the higher share; columns with many levels have no
advantage. Source: epsilon squared, Kelley, "An unbiased correlation ratio measure", PNAS 1935.
"""

from __future__ import annotations

import numpy as np

from pipeline.selection import Judged


def measure(judged: Judged) -> np.ndarray:
    """Each column's epsilon squared with the target, in [0, 1]; missing numbers are taken as the median.

    Numbers are compared between the classes, values between the levels of a category; of two classifications the one
    of the target is the outcome, and its best-explained class counts. Numbers against values give a regression's F.
    """
    columns = zip(judged.X.T, judged.categorical, strict=True)
    return np.array([_explained(column, bool(coded), judged) for column, coded in columns])


def epsilon_squared(outcome: np.ndarray, levels: np.ndarray) -> float:
    """The share of the outcome's variance between the levels (codes from 0), less what chance gives; at least 0."""
    rows = np.bincount(levels)
    sums = np.bincount(levels, outcome - outcome.mean())
    used = int((rows > 0).sum())
    between = float((sums[rows > 0] ** 2 / rows[rows > 0]).sum())
    return _beyond_chance(between, outcome, used - 1)


def _explained(column: np.ndarray, coded: bool, judged: Judged) -> float:
    if coded:
        levels = np.unique(column, return_inverse=True)[1]
        if judged.task == "regression":
            return epsilon_squared(judged.y, levels)
        return max(epsilon_squared((judged.y == k).astype(np.float64), levels) for k in np.unique(judged.y))
    missing = np.isnan(column)
    numbers = np.where(missing, np.median(column[~missing]) if not missing.all() else 0.0, column).astype(np.float64)
    if judged.task != "regression":
        return epsilon_squared(numbers, np.unique(judged.y, return_inverse=True)[1])
    centred = numbers - numbers.mean()
    size = float(centred @ centred)
    along = float(centred @ (judged.y - judged.y.mean())) ** 2 / size if size else 0.0
    return _beyond_chance(along, judged.y, 1)


def _beyond_chance(explained: float, outcome: np.ndarray, freedom: int) -> float:
    total = float(((outcome - outcome.mean()) ** 2).sum())
    rest = len(outcome) - freedom - 1
    if total <= 0 or freedom < 1 or rest < 1:
        return 0.0
    return max(0.0, 1.0 - (1.0 - explained / total) * (len(outcome) - 1) / rest)
