"""XGBoost: regularised gradient boosting over histograms, on the CPU or a GPU.

Source: Chen, Guestrin (2016), XGBoost: a scalable tree boosting system, KDD.

Three settings go by the rows where they are null, on straight lines in the logarithms from 30,000 to a million:
``learning_rate`` from 0.03 to 0.1, ``max_depth`` from 5 to 8, ``min_child_weight`` from 2 to 10.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PodiumError
from pipeline.models import Curve, Model, Range, Rows, Setting, Wants
from pipeline.models._columns import Coded, Levels, coded, directions, levels_of, shares
from pipeline.models._sizes import by_size

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

_BY_ROWS: dict[str, dict[int, float]] = {
    "learning_rate": {30_000: 0.03, 1_000_000: 0.1},
    "max_depth": {30_000: 5, 1_000_000: 8},
    "min_child_weight": {30_000: 2.0, 1_000_000: 10.0},
}
_OBJECTIVES = {"binary": "binary:logistic", "multiclass": "multi:softprob", "regression": "reg:squarederror"}


@dataclass
class Boosting:
    """What is fitted: the booster up to its best round, its categories' levels, the device it ran on, how it went."""

    setting: Setting
    booster: Any = None
    levels: Levels = field(default_factory=list)
    device: str = "cpu"
    curve: Curve | None = None


def _build(setting: Setting) -> Boosting:
    import xgboost

    if setting.device == "cuda" and not xgboost.build_info()["USE_CUDA"]:
        raise PodiumError(
            "",
            "train.device",
            "is cuda, and the installed xgboost is built without it",
            step="Write cpu, or install a wheel of xgboost that has CUDA",
        )
    return Boosting(setting)


def _params(setting: Setting, rows: int) -> dict[str, Any]:
    """The booster's parameters: the settings without those of the rounds, and what rows and objective imply."""
    engine = ("n_estimators", "early_stopping_rounds", "monotone")
    own = by_size({k: v for k, v in setting.params.items() if k not in engine}, _BY_ROWS, rows)
    fixed = {"tree_method": "hist", "device": setting.device, "nthread": setting.threads, "seed": setting.seed}
    classes = {"num_class": setting.classes} if setting.objective == "multiclass" else {}
    return {"objective": _OBJECTIVES[setting.objective], "verbosity": 1, **own, **fixed, **classes}


def _fit(model: Boosting, training: Rows, stopping: Rows | None) -> None:
    import xgboost

    model.levels = levels_of(training.X)
    params, rows = model.setting.params, len(training.y)
    signs = directions(params.get("monotone"), training.X.columns)
    monotone = {"monotone_constraints": tuple(signs)} if any(signs) else {}
    ready = Coded.of(training, model.levels)
    del training
    matrix = _matrix(model, ready)
    del ready
    held = [] if stopping is None else [(_matrix(model, Coded.of(stopping, model.levels), matrix), "stopping")]
    seen: dict[str, dict[str, list[float]]] = {}
    booster = xgboost.train(
        {**_params(model.setting, rows), **monotone},
        matrix,
        params["n_estimators"],
        evals=held,
        evals_result=seen,
        early_stopping_rounds=params["early_stopping_rounds"] if held else None,
        verbose_eval=False,
    )
    model.device = _device_of(booster)
    if model.setting.device == "cuda" and model.device != "cuda":
        raise PodiumError(
            "", "train.device", "is cuda, and xgboost found no usable GPU", step="Write cpu, or mend the driver"
        )
    model.booster = booster[: booster.best_iteration + 1] if held else booster
    model.curve = Curve(*list(seen["stopping"].items())[-1]) if held else None


def _matrix(model: Boosting, rows: Coded, reference: Any = None) -> Any:
    """Rows as quantised columns, binned as the reference's where there is one."""
    import xgboost

    return xgboost.QuantileDMatrix(
        rows.X,
        rows.y,
        weight=rows.weight,
        ref=reference,
        feature_types=_types(model.levels),
        enable_categorical=True,
        nthread=model.setting.threads,
        max_bin=model.setting.params.get("max_bin", 256),
    )


def _types(levels: Levels) -> list[str]:
    return ["q" if known is None else "c" for known in levels]


def _device_of(booster: Any) -> str:
    """The device that the booster ended up on, whatever it was asked for."""
    device: str = json.loads(booster.save_config())["learner"]["generic_param"]["device"]
    return device.split(":")[0]


def _predict(model: Boosting, X: pd.DataFrame) -> np.ndarray:
    import numpy as np
    import xgboost

    matrix = xgboost.DMatrix(
        coded(X, model.levels),
        feature_types=_types(model.levels),
        enable_categorical=True,
        nthread=model.setting.threads,
    )
    raw = model.booster.predict(matrix).astype(np.float64)
    if model.setting.objective == "binary":
        return np.column_stack([1 - raw, raw])
    return raw / raw.sum(axis=1, keepdims=True) if model.setting.objective == "multiclass" else raw


def _save(model: Boosting, path: Path) -> None:
    """Store the booster in XGBoost's own format, with what ``restore`` needs as its attribute."""
    about = {
        "levels": model.levels,
        "objective": model.setting.objective,
        "classes": model.setting.classes,
        "seed": model.setting.seed,
        "threads": model.setting.threads,
        "device": model.device,
    }
    model.booster.set_attr(podium=json.dumps(about, ensure_ascii=False))
    model.booster.save_model(path)


def _restore(path: Path) -> Boosting:
    import xgboost

    booster = xgboost.Booster(model_file=path)
    about = json.loads(booster.attr("podium"))
    levels, device = about.pop("levels"), about.pop("device")
    return Boosting(Setting(params={}, **about), booster, levels, device)


def _importance(model: Boosting, columns: list[str]) -> dict[str, float]:
    """The gain of all splits by column."""
    gain = model.booster.get_score(importance_type="total_gain")
    return shares(columns, [gain.get(f"f{position}", 0.0) for position in range(len(columns))])


def _describe(model: Boosting) -> dict[str, Any]:
    return {"rounds": model.booster.num_boosted_rounds(), "device": model.device}


MODEL = Model(
    build=_build,
    defaults={
        "n_estimators": 3000,
        "early_stopping_rounds": 100,
        "learning_rate": None,
        "max_depth": None,
        "min_child_weight": None,
        "subsample": 0.8,
        "colsample_bytree": 0.7,
        "reg_lambda": 1.0,
        "reg_alpha": 0.0,
        "gamma": 0.0,
    },
    space={
        "learning_rate": Range(0.01, 0.1, log=True),
        "max_depth": Range(3, 9, integer=True),
        "min_child_weight": Range(0.5, 200.0, log=True, per_row=0.02),
        "subsample": Range(0.5, 1.0),
        "colsample_bytree": Range(0.1, 1.0, least_columns=3),
        "reg_lambda": Range(0.01, 100.0, log=True),
        "reg_alpha": Range(1e-3, 10.0, log=True),
    },
    portfolio=(
        {},
        {"max_depth": 8, "min_child_weight": 10.0, "colsample_bytree": 0.5, "reg_lambda": 10.0},
        {"max_depth": 3, "min_child_weight": 1.0, "subsample": 0.6, "colsample_bytree": 0.4},
        {
            "grow_policy": "lossguide",
            "max_depth": 0,
            "max_leaves": 48,
            "min_child_weight": 4.0,
            "colsample_bynode": 0.5,
        },
        {"max_depth": 6, "gamma": 1.0, "reg_alpha": 1.0, "colsample_bytree": 1.0, "subsample": 0.9},
    ),
    share=2.0,
    by_class=True,
    wants=Wants(scale="none", missing=True, categories="native"),
    libraries=("xgboost",),
    stops_early=True,
    oversample=False,
    also=(
        "monotone",
        "objective",
        "eval_metric",
        "max_bin",
        "max_leaves",
        "grow_policy",
        "colsample_bynode",
        "colsample_bylevel",
        "max_delta_step",
        "max_cat_to_onehot",
        "max_cat_threshold",
        "num_parallel_tree",
        "huber_slope",
        "tweedie_variance_power",
        "quantile_alpha",
    ),
    code=("models/_sizes.py",),
    suffix=".ubj",
    fit=_fit,
    predict=_predict,
    save=_save,
    restore=_restore,
    importance=_importance,
    describe=_describe,
    curve=lambda model: model.curve,
)
