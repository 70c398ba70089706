"""What CatBoost's settings go by, what it is given, and what it stores."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.models import Rows, Setting, load
from pipeline.models.catboost import _params

CARD = load("catboost")


def table(rows: int, columns: int = 3, categories: int = 0) -> pd.DataFrame:
    frame = pd.DataFrame(np.zeros((rows, columns), dtype="float32"), columns=[f"x{k}" for k in range(columns)])
    return frame.assign(**{f"c{k}": pd.Categorical([0] * rows, categories=[0, 1]) for k in range(categories)})


def setting(task: str = "binary", **params) -> Setting:
    return Setting({**CARD.defaults, "n_estimators": 40, **params}, task, 0 if task == "regression" else 2, seed=1)


def learnable(rows: int = 300) -> Rows:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"amount": rng.normal(size=rows).astype("float32"), "flat": np.float32(1)})
    return Rows(X, (X["amount"].to_numpy() + 0.3 * rng.normal(size=rows) > 1).astype(np.int64))


def fitted(rows: Rows, task: str = "binary", **params):
    model = CARD.build(setting(task, **params))
    CARD.fit(model, rows, None)
    return model


def test_settings_that_are_null_go_by_the_table():
    small, large = (_params(setting(), table(rows), False) for rows in (100, 100_000))
    assert (small["learning_rate"], large["learning_rate"]) == (0.03, 0.08)
    assert small["rsm"] == 1.0 and _params(setting(), table(9, 1_000), False)["rsm"] == 0.2
    crossed = [_params(setting(), table(9, 1, count), False)["max_ctr_complexity"] for count in (8, 9)]
    assert crossed == [2, 1]


def test_declared_settings_stand():
    params = _params(
        setting(learning_rate=0.2, rsm=0.5, bootstrap_type="Bayesian", subsample=None), table(100_000, 500), True
    )
    assert (params["learning_rate"], params["rsm"], params["bootstrap_type"]) == (0.2, 0.5, "Bayesian")
    assert "subsample" not in params
    assert params["early_stopping_rounds"] == 100 and params["iterations"] == 40


def test_it_starts_from_the_weighted_shares_of_the_classes():
    rows = learnable()
    weight = np.where(rows.y == 1, 5.0, 1.0)
    for task, params in (("binary", {}), ("multiclass", {"loss_function": "MultiClass"})):
        model = fitted(Rows(rows.X, rows.y, weight), task, n_estimators=1, learning_rate=1e-6, **params)
        assert CARD.predict(model, rows.X)[:, 1] == pytest.approx(np.average(rows.y, weights=weight), abs=1e-4)


def test_a_log_linked_loss_predicts_values():
    rows = learnable()
    y = np.exp(rows.X["amount"].to_numpy(dtype=np.float64))
    prediction = CARD.predict(fitted(Rows(rows.X, y), "regression", loss_function="Poisson", learning_rate=0.3), rows.X)
    assert np.corrcoef(prediction, y)[0, 1] > 0.8 and prediction.min() > 0


def test_folds_side_by_side_give_what_they_give_alone():
    rows = learnable()
    alone = CARD.predict(fitted(rows), rows.X)
    with ThreadPoolExecutor(2) as pool:
        for prediction in pool.map(lambda _: CARD.predict(fitted(rows), rows.X), range(4)):
            np.testing.assert_array_equal(prediction, alone)


def test_it_leaves_no_files_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    fitted(learnable())
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_fitted_is_an_error_of_ours():
    rows = learnable()
    with pytest.raises(PodiumError, match=r"models\.catboost cannot be fitted.*constant"):
        fitted(Rows(rows.X[["flat"]], rows.y))
