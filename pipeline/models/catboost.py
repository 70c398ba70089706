"""CatBoost: gradient boosting over symmetric trees, with ordered statistics of the target for its categories.

Source: Prokhorenkova et al. (2018), CatBoost: unbiased boosting with categorical features, NeurIPS.

Three settings go by the table where they are null. ``learning_rate`` is 0.03 up to 1,000 rows, 0.05 at 10,000, 0.08 at
100,000 and 0.12 from a million, because many rows need more rounds than time allows. ``rsm``, the share of columns that
a split may choose from, is all of them up to 30 and falls to 0.2 at 1,000. ``max_ctr_complexity``, how many categories
may be crossed in one statistic, is 2, but 1 beyond eight categorical columns, whose pairs would cost more than they
bring. Categories come as codes, so that missing values and unseen levels share one level of their own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PodiumError
from pipeline.models import Curve, Model, Range, Rows, Setting, Wants
from pipeline.models._columns import directions, shares, spread
from pipeline.models._sizes import along

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

_LOSSES = {"binary": "Logloss", "multiclass": "MultiClass", "regression": "RMSE"}
_RATES = {1_000: 0.03, 10_000: 0.05, 100_000: 0.08, 1_000_000: 0.12}
_COLUMNS = {30: 1.0, 1_000: 0.2}
_CROSSED = 8
_LOG_LINKS = ("Poisson", "Tweedie")
_VOLATILE = ("model_guid", "train_finish_time")


@dataclass
class Boosting:
    """What is fitted: the trees up to the best round, and what a restored model needs besides them.

    ``about`` holds the objective, the number of classes and which of them the fitted rows had, the threads, and the
    learning rate.
    """

    setting: Setting | None = None
    trees: Any = None
    about: dict[str, Any] = field(default_factory=dict)
    curve: Curve | None = None


def _build(setting: Setting) -> Boosting:
    import_module("catboost")  # here, in the main thread
    return Boosting(setting)


def _params(setting: Setting, X: pd.DataFrame, stops: bool) -> dict[str, Any]:
    """CatBoost's parameters: the settings, those that go by the table, and what makes a fit silent and repeatable."""
    own = dict(setting.params)
    rounds, patience = own.pop("n_estimators"), own.pop("early_stopping_rounds")
    by_table = {
        "learning_rate": along(len(X), _RATES),
        "rsm": along(X.shape[1], _COLUMNS),
        "max_ctr_complexity": 2 if len(_categories(X)) <= _CROSSED else 1,
    }
    own |= {name: value for name, value in by_table.items() if own[name] is None}
    own = {name: value for name, value in own.items() if value is not None}
    signs = directions(own.pop("monotone", None), X.columns)
    own |= {"monotone_constraints": signs} if any(signs) else {}
    stopping = {"early_stopping_rounds": patience, "use_best_model": True} if stops else {}
    return {
        "loss_function": _LOSSES[setting.objective],
        "bootstrap_type": "Bernoulli",
        **({"boost_from_average": True} if setting.objective == "binary" else {}),
        **own,
        **stopping,
        "iterations": rounds,
        "random_seed": setting.seed,
        "thread_count": setting.threads,
        "allow_writing_files": False,
        "logging_level": "Silent",
    }


def _fit(model: Boosting, training: Rows, stopping: Rows | None) -> None:
    import catboost
    import numpy as np

    if model.setting is None:
        raise TypeError("a restored model is for predicting only")
    setting, params = model.setting, _params(model.setting, training.X, stopping is not None)
    seen = np.unique(training.y).astype(int) if setting.classes else np.empty(0, dtype=int)
    start = _log_shares(training, seen) if setting.objective == "multiclass" else None
    held = None if stopping is None else _pool(setting, _of_classes(stopping, seen), seen, start)
    pool = _pool(setting, training, seen, start)
    del training, stopping  # a large frame need not stand beside its pool
    try:
        trees = catboost.train(pool, params, eval_set=held)
    except catboost.CatBoostError as error:
        said = str(error).splitlines()[0]
        raise PodiumError(
            "", "models.catboost", "cannot be fitted", got=said, step="Change its settings, or take it out of models"
        ) from error
    if start is not None:
        trees.set_scale_and_bias(1.0, start.tolist())
    known = {"objective": setting.objective, "classes": setting.classes, "seen": seen.tolist()}
    model.about = {**known, "threads": setting.threads, "learning_rate": params["learning_rate"]}
    model.trees = trees
    model.curve = None if held is None else Curve(*list(trees.get_evals_result()["validation"].items())[-1])


def _log_shares(rows: Rows, seen: np.ndarray) -> np.ndarray:
    """Where the trees of several classes start, which CatBoost leaves at even odds: the logarithms of their shares."""
    import numpy as np

    counts = np.bincount(rows.y.astype(int), rows.weight)[seen]
    return np.log(counts / counts.sum())


def _of_classes(rows: Rows, seen: np.ndarray) -> Rows:
    """The rows of classes that the trees can tell; all of them where values are predicted."""
    import numpy as np

    known = np.isin(rows.y, seen)
    if not len(seen) or known.all():
        return rows
    return Rows(rows.X[known], rows.y[known], None if rows.weight is None else rows.weight[known])


def _pool(setting: Setting, rows: Rows, seen: np.ndarray, start: np.ndarray | None) -> Any:
    """Rows as CatBoost takes them, classes numbered without gaps, each row with the same raw start if there is one."""
    import catboost
    import numpy as np

    return catboost.Pool(
        _whole(rows.X),
        np.searchsorted(seen, rows.y) if len(seen) else rows.y,
        cat_features=_categories(rows.X),
        weight=rows.weight,
        baseline=None if start is None else np.tile(start, (len(rows.y), 1)),
        thread_count=setting.threads,
    )


def _whole(X: pd.DataFrame) -> pd.DataFrame:
    """The frame with a level of its own, -1, for what is missing in its categories: CatBoost wants whole ones."""
    names = X.columns[_categories(X)]
    gaps = {name: X[name].cat.add_categories([-1]).fillna(-1) for name in names if X[name].hasnans}
    return X.assign(**gaps) if gaps else X


def _categories(X: pd.DataFrame) -> list[int]:
    """The positions of the categorical columns."""
    import pandas as pd

    return [place for place, dtype in enumerate(X.dtypes) if isinstance(dtype, pd.CategoricalDtype)]


def _predict(model: Boosting, X: pd.DataFrame) -> np.ndarray:
    import numpy as np

    values, threads = model.about["objective"] == "regression", model.about["threads"]
    kind = "Probability" if not values else "Exponent" if _is_log_linked(model) else "RawFormulaVal"
    raw: np.ndarray = model.trees.predict(_whole(X), prediction_type=kind, thread_count=threads)
    if values:
        return raw
    return spread(raw / raw.sum(axis=1, keepdims=True), np.asarray(model.about["seen"]), model.about["classes"])


def _is_log_linked(model: Boosting) -> bool:
    """Whether the trees add up to the logarithm of the value."""
    loss: str = model.trees.get_all_params()["loss_function"]
    return loss.startswith(_LOG_LINKS)


def _save(model: Boosting, path: Path) -> None:
    """Store the trees in CatBoost's own format, with what ``restore`` needs in place of what differs by the run."""
    metadata = model.trees.get_metadata()
    metadata["podium"] = json.dumps(model.about)
    for name in _VOLATILE:
        metadata[name] = ""
    model.trees.save_model(str(path))


def _restore(path: Path) -> Boosting:
    import catboost

    trees = catboost.CatBoost().load_model(str(path))
    return Boosting(None, trees, json.loads(trees.get_metadata()["podium"]))


def _importance(model: Boosting, columns: list[str]) -> dict[str, float]:
    """How much the prediction changes, on average, with the column's value."""
    return shares(columns, model.trees.get_feature_importance(type="PredictionValuesChange"))


def _describe(model: Boosting) -> dict[str, Any]:
    """The trees that are kept, and the learning rate that they were grown with."""
    rate = model.about["learning_rate"]
    return {"rounds": int(model.trees.tree_count_), "learning_rate": rate, "device": "cpu"}


MODEL = Model(
    build=_build,
    defaults={
        "n_estimators": 2000,
        "early_stopping_rounds": 100,
        "learning_rate": None,
        "depth": 6,
        "l2_leaf_reg": 3.0,
        "random_strength": 1.0,
        "subsample": 0.8,
        "rsm": None,
        "one_hot_max_size": 8,
        "max_ctr_complexity": None,
    },
    space={
        "learning_rate": Range(0.01, 0.15, log=True),
        "depth": Range(3, 8, integer=True),
        "l2_leaf_reg": Range(0.5, 30.0, log=True),
        "random_strength": Range(0.1, 10.0, log=True),
        "subsample": Range(0.5, 1.0),
        "rsm": Range(0.2, 1.0),
    },
    portfolio=(
        {},
        {"depth": 8, "l2_leaf_reg": 10.0, "rsm": 0.5, "one_hot_max_size": 2},
        {"depth": 4, "l2_leaf_reg": 1.0, "random_strength": 2.0},
        {"grow_policy": "Lossguide", "max_leaves": 31, "depth": 8, "min_data_in_leaf": 10, "l2_leaf_reg": 5.0},
        {"bootstrap_type": "Bayesian", "subsample": None, "bagging_temperature": 1.0, "rsm": 0.4},
    ),
    share=2.0,
    by_class=True,
    wants=Wants(scale="none", missing=True, categories="codes"),
    libraries=("catboost",),
    stops_early=True,
    oversample=False,
    also=(
        "monotone",
        "loss_function",
        "eval_metric",
        "bootstrap_type",
        "bagging_temperature",
        "border_count",
        "grow_policy",
        "max_leaves",
        "min_data_in_leaf",
        "leaf_estimation_iterations",
        "leaf_estimation_method",
        "model_size_reg",
        "boosting_type",
        "score_function",
        "boost_from_average",
        "model_shrink_rate",
    ),
    code=("models/_sizes.py",),
    suffix=".cbm",
    fit=_fit,
    predict=_predict,
    save=_save,
    restore=_restore,
    importance=_importance,
    describe=_describe,
    curve=lambda model: model.curve,
)
