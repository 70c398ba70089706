"""Histogram gradient boosting of scikit-learn, stopped on the rows held back for it.

Source: Friedman (2001), Greedy function approximation; Ke et al. (2017), LightGBM, which the implementation follows.

Two settings go by the rows where they are null, on straight lines in the logarithms from 30,000 to a million:
``learning_rate`` from 0.05 to 0.1, ``max_leaf_nodes`` from 15 to 63.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.models import Curve, Model, Range, Rows, Setting, Wants
from pipeline.models._columns import directions, matrix, shares, spread
from pipeline.models._sizes import by_size
from pipeline.models._skops import restore_by_skops, save_by_skops

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    import pandas as pd

_MOST_LEVELS = 255
_BY_ROWS: dict[str, dict[int, float]] = {
    "learning_rate": {30_000: 0.05, 1_000_000: 0.1},
    "max_leaf_nodes": {30_000: 15, 1_000_000: 63},
}


@dataclass
class Boosting:
    """The estimator, and which columns it takes as categories: those of few enough levels for a histogram."""

    estimator: Any
    classes: int
    threads: int = 1
    order: list[int] = field(default_factory=list)
    categories: int = 0
    monotone: Mapping[str, str] | None = None


def _build(setting: Setting) -> Boosting:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingRegressor if setting.objective == "regression" else HistGradientBoostingClassifier
    params = dict(setting.params)
    monotone = params.pop("monotone", None)
    rounds, patience = params.pop("n_estimators"), params.pop("early_stopping_rounds") or 1
    estimator = kind(**params, max_iter=rounds, n_iter_no_change=patience, tol=0.0, random_state=setting.seed)
    return Boosting(estimator, setting.classes, setting.threads, monotone=monotone)


def _fit(model: Boosting, training: Rows, stopping: Rows | None) -> None:
    from threadpoolctl import threadpool_limits

    model.order, model.categories = _arrange(training.X)
    mask = [position < model.categories for position in range(len(model.order))]
    model.estimator.set_params(categorical_features=mask, early_stopping=stopping is not None)
    nulls = {name: getattr(model.estimator, name) for name in _BY_ROWS}
    model.estimator.set_params(**by_size(nulls, _BY_ROWS, len(training.y)))
    signs = directions(model.monotone, training.X.columns[model.order])
    model.estimator.set_params(monotonic_cst=signs if any(signs) else None)
    held = {} if stopping is None else _held(model, training, stopping)
    X, y, weight = _matrix(model, training.X), training.y, training.weight
    del training, stopping  # scikit-learn makes copies enough
    with threadpool_limits(limits=model.threads, user_api="openmp"):
        model.estimator.fit(X, y, sample_weight=weight, **held)


def _held(model: Boosting, training: Rows, stopping: Rows) -> dict[str, Any]:
    """The stopping rows as scikit-learn takes them: none of a class that the training rows lack."""
    import numpy as np

    known = np.isin(stopping.y, training.y) if model.classes else np.ones(len(stopping.y), dtype=bool)
    weights = {} if stopping.weight is None else {"sample_weight_val": stopping.weight[known]}
    if training.weight is None:
        weights = {}  # scikit-learn refuses weights on one side only
    elif not weights:
        weights = {"sample_weight_val": np.ones(known.sum())}
    return {"X_val": _matrix(model, stopping.X[known]), "y_val": stopping.y[known], **weights}


def _arrange(X: pd.DataFrame) -> tuple[list[int], int]:
    """The columns' positions with the categories first, and how many those are; wide categories count as numbers."""
    import pandas as pd

    narrow = [isinstance(t, pd.CategoricalDtype) and len(t.categories) <= _MOST_LEVELS for t in X.dtypes]
    first = [position for position, yes in enumerate(narrow) if yes]
    return first + [position for position, yes in enumerate(narrow) if not yes], len(first)


def _matrix(model: Boosting, X: pd.DataFrame) -> np.ndarray:
    return matrix(X.iloc[:, model.order])


def _predict(model: Boosting, X: pd.DataFrame) -> np.ndarray:
    from threadpoolctl import threadpool_limits

    rows = _matrix(model, X)
    with threadpool_limits(limits=model.threads, user_api="openmp"):
        if model.classes == 0:
            return model.estimator.predict(rows)
        return spread(model.estimator.predict_proba(rows), model.estimator.classes_, model.classes)


def _save(model: Boosting, path: Path) -> None:
    parts = {"classes": model.classes, "order": model.order, "categories": model.categories}
    save_by_skops({"estimator": model.estimator, **parts}, path)


def _restore(path: Path) -> Boosting:
    return Boosting(**restore_by_skops(path))


def _importance(model: Boosting, columns: list[str]) -> dict[str, float]:
    """The gain of all splits by column."""
    import numpy as np

    gain = np.zeros(len(columns))
    for one_round in model.estimator._predictors:
        for tree in one_round:
            splits = tree.nodes[tree.nodes["is_leaf"] == 0]
            np.add.at(gain, np.asarray(model.order)[splits["feature_idx"]], splits["gain"])
    return shares(columns, gain)


def _describe(model: Boosting) -> dict[str, Any]:
    return {"rounds": int(model.estimator.n_iter_), "device": "cpu"}


def _curve(model: Boosting) -> Curve | None:
    """The loss on the stopping rows, without the start's; scikit-learn keeps it as a score, the greater the better."""
    scores = model.estimator.validation_score_[1:]
    return Curve(model.estimator.loss, [-score for score in scores]) if len(scores) else None


MODEL = Model(
    build=_build,
    defaults={
        "n_estimators": 1000,
        "early_stopping_rounds": 50,
        "learning_rate": None,
        "max_leaf_nodes": None,
        "max_depth": None,
        "min_samples_leaf": 20,
        "l2_regularization": 1.0,
        "max_features": 0.5,
    },
    space={
        "learning_rate": Range(0.01, 0.2, log=True),
        "max_leaf_nodes": Range(4, 255, log=True, integer=True, per_row=0.05),
        "min_samples_leaf": Range(2, 200, log=True, integer=True, per_row=0.05),
        "l2_regularization": Range(0.01, 100.0, log=True),
        "max_features": Range(0.1, 1.0, least_columns=3),
    },
    portfolio=(
        {},
        {"max_leaf_nodes": 31, "min_samples_leaf": 40, "max_features": 0.3},
        {"max_leaf_nodes": 6, "min_samples_leaf": 10, "l2_regularization": 10.0},
        {"max_leaf_nodes": 63, "max_depth": 8, "min_samples_leaf": 5, "max_features": 0.2, "l2_regularization": 30.0},
    ),
    by_class=True,
    wants=Wants(scale="none", missing=True, categories="codes"),
    libraries=("scikit-learn",),
    stops_early=True,
    oversample=False,
    side_by_side=False,
    code=("models/_sizes.py",),
    also=("monotone", "loss", "max_bins", "quantile"),
    fit=_fit,
    predict=_predict,
    save=_save,
    restore=_restore,
    importance=_importance,
    describe=_describe,
    curve=_curve,
)
