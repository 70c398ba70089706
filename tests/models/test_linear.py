"""What the linear model penalises, and the strength it chooses for itself."""

import numpy as np
import pandas as pd
import pytest

from pipeline.models import Rows, Setting, load


def fitted(task: str, rows: Rows, **params):
    card = load("linear")
    model = card.build(Setting({**card.defaults, **params}, task, 0 if task == "regression" else 2, seed=0))
    card.fit(model, rows, None)
    return model


def rare_level() -> Rows:
    """A level of one row in a hundred, worth two deviations of the target."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"amount": rng.normal(size=1000), "rare": (np.arange(1000) % 100 == 0).astype(float), "flat": 1.0})
    y = X["amount"].to_numpy() + 2 * X["rare"].to_numpy() + rng.normal(size=1000) * 0.1
    return Rows(X.astype("float32"), y)


def test_an_elastic_net_penalises_a_rare_level_at_unit_variance() -> None:
    rows = rare_level()
    model = fitted("regression", rows, l1_ratio=1.0, C=0.1)
    amount, rare, flat = model.estimator.coef_ * model.scale
    assert amount == pytest.approx(1.0, abs=0.05)
    assert 1.6 < rare < 2  # a penalty on the 0/1 column as it is, of deviation 0.1, takes half of it away
    assert flat == 0


def test_its_predictions_are_on_the_columns_as_they_come() -> None:
    rows = rare_level()
    model = fitted("regression", rows, l1_ratio=1.0, C=0.1)
    by_hand = rows.X.to_numpy("float64") @ model.estimator.coef_ + model.estimator.intercept_
    np.testing.assert_allclose(load("linear").predict(model, rows.X), by_hand * model.scale + model.mean)


def test_a_classifier_s_too() -> None:
    rows = rare_level()
    labels = Rows(rows.X, (rows.y > 1).astype(np.int64))
    probability = load("linear").predict(fitted("binary", labels, l1_ratio=0.5, C=1.0), rows.X)
    assert np.corrcoef(probability[:, 1], labels.y)[0, 1] > 0.8


@pytest.mark.parametrize("name", ["gbdt", "lightgbm", "xgboost"])
def test_boosting_without_early_stopping_fits_all_rounds(name: str) -> None:
    card, rows = load(name), rare_level()
    params = {**card.defaults, "early_stopping_rounds": None, "n_estimators": 23}
    model = card.build(Setting(params, "regression", 0, seed=0))
    card.fit(model, rows, None)
    assert card.describe(model)["rounds"] == 23


def strength(rows: Rows) -> float:
    card = load("linear")
    model = card.build(Setting({**card.defaults}, "binary", 2, 5))
    card.fit(model, rows, None)
    return card.describe(model)["C"]


def test_copies_of_rows_have_no_say_in_the_strength():
    rng = np.random.default_rng(2)
    X = pd.DataFrame(rng.normal(size=(120, 30)).astype("float32"), columns=[f"x{k}" for k in range(30)])
    y = (rng.random(120) < 0.25).astype(int)
    rare = np.flatnonzero(y == 1).repeat(3)
    both, labels = pd.concat([X, X.iloc[rare]], ignore_index=True), np.append(y, y[rare])
    alone = strength(Rows(X, y))
    assert strength(Rows(both, labels, None, len(rare))) == alone
    assert strength(Rows(both, labels)) > 2 * alone
