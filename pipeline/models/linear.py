"""Linear models: logistic regression for classes, ridge regression for values, or elastic nets of both.

One strength serves both: ``C`` is the weight of the rows' losses against the penalty, on a target of unit variance.
Where it is null, it is chosen within the rows to fit on, up to 20,000 of them: by leave-one-out for a ridge regression
and by five folds for a logistic one; it is 1 for larger tables and elastic nets. Synthetic rows have no say in it: a
copy of a row that is left out would give its class away. An elastic net penalises every column, 0/1 columns of levels
too, at unit variance, as glmnet does.

Sources: Hoerl, Kennard (1970), Ridge regression; Zou, Hastie (2005), Regularization and variable selection via the
elastic net.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.models import Model, Range, Rows, Setting, Wants
from pipeline.models._columns import matrix, shares, spread
from pipeline.models._skops import restore_by_skops, save_by_skops

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

_GRID = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
_SEARCHED_ROWS = 20_000
_FOLDS = 5


@dataclass
class Linear:
    """What is fitted: scikit-learn's estimator, on a target of zero mean and unit variance where that is a value."""

    classes: int
    setting: Setting | None = None
    estimator: Any = None
    mean: float = 0.0
    scale: float = 1.0


def _fit(model: Linear, training: Rows, stopping: Rows | None) -> None:
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    if model.setting is None:
        raise TypeError("a restored model is for predicting only")
    rows, made = _standardised(model, training), training.made
    del training  # a large frame need not stand beside its matrix
    with threadpool_limits(limits=model.setting.threads), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # max_iter is declared, and describe tells the iterations
        strength = model.setting.params["C"] or _search(model.setting, _real(rows, made))
        model.estimator = _estimator(model.setting, strength, len(rows[1]))
        if model.setting.params["l1_ratio"] == 0:
            model.estimator.fit(rows[0], rows[1], sample_weight=rows[2])
            return
        spreads = _spreads(rows[0])
        model.estimator.fit(rows[0] / spreads, rows[1], sample_weight=rows[2])
        model.estimator.coef_ = model.estimator.coef_ / spreads


def _real(
    rows: tuple[np.ndarray, np.ndarray, np.ndarray | None], made: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """The rows without the synthetic ones, which come last."""
    X, y, weight = rows
    real = len(y) - made
    return X[:real], y[:real], None if weight is None else weight[:real]


def _spreads(X: np.ndarray) -> np.ndarray:
    """Each column's deviation, 1 for a constant: else an L1 penalty would shut a rare level out for its rarity."""
    spreads: np.ndarray = X.std(axis=0)
    return spreads + (spreads == 0)


def _standardised(model: Linear, rows: Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Matrix, target and weights; a value's mean and deviation are kept in the model and taken off."""
    import numpy as np

    y = rows.y
    if model.classes == 0:
        model.mean = float(np.average(y, weights=rows.weight))
        model.scale = float(np.sqrt(np.average((y - model.mean) ** 2, weights=rows.weight))) or 1.0
        y = (y - model.mean) / model.scale
    return matrix(rows.X, "float64"), y, rows.weight


def _search(setting: Setting, rows: tuple[np.ndarray, np.ndarray, np.ndarray | None]) -> float:
    """The strength of least loss on rows left out, or 1 where the search is not worth its time."""
    import numpy as np
    from sklearn.linear_model import LogisticRegressionCV, RidgeCV
    from sklearn.model_selection import StratifiedKFold

    X, y, weight = rows
    if setting.params["l1_ratio"] > 0 or len(y) > _SEARCHED_ROWS:
        return 1.0
    if setting.objective == "regression":
        ridge = RidgeCV(alphas=[1 / value for value in _GRID]).fit(X, y, sample_weight=weight)
        return 1 / float(ridge.alpha_)
    if np.unique(y, return_counts=True)[1].min() < _FOLDS:
        return 1.0
    search = LogisticRegressionCV(
        Cs=list(_GRID),
        l1_ratios=(0.0,),
        cv=StratifiedKFold(_FOLDS, shuffle=True, random_state=setting.seed),
        scoring="neg_log_loss",
        max_iter=setting.params["max_iter"],
        use_legacy_attributes=False,
    )
    return float(search.fit(X, y, sample_weight=weight).C_)


def _estimator(setting: Setting, strength: float, rows: int) -> Any:
    from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge

    mix, most = setting.params["l1_ratio"], setting.params["max_iter"]
    if setting.objective != "regression":
        # SAGA's last digits cost minutes on a thousand columns, and move no prediction.
        own: dict[str, Any] = {"solver": "saga", "tol": 1e-3} if mix > 0 else {"solver": "lbfgs"}
        if mix == 1 and setting.classes == 2:
            # Many times as fast; it penalises the intercept too, of which so large a scale leaves nothing.
            own = {"solver": "liblinear", "intercept_scaling": 100.0}
        return LogisticRegression(C=strength, l1_ratio=mix, max_iter=most, random_state=setting.seed, **own)
    if mix > 0:
        return ElasticNet(alpha=1 / (strength * rows), l1_ratio=mix, max_iter=most, random_state=setting.seed)
    return Ridge(alpha=1 / strength)


def _predict(model: Linear, X: pd.DataFrame) -> np.ndarray:
    if model.classes == 0:
        return model.estimator.predict(matrix(X, "float64")) * model.scale + model.mean
    return spread(model.estimator.predict_proba(matrix(X, "float64")), model.estimator.classes_, model.classes)


def _save(model: Linear, path: Path) -> None:
    parts = {"classes": model.classes, "mean": model.mean, "scale": model.scale}
    save_by_skops({"estimator": model.estimator, **parts}, path)


def _restore(path: Path) -> Linear:
    return Linear(**restore_by_skops(path))


def _importance(model: Linear, columns: list[str]) -> dict[str, float]:
    """The coefficients' absolute values, summed over the classes."""
    import numpy as np

    return shares(columns, np.abs(np.atleast_2d(model.estimator.coef_)).sum(axis=0))


def _describe(model: Linear) -> dict[str, Any]:
    """The strength that was fitted with, and the solver's iterations where it counts them."""
    import numpy as np

    estimator = model.estimator
    strength = estimator.C if hasattr(estimator, "C") else 1 / estimator.alpha
    iterations = getattr(estimator, "n_iter_", None)
    counted = {} if iterations is None else {"iterations": int(np.max(iterations))}
    return {"C": float(f"{strength:.6g}"), **counted, "device": "cpu"}


MODEL = Model(
    build=lambda setting: Linear(setting.classes, setting),
    defaults={"C": None, "l1_ratio": 0.0, "max_iter": 5000},
    space={"C": Range(1e-4, 100.0, log=True)},
    portfolio=(
        {},
        {"l1_ratio": 1.0, "C": 0.1},
        {"l1_ratio": 0.0, "C": 0.01},
        {"l1_ratio": 1.0, "C": 0.03},
    ),
    share=0.5,
    wants=Wants(scale="standard", missing=False, categories="onehot"),
    libraries=("scikit-learn",),
    side_by_side=False,
    fit=_fit,
    predict=_predict,
    save=_save,
    restore=_restore,
    importance=_importance,
    describe=_describe,
)
