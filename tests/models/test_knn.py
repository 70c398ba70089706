"""Nearest neighbours: the metric follows the columns' worth, and the number of neighbours the noise."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.models import Rows, Setting, load

CARD = load("knn")


def noisy(rows: int = 500, useless: int = 12, noise: float = 0.3, seed: int = 0) -> Rows:
    """One column that tells, many that do not."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(rows, 1 + useless)).astype("float32"))
    return Rows(X.set_axis([f"x{k}" for k in X], axis=1), 2 * X[0].to_numpy() + noise * rng.normal(size=rows))


def fitted(rows: Rows, task: str = "regression", **params: Any) -> Any:
    model = CARD.build(Setting({**CARD.defaults, **params}, task, 0 if task == "regression" else 2, seed=1))
    CARD.fit(model, rows, None)
    return model


def error(rows: Rows, **params: Any) -> float:
    later = noisy(seed=9)
    return float(np.mean((CARD.predict(fitted(rows, **params), later.X) - later.y) ** 2))


def test_columns_that_tell_nothing_hardly_count() -> None:
    assert error(noisy(), sharpness=1.0) < error(noisy(), sharpness=0.5) < 0.5 * error(noisy(), sharpness=0.0)


def test_noise_asks_for_more_neighbours() -> None:
    few, many = (CARD.describe(fitted(noisy(useless=1, noise=noise)))["neighbours"] for noise in (0.01, 6.0))
    assert few < many


def test_a_declared_number_stands_even_beyond_the_rows() -> None:
    model = fitted(noisy(), n_neighbors=10_000)
    assert CARD.describe(model)["neighbours"] == 10_000
    assert np.isfinite(CARD.predict(model, noisy().X)).all()


@pytest.mark.parametrize("useless", [3, 30])
def test_trees_and_brute_force_find_the_nearest(useless: int) -> None:
    rows = noisy(useless=useless, noise=0)
    model = fitted(rows, n_neighbors=1, prior=0.0, sharpness=0.0)
    np.testing.assert_allclose(CARD.predict(model, rows.X), rows.y, rtol=1e-5, atol=1e-5)


def test_a_large_table_is_sampled_and_says_so() -> None:
    assert CARD.describe(fitted(noisy(), max_rows=200))["reference_rows"] == 200


def test_no_probability_is_nought_or_one() -> None:
    rows = noisy(noise=0)
    prediction = CARD.predict(fitted(Rows(rows.X, (rows.y > 2).astype(np.int64)), "binary"), rows.X)
    assert prediction.min() > 0 and prediction.max() < 1


def test_constant_columns_and_copies_of_rows_are_no_obstacle() -> None:
    X = pd.DataFrame({"a": np.zeros(40, dtype="float32"), "b": np.zeros(40, dtype="float32")})
    prediction = CARD.predict(fitted(Rows(X, np.arange(40.0))), X)
    assert np.isfinite(prediction).all() and len(set(prediction)) == 1
