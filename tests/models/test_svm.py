"""The least-squares machine: rows left out at once, its own settings, and Nyström's kernel for many rows."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.fitting.affording import PILOT_ROWS
from pipeline.models import Rows, Setting, load
from pipeline.models.svm import Target, _kernel, _left_out, _losses, _ridge

CARD = load("svm")


def circles(rows: int = 400, noise: float = 0.3) -> Rows:
    """Inside or outside of a circle: no straight line tells."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(rows, 2)).astype("float32"), columns=["a", "b"])
    return Rows(X, ((X**2).sum(axis=1).to_numpy() + noise * rng.normal(size=rows) > 1.4).astype(np.int64))


def fitted(rows: Rows, task: str = "binary", **params: Any) -> Any:
    model = CARD.build(Setting({**CARD.defaults, **params}, task, 2 if task == "binary" else 0, seed=1))
    CARD.fit(model, rows, None)
    return model


@pytest.mark.parametrize("weighted", [False, True])
def test_a_row_left_out_at_once_is_a_row_left_out(weighted: bool) -> None:
    rng = np.random.default_rng(1)
    X, says = rng.normal(size=(25, 3)), rng.normal(size=(25, 2))
    target = Target(says, rng.uniform(0.5, 2, 25) if weighted else np.ones(25))
    kernel = _kernel(X, X, 0.3)
    _, decisions = _left_out(kernel, target, strength=2.0)
    rest = np.arange(25) != 7
    alone, _ = _left_out(kernel[np.ix_(rest, rest)], Target(says[rest], target.weight[rest]), strength=2.0)
    np.testing.assert_allclose(decisions[7], kernel[7, rest] @ alone)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_losses_of_all_strengths_are_those_of_each(weighted: bool) -> None:
    rng = np.random.default_rng(4)
    X, says = rng.normal(size=(30, 3)), rng.normal(size=(30, 2))
    target = Target(says, rng.uniform(0.5, 2, 30) if weighted else np.ones(30))
    kernel = _kernel(X, X, 0.3)
    missed = [says - _left_out(kernel, target, strength)[1] for strength in (0.1, 2.0, 30.0)]
    by_each = [((each**2).sum(axis=1) * target.weight).mean() for each in missed]
    np.testing.assert_allclose(_losses(kernel, target, (0.1, 2.0, 30.0)), by_each)


@pytest.mark.parametrize("weighted", [False, True])
def test_a_row_of_nystroem_s_is_left_out_at_once_too(weighted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.models.svm._BATCH", 10)
    rng = np.random.default_rng(2)
    columns, says = rng.normal(size=(25, 6)), rng.normal(size=(25, 2))
    target = Target(says, rng.uniform(0.5, 2, 25) if weighted else np.ones(25))
    _, coefficients, decisions = _ridge(columns.copy(), target, (2.0,))
    rest = np.arange(25) != 7
    _, alone, _ = _ridge(columns[rest], Target(says[rest], target.weight[rest]), (2.0,))
    np.testing.assert_allclose(decisions[7], columns[7] @ alone)
    by_hand = np.linalg.inv(columns.T @ (columns * target.weight[:, None]) + np.eye(6) / 2)
    np.testing.assert_allclose(coefficients, by_hand @ columns.T @ (says * target.weight[:, None]))


def test_nystroem_s_strength_is_the_one_of_least_loss_on_rows_left_out() -> None:
    rng = np.random.default_rng(3)
    columns, noise = rng.normal(size=(200, 40)), rng.normal(size=(200, 1))
    strengths = (1e-4, 1e-2, 1.0, 100.0)
    pure, mixed = (Target(columns[:, :1] + part * noise, np.ones(200)) for part in (0.0, 4.0))
    assert _ridge(columns.copy(), pure, strengths)[0] == 100.0
    lost = [((mixed.says - _ridge(columns.copy(), mixed, (each,))[2]) ** 2).sum() for each in strengths]
    assert _ridge(columns.copy(), mixed, strengths)[0] == strengths[int(np.argmin(lost))] < 100.0


def test_many_rows_get_nystroem_s_kernel_and_nearly_the_same_answers() -> None:
    rows, later = circles(), circles(700).X.iloc[400:]
    whole, part = fitted(rows, width=0.5), fitted(rows, width=0.5, exact_rows=399, components=120)
    assert [CARD.describe(model)["whole_kernel"] for model in (whole, part)] == [True, False]
    assert CARD.describe(part)["support_rows"] == 120
    both = [CARD.predict(model, later)[:, 1] for model in (whole, part)]
    assert np.corrcoef(*both)[0, 1] > 0.97


def test_values_by_nystroem_too() -> None:
    rows = circles()
    radius = Rows(rows.X, 100 + 10 * (rows.X**2).sum(axis=1).to_numpy(dtype=np.float64))
    prediction = CARD.predict(fitted(radius, "regression", exact_rows=100, components=80), rows.X)
    assert np.corrcoef(prediction, radius.y)[0, 1] > 0.99
    assert abs(prediction.mean() - radius.y.mean()) < 1


def test_its_probabilities_mean_what_they_say() -> None:
    rows, later = circles(noise=1.5), circles(3000, noise=1.5)
    late = Rows(later.X.iloc[400:], later.y[400:])
    said = CARD.predict(fitted(rows), late.X)[:, 1]
    for low in (0.0, 0.25, 0.5, 0.75):
        own = (said >= low) & (said < low + 0.25)
        assert own.sum() > 50 and abs(late.y[own].mean() - said[own].mean()) < 0.12


def test_declared_settings_stand_and_others_are_chosen() -> None:
    chosen = CARD.describe(fitted(circles()))
    assert CARD.describe(fitted(circles(), C=2.5, width=0.7))["C"] == 2.5
    assert CARD.describe(fitted(circles(), C=chosen["C"]))["width"] == chosen["width"]


def test_copies_of_rows_have_no_say_in_the_settings() -> None:
    rows = circles(150, noise=1.5)
    copied = pd.concat([rows.X] * 4, ignore_index=True)
    both = Rows(copied, np.tile(rows.y, 4), None, made=450)
    assert CARD.describe(fitted(both))["C"] == CARD.describe(fitted(rows))["C"]


def test_copies_of_many_rows_have_no_say_either() -> None:
    rows = circles(300, noise=1.5)
    both = Rows(pd.concat([rows.X] * 4, ignore_index=True), np.tile(rows.y, 4), None, made=900)
    chosen = [CARD.describe(fitted(each, exact_rows=most))["C"] for each, most in ((rows, 300), (both, 299))]
    assert chosen[0] == chosen[1]


def test_a_budget_s_pilot_has_the_kernel_that_many_rows_get() -> None:
    assert CARD.defaults["exact_rows"] < PILOT_ROWS  # the whole kernel of a pilot costs more than Nyström's of all rows


def test_a_large_table_is_sampled() -> None:
    assert CARD.describe(fitted(circles(), max_rows=90))["support_rows"] == 90
