"""The factorization machine's card: ids are its columns, a table of many levels keeps fewer draws."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.models import Rows, Setting, fm, load

CARD = load("fm")


def rows(count: int = 600) -> Rows:
    rng = np.random.default_rng(1)
    people = rng.integers(0, 30, count)
    X = pd.DataFrame({"person": pd.Categorical(people.astype(str)), "x": rng.normal(size=count).astype("float32")})
    return Rows(X, rng.normal(size=30)[people] * 50 + 700 + rng.normal(size=count))


def fitted(of: Rows, task: str = "regression", **params: Any) -> Any:
    model = CARD.build(Setting({**CARD.defaults, "n_iter": 40, **params}, task, 0, seed=1))
    CARD.fit(model, of, None)
    return model


def test_values_come_back_on_their_own_scale() -> None:
    table = rows()
    prediction = CARD.predict(fitted(table), table.X)
    assert np.corrcoef(prediction, table.y)[0, 1] > 0.95
    assert abs(prediction.mean() - table.y.mean()) < 2


def test_what_it_leans_on_is_told_of_every_column() -> None:
    table = rows()
    X = table.X.assign(id=pd.Categorical(np.arange(len(table.y)).astype(str)))
    found = CARD.importance(fitted(Rows(X, table.y)), list(X))
    assert found["person"] > 0.9 and found["id"] == 0 and sum(found.values()) == pytest.approx(1)


def test_many_levels_keep_fewer_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CARD.describe(fitted(rows(), draws=20))["draws"] == 20
    monkeypatch.setattr(fm, "_MOST_KEPT", 4_000)
    assert CARD.describe(fitted(rows(), draws=20))["draws"] < 20


def test_a_restored_one_is_for_predicting_only(tmp_path: Any) -> None:
    table = rows()
    CARD.save(fitted(table), tmp_path / "model.safetensors")
    with pytest.raises(TypeError, match="predicting only"):
        CARD.fit(CARD.restore(tmp_path / "model.safetensors"), table, None)
