"""Declared directions: a column that may only raise, or only lower, the prediction."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.models import Rows, Setting, load, names

ABLE = [name for name in names() if "monotone" in load(name).also]


def table(task: str) -> Rows:
    """The target falls with ``fee`` at its low end, against its direction at large."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"noise": rng.normal(size=400), "fee": rng.uniform(-2, 2, 400)}).astype("float32")
    X["kind"] = pd.Categorical(rng.integers(0, 2, 400), categories=[0, 1, 2])
    value = np.abs(X["fee"].to_numpy() + 0.8) + 0.1 * rng.normal(size=400)
    return Rows(X[["kind", "noise", "fee"]], (value > 1).astype(np.int64) if task == "binary" else value.astype(float))


def steps(name: str, task: str, **params: Any) -> np.ndarray:
    """How the prediction moves as the fee rises, all else being the same."""
    card, rows = load(name), table(task)
    settings = {**card.defaults, "n_estimators": 50, "learning_rate": 0.2, "early_stopping_rounds": None, **params}
    model = card.build(Setting(settings, task, 2 if task == "binary" else 0, seed=0))
    card.fit(model, rows, None)
    line = rows.X.iloc[[0] * 60].reset_index(drop=True).assign(fee=np.linspace(-2, 2, 60, dtype="float32"))
    prediction = card.predict(model, line)
    return np.diff(prediction[:, 1] if task == "binary" else prediction)


def test_the_boosted_families_can() -> None:
    assert ABLE == ["catboost", "gbdt", "lightgbm", "xgboost"]


@pytest.mark.parametrize("task", ["binary", "regression"])
@pytest.mark.parametrize("name", ABLE)
def test_a_direction_is_held(name: str, task: str) -> None:
    assert steps(name, task).min() < -0.01 < 0.01 < steps(name, task).max()
    assert steps(name, task, monotone={"fee": "increasing"}).min() >= -1e-6
    assert steps(name, task, monotone={"fee": "decreasing", "absent": "increasing"}).max() <= 1e-6
