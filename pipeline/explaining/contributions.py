"""Contributions: what each column added to a row's raw prediction, exactly, by the boosted trees' own TreeSHAP.

Source: Lundberg et al. (2020), From local explanations to global understanding with explainable AI for trees, Nature
Machine Intelligence; each library brings its own implementation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from pipeline.fitting.foldmodel import FoldModel
from pipeline.models._columns import coded


def contributions(model: FoldModel, X: pd.DataFrame) -> np.ndarray:
    """What each column added to each row's raw prediction, averaged over the repeats.

    Parameters
    ----------
    model : FoldModel
        Of one of ``EXPLAINED``.
    X : DataFrame of shape (n, columns)
        Rows as the fold's preprocessor makes them.

    Returns
    -------
    float64 array of shape (n, outputs, columns + 1)
        The last column holds what is predicted where nothing is known; a row's sum is its raw prediction: the log odds
        for two classes, a score a class for more, the value (on the scale that was fitted) for a regression.
    """
    parts = [EXPLAINED[model.spec.model](estimator, X) for estimator in model.estimators]
    mean: np.ndarray = np.mean([part.reshape(len(X), -1, X.shape[1] + 1) for part in parts], axis=0)
    return mean


def _by_lightgbm(model: Any, X: pd.DataFrame) -> np.ndarray:
    plain = X.set_axis([f"f{position}" for position in range(X.shape[1])], axis=1)
    return np.asarray(model.booster.predict(plain, pred_contrib=True, num_threads=1), dtype=np.float64)


def _by_xgboost(model: Any, X: pd.DataFrame) -> np.ndarray:
    import xgboost

    types = ["q" if known is None else "c" for known in model.levels]
    matrix = xgboost.DMatrix(coded(X, model.levels), feature_types=types, enable_categorical=True, nthread=1)
    return np.asarray(model.booster.predict(matrix, pred_contribs=True), dtype=np.float64)


def _by_catboost(model: Any, X: pd.DataFrame) -> np.ndarray:
    import catboost

    names = [str(name) for name, dtype in X.dtypes.items() if isinstance(dtype, pd.CategoricalDtype)]
    gaps = {name: X[name].cat.add_categories([-1]).fillna(-1) for name in names if X[name].hasnans}
    pool = catboost.Pool(X.assign(**gaps), cat_features=names)
    values = model.trees.get_feature_importance(pool, type="ShapValues", thread_count=1)
    return np.asarray(values, dtype=np.float64)


EXPLAINED: dict[str, Callable[[Any, pd.DataFrame], np.ndarray]] = {
    "lightgbm": _by_lightgbm,
    "xgboost": _by_xgboost,
    "catboost": _by_catboost,
}
