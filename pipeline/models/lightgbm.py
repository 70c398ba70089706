"""LightGBM: leaf-wise gradient boosting over histograms, with native categories.

Source: Ke et al. (2017), LightGBM: a highly efficient gradient boosting decision tree, NeurIPS.

Three settings go by the rows where they are null, on straight lines in the logarithms from 30,000 to a million:
``learning_rate`` from 0.03 to 0.1, ``num_leaves`` from 15 to 127, ``min_child_samples`` from 20 to 100.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.models import Curve, Model, Range, Rows, Setting, Wants
from pipeline.models._columns import Coded, Levels, directions, levels_of, shares
from pipeline.models._sizes import by_size

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

_BY_ROWS: dict[str, dict[int, float]] = {
    "learning_rate": {30_000: 0.03, 1_000_000: 0.1},
    "num_leaves": {30_000: 15, 1_000_000: 127},
    "min_child_samples": {30_000: 20, 1_000_000: 100},
}
_OBJECTIVES = {"binary": "binary", "multiclass": "multiclass", "regression": "regression"}


@dataclass
class Boosting:
    """What is fitted: the booster up to its best round, which knows its objective and its levels, and how that went."""

    setting: Setting | None = None
    booster: Any = None
    curve: Curve | None = None


def _params(setting: Setting, rows: int) -> dict[str, Any]:
    """The booster's parameters: the settings without those of the rounds, and what makes it repeatable."""
    engine = ("n_estimators", "early_stopping_rounds", "monotone")
    own = by_size({k: v for k, v in setting.params.items() if k not in engine}, _BY_ROWS, rows)
    fixed = {"seed": setting.seed, "num_threads": setting.threads, "deterministic": True, "force_row_wise": True}
    classes = {"num_class": setting.classes} if setting.objective == "multiclass" else {}
    return {"objective": _OBJECTIVES[setting.objective], "verbosity": -1, **own, **fixed, **classes}


def _fit(model: Boosting, training: Rows, stopping: Rows | None) -> None:
    import lightgbm

    if model.setting is None:
        raise TypeError("a restored model is for predicting only")
    params, settings = _params(model.setting, len(training.y)), model.setting.params
    signs = directions(settings.get("monotone"), training.X.columns)
    params |= {"monotone_constraints": signs} if any(signs) else {}
    levels = levels_of(training.X)
    ready = Coded.of(training, levels)
    del training
    data = _dataset(ready, levels, params=params).construct()
    del ready
    held, calls = [], []
    seen: dict[str, dict[str, list[float]]] = {}
    if stopping is not None:
        held = [_dataset(Coded.of(stopping, levels), levels, reference=data)]
        calls = [lightgbm.early_stopping(settings["early_stopping_rounds"], first_metric_only=True, verbose=False)]
        calls.append(lightgbm.record_evaluation(seen))
    booster = lightgbm.train(params, data, settings["n_estimators"], valid_sets=held, callbacks=calls)
    best = booster.best_iteration if held else None
    model.booster = lightgbm.Booster(model_str=booster.model_to_string(num_iteration=best))
    model.curve = Curve(*next(iter(seen["valid_0"].items()))) if seen else None


def _dataset(rows: Coded, levels: Levels, **more: Any) -> Any:
    """Binned rows, as LightGBM makes them of a frame, whose levels it would keep too."""
    import lightgbm

    data = lightgbm.Dataset(
        rows.X,
        rows.y,
        weight=rows.weight,
        feature_name=[f"f{position}" for position in range(len(levels))],
        categorical_feature=[position for position, known in enumerate(levels) if known is not None],
        **more,
    )
    data.pandas_categorical = [known for known in levels if known is not None]
    return data


def _named(X: pd.DataFrame) -> pd.DataFrame:
    """The frame under plain names: LightGBM refuses those with signs that JSON uses."""
    return X.set_axis([f"f{position}" for position in range(X.shape[1])], axis=1)


def _predict(model: Boosting, X: pd.DataFrame) -> np.ndarray:
    import numpy as np

    threads = model.setting.threads if model.setting else 0
    raw: np.ndarray = model.booster.predict(_named(X), num_threads=threads)
    return np.column_stack([1 - raw, raw]) if _is_binary(model.booster) else raw


def _is_binary(booster: Any) -> bool:
    """Whether the booster was fitted for two classes; a regression's text says so in its first lines."""
    line = next(line for line in booster.model_to_string(num_iteration=1).splitlines() if line.startswith("objective="))
    return line.removeprefix("objective=").split(" ")[0] in ("binary", "cross_entropy")


def _save(model: Boosting, path: Path) -> None:
    path.write_text(model.booster.model_to_string(), encoding="utf-8")


def _restore(path: Path) -> Boosting:
    import lightgbm

    return Boosting(booster=lightgbm.Booster(model_str=path.read_text(encoding="utf-8")))


def _importance(model: Boosting, columns: list[str]) -> dict[str, float]:
    """The gain of all splits by column."""
    return shares(columns, model.booster.feature_importance(importance_type="gain"))


def _describe(model: Boosting) -> dict[str, Any]:
    return {"rounds": model.booster.current_iteration(), "device": "cpu"}


MODEL = Model(
    build=lambda setting: Boosting(setting),
    defaults={
        "n_estimators": 3000,
        "early_stopping_rounds": 100,
        "learning_rate": None,
        "num_leaves": None,
        "max_depth": -1,
        "min_child_samples": None,
        "feature_fraction": 0.7,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l1": 0.0,
        "lambda_l2": 1.0,
    },
    space={
        "learning_rate": Range(0.01, 0.1, log=True),
        "num_leaves": Range(4, 512, log=True, integer=True, per_row=0.05),
        "min_child_samples": Range(3, 300, log=True, integer=True, per_row=0.05),
        "feature_fraction": Range(0.1, 1.0, least_columns=3),
        "bagging_fraction": Range(0.5, 1.0),
        "lambda_l1": Range(1e-3, 10.0, log=True),
        "lambda_l2": Range(1e-2, 100.0, log=True),
    },
    portfolio=(
        {},
        {"extra_trees": True, "num_leaves": 31, "feature_fraction": 0.9},
        {"num_leaves": 63, "min_child_samples": 5, "feature_fraction": 0.4, "lambda_l2": 10.0},
        {"num_leaves": 7, "min_child_samples": 40, "bagging_fraction": 0.6, "feature_fraction": 0.4},
        {"num_leaves": 127, "path_smooth": 10.0, "feature_fraction": 0.5, "lambda_l1": 1.0},
    ),
    share=2.5,
    by_class=True,
    wants=Wants(scale="none", missing=True, categories="native"),
    libraries=("lightgbm",),
    stops_early=True,
    oversample=False,
    also=(
        "monotone",
        "objective",
        "metric",
        "max_bin",
        "min_data_in_bin",
        "min_child_weight",
        "min_gain_to_split",
        "feature_fraction_bynode",
        "extra_trees",
        "path_smooth",
        "linear_tree",
        "cat_smooth",
        "cat_l2",
        "min_data_per_group",
        "max_cat_threshold",
        "max_cat_to_onehot",
        "alpha",
        "fair_c",
        "tweedie_variance_power",
    ),
    code=("models/_sizes.py",),
    suffix=".txt",
    fit=_fit,
    predict=_predict,
    save=_save,
    restore=_restore,
    importance=_importance,
    describe=_describe,
    curve=lambda model: model.curve,
)
