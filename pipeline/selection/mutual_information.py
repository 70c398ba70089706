"""Mutual information of each column with the target.

Sources
-------
``sklearn.feature_selection.mutual_info_classif`` and ``mutual_info_regression`` (Kraskov et al. 2004, Ross 2014). The
bias of its plug-in estimate: Miller, "Note on the bias of information estimates", 1955.
"""

from __future__ import annotations

import numpy as np

from pipeline.selection import Judged

DISCRETE_VALUES = 20


def measure(judged: Judged) -> np.ndarray:
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
    estimate = mutual_info_regression if judged.task == "regression" else mutual_info_classif
    with parallel_config("threading"):
        found = estimate(X, judged.y, discrete_features=levels > 0, random_state=judged.seed, n_jobs=judged.threads)
    if judged.task != "regression":
        classes = len(np.unique(judged.y))
        found = found - np.maximum(levels - 1, 0) * (classes - 1) / (2 * len(judged.y))
    return np.maximum(found, 0.0)
