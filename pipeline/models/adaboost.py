"""AdaBoost over small trees: SAMME for classes, AdaBoost.R2 for values.

Sources: Zhu, Zou, Rosset, Hastie (2009), Multi-class AdaBoost; Drucker (1997), Improving regressors using boosting
techniques; Friedman, Hastie, Tibshirani (2000), Additive logistic regression, for the link from votes to probabilities.
Two settings go by the objective where they are null: ``max_depth`` is 2 for classes and 12 for values, whose trees are
combined by their median and must be good on their own; ``max_features`` is all for classes and 0.3 for values.
``max_rows``: from a larger table, a sample of so many rows is fitted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.models import Model, Range, Rows, Setting, Wants, fit_plainly, for_classes
from pipeline.models._columns import matrix, shares, spread
from pipeline.models._rows import sampled

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def _build(setting: Setting) -> Any:
    from sklearn.ensemble import AdaBoostClassifier, AdaBoostRegressor
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    params = dict(setting.params)
    values = setting.objective == "regression"
    grown = {name: params.pop(name) for name in ("max_depth", "min_samples_leaf", "max_features")}
    grown["max_depth"] = grown["max_depth"] or (12 if values else 2)
    grown["max_features"] = grown["max_features"] or (0.3 if values else None)
    max_rows = params.pop("max_rows")
    tree = (DecisionTreeRegressor if values else DecisionTreeClassifier)(**grown)
    estimator = (AdaBoostRegressor if values else AdaBoostClassifier)(tree, **params, random_state=setting.seed)
    estimator.max_rows_ = max_rows
    return for_classes(estimator, setting)


def _fit(estimator: Any, training: Rows, stopping: Rows | None) -> None:
    fit_plainly(estimator, sampled(training, estimator.max_rows_, estimator.random_state), None)


def _predict(estimator: Any, X: pd.DataFrame) -> np.ndarray:
    """Values, or the probabilities that an additive logistic model of the same trees gives.

    scikit-learn divides the votes by their weights' sum, which puts every probability near one over the classes; the
    votes themselves are the log odds that the boosting built up.
    """
    import numpy as np
    from scipy.special import softmax

    if not hasattr(estimator, "classes_"):
        return estimator.predict(matrix(X))
    votes = estimator.decision_function(matrix(X)) * estimator.estimator_weights_.sum()
    if votes.ndim == 1:
        votes = np.column_stack([-votes, votes]) / 4  # both columns' votes are in it
    else:
        votes = votes * (len(estimator.classes_) - 1) / len(estimator.classes_)
    return spread(softmax(votes, axis=1), estimator.classes_, estimator.told_classes_)


def _describe(estimator: Any) -> dict[str, Any]:
    return {"rounds": len(estimator.estimators_), "most_rows": estimator.max_rows_, "device": "cpu"}


MODEL = Model(
    build=_build,
    defaults={
        "n_estimators": 200,
        "learning_rate": 0.1,
        "max_depth": None,
        "min_samples_leaf": 2,
        "max_features": None,
        "max_rows": 20_000,
    },
    space={
        "n_estimators": Range(50, 500, log=True, integer=True),
        "learning_rate": Range(0.02, 1.0, log=True),
        "max_depth": Range(1, 12, integer=True),
        "min_samples_leaf": Range(1, 20, log=True, integer=True),
    },
    portfolio=(
        {},
        {"max_features": 0.5, "min_samples_leaf": 10, "learning_rate": 0.05},
        {"max_features": 0.2, "min_samples_leaf": 1, "learning_rate": 0.2},
    ),
    wants=Wants(scale="none", missing=False, categories="onehot"),
    libraries=("scikit-learn",),
    words=("max_features",),
    code=("models/_rows.py",),
    fit=_fit,
    predict=_predict,
    importance=lambda estimator, columns: shares(columns, estimator.feature_importances_),
    describe=_describe,
)
