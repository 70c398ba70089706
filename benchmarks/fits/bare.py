"""The bare libraries: what a fit costs that is called directly, with the family's settings.

Libraries that take the table as it is get the very rows that Podium's card gets, ready for them. The others cannot do
with missing values or categories: scikit-learn's own imputing, scaling and encoding is then a part of what they cost,
as Podium's is of its own, and they get the features of the fold's rows, the categories as codes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin

from pipeline.models import Setting


@dataclass(frozen=True)
class Data:
    """Rows that are ready: ``X`` as the library takes it, and class codes ``y`` of shape (n,)."""

    X: Any
    y: np.ndarray


@dataclass(frozen=True)
class Bare:
    """One library.

    Parameters
    ----------
    ready : callable
        ``ready(frame)`` is what the library takes; its seconds do not count.
    fit, predict : callable
        ``fit(setting, training, stopping)`` and ``predict(fitted, X)``: the library's own calls.
    prepares : bool
        Whether ``fit`` begins with the features; else the frames are as the card gets them.
    """

    ready: Callable[[pd.DataFrame], Any]
    fit: Callable[[Setting, Data, Data | None], Any]
    predict: Callable[[Any, Any], Any] = lambda fitted, X: fitted.predict_proba(X)
    prepares: bool = False


def _as_it_is(X: pd.DataFrame) -> pd.DataFrame:
    return X


def _codes(X: pd.DataFrame) -> pd.DataFrame:
    return X.assign(**{name: X[name].cat.codes for name in _categories(X)})


def _categories(X: pd.DataFrame) -> list[str]:
    return [str(name) for name, dtype in X.dtypes.items() if isinstance(dtype, pd.CategoricalDtype)]


def _prepared(estimator: Any, X: pd.DataFrame, fill: bool = False, scale: bool = False, encoder: Any = None) -> Any:
    """The estimator after scikit-learn's own preparation of the float columns and of the codes."""
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [name for name, dtype in X.dtypes.items() if dtype == np.float32]
    steps = [*([SimpleImputer(strategy="median")] if fill else []), *([StandardScaler()] if scale else [])]
    encoder = encoder or OneHotEncoder(sparse_output=False, dtype=np.float32)
    columns = make_column_transformer(
        (make_pipeline(*steps) if steps else "passthrough", numbers),
        (encoder, [name for name in X.columns if name not in numbers]),
    )
    return make_pipeline(columns, estimator)


def _engine(setting: Setting) -> tuple[dict[str, Any], int, int]:
    """The settings without those of the rounds, the rounds, and the patience."""
    params = dict(setting.params)
    return params, params.pop("n_estimators"), params.pop("early_stopping_rounds")


def _xgboost(setting: Setting, training: Data, stopping: Data | None) -> Any:
    import xgboost

    params, rounds, patience = _engine(setting)
    estimator = xgboost.XGBClassifier(
        n_estimators=rounds,
        early_stopping_rounds=patience,
        enable_categorical=True,
        tree_method="hist",
        n_jobs=setting.threads,
        random_state=setting.seed,
        **params,
    )
    assert stopping is not None
    return estimator.fit(training.X, training.y, eval_set=[(stopping.X, stopping.y)], verbose=False)


def _lightgbm(setting: Setting, training: Data, stopping: Data | None) -> Any:
    import lightgbm

    params, rounds, patience = _engine(setting)
    estimator = lightgbm.LGBMClassifier(
        n_estimators=rounds,
        n_jobs=setting.threads,
        random_state=setting.seed,
        verbosity=-1,
        deterministic=True,
        force_row_wise=True,
        **params,
    )
    assert stopping is not None
    calls = [lightgbm.early_stopping(patience, verbose=False)]
    return estimator.fit(training.X, training.y, eval_set=[(stopping.X, stopping.y)], callbacks=calls)


def _catboost(setting: Setting, training: Data, stopping: Data | None) -> Any:
    import catboost

    params, rounds, patience = _engine(setting)
    estimator = catboost.CatBoostClassifier(
        iterations=rounds,
        early_stopping_rounds=patience,
        cat_features=_categories(training.X),
        bootstrap_type="Bernoulli",
        boost_from_average=True,
        random_seed=setting.seed,
        thread_count=setting.threads,
        allow_writing_files=False,
        logging_level="Silent",
        **params,
    )
    assert stopping is not None
    return estimator.fit(training.X, training.y, eval_set=(stopping.X, stopping.y), use_best_model=True)


def _gbdt(setting: Setting, training: Data, stopping: Data | None) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    params, rounds, patience = _engine(setting)
    estimator = HistGradientBoostingClassifier(
        **params,
        max_iter=rounds,
        n_iter_no_change=patience,
        early_stopping=True,
        tol=0.0,
        random_state=setting.seed,
        categorical_features="from_dtype",
    )
    assert stopping is not None
    return estimator.fit(training.X, training.y, X_val=stopping.X, y_val=stopping.y)


def _forest(kind: str) -> Callable[[Setting, Data, Data | None], Any]:
    def fit(setting: Setting, training: Data, stopping: Data | None) -> Any:
        import sklearn.ensemble
        from sklearn.preprocessing import TargetEncoder

        params = dict(setting.params)
        bag, columns = params.pop("bag_rows"), params.pop("max_features") or "sqrt"
        bagged = {"bootstrap": True, "max_samples": bag} if len(training.y) > bag else {}
        estimator = getattr(sklearn.ensemble, kind)(
            **params, **bagged, max_features=columns, n_jobs=setting.threads, random_state=setting.seed
        )
        encoder = TargetEncoder(smooth=10.0) if kind.startswith("Extra") else None
        return _prepared(estimator, training.X, encoder=encoder).fit(training.X, training.y)

    return fit


def _balanced_forest(setting: Setting, training: Data, stopping: Data | None) -> Any:
    from imblearn.ensemble import BalancedRandomForestClassifier

    estimator = BalancedRandomForestClassifier(
        **setting.params,
        sampling_strategy="all",
        replacement=True,
        bootstrap=False,
        n_jobs=setting.threads,
        random_state=setting.seed,
    )
    return _prepared(estimator, training.X).fit(training.X, training.y)


def _adaboost(setting: Setting, training: Data, stopping: Data | None) -> Any:
    from sklearn.ensemble import AdaBoostClassifier
    from sklearn.tree import DecisionTreeClassifier

    params = setting.params
    tree = DecisionTreeClassifier(max_depth=2, min_samples_leaf=params["min_samples_leaf"])
    boosted = {name: params[name] for name in ("n_estimators", "learning_rate")}
    estimator = AdaBoostClassifier(tree, **boosted, random_state=setting.seed)
    return _prepared(estimator, training.X, fill=True).fit(training.X, training.y)


def _linear(setting: Setting, training: Data, stopping: Data | None) -> Any:
    from sklearn.linear_model import LogisticRegression

    estimator = LogisticRegression(C=setting.params["C"], max_iter=setting.params["max_iter"])
    return _prepared(estimator, training.X, fill=True, scale=True).fit(training.X, training.y)


class _Neighbours(ClassifierMixin, BaseEstimator):
    """scikit-learn's neighbours, in the metric of a small forest's importance."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def fit(self, X: np.ndarray, y: np.ndarray) -> _Neighbours:
        """Fit the forest on 20,000 rows, and index all of them."""
        from sklearn.ensemble import ExtraTreesClassifier
        from sklearn.neighbors import KNeighborsClassifier

        own = self.setting
        drawn = np.random.default_rng(own.seed).permutation(len(y))[:20_000]
        forest = ExtraTreesClassifier(60, min_samples_leaf=5, random_state=own.seed, n_jobs=own.threads)
        worth = forest.fit(X[drawn], y[drawn]).feature_importances_
        self.classes_ = np.unique(y)
        self.stretch = np.sqrt(worth / worth.max()).astype(np.float32)
        searched = KNeighborsClassifier(own.params["n_neighbors"], algorithm="brute", n_jobs=own.threads)
        self.searched = searched.fit(X * self.stretch, y)
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """The shares of the nearest rows' classes."""
        return self.searched.predict_proba(X * self.stretch)


def _knn(setting: Setting, training: Data, stopping: Data | None) -> Any:
    return _prepared(_Neighbours(setting), training.X, fill=True, scale=True).fit(training.X, training.y)


def _svm(setting: Setting, training: Data, stopping: Data | None) -> Any:
    """Nyström's columns and a logistic regression on them."""
    from sklearn.kernel_approximation import Nystroem
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    gamma = setting.params["width"] / (4 * training.X.shape[1])
    basis = Nystroem(gamma=gamma, n_components=setting.params["components"], random_state=setting.seed)
    estimator = make_pipeline(basis, LogisticRegression(C=4 * setting.params["C"], max_iter=1000))
    return _prepared(estimator, training.X, fill=True, scale=True).fit(training.X, training.y)


def bare(family: str) -> Bare:
    """A family's library."""
    if family in ("mlp", "tabm"):
        from benchmarks.fits.bare_nets import NET

        return NET
    return _LIBRARIES[family]


_LIBRARIES = {
    "xgboost": Bare(_as_it_is, _xgboost),
    "lightgbm": Bare(_as_it_is, _lightgbm),
    "catboost": Bare(_as_it_is, _catboost),
    "gbdt": Bare(_as_it_is, _gbdt),
    "random_forest": Bare(_codes, _forest("RandomForestClassifier"), prepares=True),
    "extra_trees": Bare(_codes, _forest("ExtraTreesClassifier"), prepares=True),
    "balanced_forest": Bare(_codes, _balanced_forest, prepares=True),
    "adaboost": Bare(_codes, _adaboost, prepares=True),
    "linear": Bare(_codes, _linear, prepares=True),
    "knn": Bare(_codes, _knn, prepares=True),
    "svm": Bare(_codes, _svm, prepares=True),
}
