"""L1: the columns that a lasso keeps, its penalty chosen on inner folds.

Against classes the lasso is fitted to their 0/1 indicators: a linear probability model, whose penalty takes a column
out of all classes at once. Source: Tibshirani, "Regression shrinkage and selection via the lasso", 1996; for several
classes Obozinski, Taskar and Jordan 2006, through ``sklearn.linear_model.MultiTaskLassoCV``.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from pipeline.declaration.select import Select
from pipeline.selection import Judged, Verdict, best, how_many, sampled
from pipeline.selection.inner import inner_folds

MOST_ROWS = 10_000
MOST_LEVELS = 20
_PENALTIES = 40
_FARTHEST = 5.0


def choose(judged: Judged, section: Select) -> Verdict:
    """Keep the columns of largest coefficients, at most ``keep``, none of coefficient 0 while there is another.

    Returns
    -------
    Verdict
        The score is the length of the column's standardised coefficients, over its levels and the classes.
    """
    judged = sampled(judged, MOST_ROWS)
    X, owner = design(judged)
    coefficients = _lasso(judged).fit(X, _outcome(judged)).coef_.reshape(-1, X.shape[1])
    squares = np.bincount(owner, (coefficients**2).sum(axis=0), minlength=judged.X.shape[1])
    score: np.ndarray = np.sqrt(squares)
    count = min(how_many(section.keep, len(score)), int((score > 0).sum()))
    return Verdict(score, best(score, max(1, count)))


def design(judged: Judged) -> tuple[np.ndarray, np.ndarray]:
    """The standardised design matrix, and the column that each of its columns comes from.

    Numbers are centred at their median where missing and cut at five standard deviations; a column with missing values
    gets an indicator of them. Categories become indicators of their twenty most frequent levels.
    """
    parts, owner = [], []
    for position, column in enumerate(judged.X.T):
        made = _indicators(column) if judged.categorical[position] else _numbers(column)
        parts += made
        owner += [position] * len(made)
    return np.column_stack([_standardised(part) for part in parts]), np.array(owner)


def _numbers(column: np.ndarray) -> list[np.ndarray]:
    missing = np.isnan(column)
    if missing.all():
        return [np.zeros(len(column))]
    filled = np.where(missing, np.median(column[~missing]), column).astype(np.float64)
    return [filled, missing.astype(np.float64)] if missing.any() else [filled]


def _indicators(column: np.ndarray) -> list[np.ndarray]:
    levels, codes, counts = np.unique(column, return_inverse=True, return_counts=True)
    frequent = np.argsort(-counts, kind="stable")[: min(MOST_LEVELS, len(levels))]
    return [(codes == level).astype(np.float64) for level in frequent]


def _standardised(values: np.ndarray) -> np.ndarray:
    spread = values.std()
    return np.clip((values - values.mean()) / spread, -_FARTHEST, _FARTHEST) if spread > 0 else np.zeros(len(values))


def _outcome(judged: Judged) -> np.ndarray:
    if judged.task == "regression":
        return judged.y
    classes = np.unique(judged.y)
    indicators = (judged.y[:, None] == classes).astype(np.float64)
    return indicators[:, -1] if len(classes) == 2 else indicators


def _lasso(judged: Judged) -> Any:
    from sklearn.linear_model import LassoCV, MultiTaskLassoCV

    kind = MultiTaskLassoCV if judged.task == "multiclass" and len(np.unique(judged.y)) > 2 else LassoCV
    return _Quiet(kind(alphas=_PENALTIES, cv=inner_folds(judged), tol=1e-3, max_iter=2000))


class _Quiet:
    """An estimator whose slow convergence at the smallest penalties is no news."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit(self, X: np.ndarray, y: np.ndarray) -> Any:
        from sklearn.exceptions import ConvergenceWarning

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # as said above
            return self.estimator.fit(X, y)
