"""The balanced forest's probabilities are those of the classes' own shares."""

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.models import Rows, Setting, load

CARD = load("balanced_forest")


def rare(rows: int = 3000) -> Rows:
    """A class of about one row in twenty."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(rows, 3)).astype("float32"), columns=["a", "b", "c"])
    odds = 1.5 * X["a"].to_numpy() - 4
    return Rows(X, (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(np.int64))


def mean_probability(weight: np.ndarray | None = None) -> float:
    rows = rare()
    settings = {**CARD.defaults, "n_estimators": 60, "min_samples_leaf": 20}
    model = CARD.build(Setting(settings, "binary", 2, seed=1))
    CARD.fit(model, Rows(rows.X[:2000], rows.y[:2000], None if weight is None else weight[:2000]), None)
    return float(CARD.predict(model, rows.X[2000:])[:, 1].mean())


def test_rare_stays_rare() -> None:
    assert mean_probability() == pytest.approx(rare().y.mean(), abs=0.02)


def test_a_weighted_class_weighs() -> None:
    y = rare().y
    weighted = mean_probability(np.where(y == 1, 4.0, 1.0))
    assert weighted == pytest.approx(np.average(y, weights=np.where(y == 1, 4.0, 1.0)), abs=0.06)


def test_values_are_refused_with_the_alternatives() -> None:
    with pytest.raises(PodiumError, match="Take random_forest or extra_trees"):
        CARD.build(Setting(CARD.defaults, "regression", 0, seed=1))
