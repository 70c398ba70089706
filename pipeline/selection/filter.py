"""Filter: near-constant columns go, then doubles, then those that tell least about the target.

Sources
-------
Mutual information: ``sklearn.feature_selection.mutual_info_classif`` and ``mutual_info_regression`` (Kraskov et al.
2004, Ross 2014). The bias of its plug-in estimate: Miller, "Note on the bias of information estimates", 1955.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.declaration.select import Select
from pipeline.folds import spread_sample
from pipeline.selection import Judged, Verdict, best, how_many

MOST_ROWS = 20_000
CONSTANT_SHARE = 0.9995
DISCRETE_VALUES = 20


def choose(judged: Judged, section: Select) -> Verdict:
    """Variance, then correlation, then mutual information.

    Returns
    -------
    Verdict
        The score is the mutual information with the target in nats, 0 for near-constant columns.
    """
    if len(judged.y) > MOST_ROWS:
        drawn = spread_sample(judged.y, MOST_ROWS, np.random.default_rng(judged.seed))
        judged = replace(judged, X=judged.X[drawn], y=judged.y[drawn])
    left = ~near_constant(judged.X)
    score = np.zeros(judged.X.shape[1])
    if left.any():
        score[left] = mutual_information(replace(judged, X=judged.X[:, left], categorical=judged.categorical[left]))
    left &= ~doubles(judged.X, left & ~judged.categorical, score, section.correlation_above)
    count = how_many(section.keep, len(score))
    chosen = best(np.where(left, score, -np.inf), min(count, int(left.sum()) or 1))
    return Verdict(score, chosen)


def near_constant(X: np.ndarray) -> np.ndarray:
    """Mark columns of which one value, or being missing, makes up more than 99.95 % of the rows."""
    most = [np.unique(column, return_counts=True)[1].max() for column in X.T]
    return np.array(most) > CONSTANT_SHARE * len(X)


def mutual_information(judged: Judged) -> np.ndarray:
    """Each column's mutual information with the target in nats; missing values are a value of their own or the median.

    Codes, and numbers of at most 20 different values, are taken as discrete. Against classes their plug-in estimate
    grows with the number of levels, by (levels - 1)(classes - 1) / 2n under independence, and that much is taken off.
    """
    from joblib import parallel_config
    from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

    X, levels = np.empty(judged.X.shape, dtype=np.float64), np.zeros(judged.X.shape[1], dtype=np.int64)
    for position, column in enumerate(judged.X.T):
        values, codes = np.unique(column, return_inverse=True)
        if judged.categorical[position] or len(values) <= DISCRETE_VALUES:
            X[:, position], levels[position] = codes, len(values)
        else:
            X[:, position] = np.where(np.isnan(column), np.nanmedian(column), column)
    measure = mutual_info_regression if judged.task == "regression" else mutual_info_classif
    with parallel_config("threading"):
        found = measure(X, judged.y, discrete_features=levels > 0, random_state=judged.seed, n_jobs=judged.threads)
    if judged.task != "regression":
        classes = len(np.unique(judged.y))
        found = found - np.maximum(levels - 1, 0) * (classes - 1) / (2 * len(judged.y))
    return np.maximum(found, 0.0)


def doubles(X: np.ndarray, numeric: np.ndarray, score: np.ndarray, above: float) -> np.ndarray:
    """Mark numeric columns whose correlation with a better one is above the limit, in size."""
    marked = np.zeros(X.shape[1], dtype=bool)
    positions = np.flatnonzero(numeric)
    if len(positions) < 2:
        return marked
    columns = X[:, positions].astype(np.float64)
    columns = np.where(np.isnan(columns), np.nanmedian(columns, axis=0), columns)
    constant = np.ptp(columns, axis=0) == 0
    positions, columns = positions[~constant], columns[:, ~constant]
    correlation = np.abs(np.corrcoef(columns, rowvar=False)).reshape(len(positions), len(positions))
    kept: list[int] = []
    for candidate in np.argsort(-score[positions], kind="stable"):
        if (correlation[candidate, kept] > above).any():
            marked[positions[candidate]] = True
        else:
            kept.append(int(candidate))
    return marked
