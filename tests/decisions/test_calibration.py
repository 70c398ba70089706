"""Calibrations: what they put right, what they leave alone, and that none sees the rows it is applied to."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pipeline.decisions.calibration import KINDS, Calibration, fit_calibration, nested_calibration
from pipeline.declaration.metric import Metric
from pipeline.metrics import score

LOG_LOSS = Metric(name="log_loss")


def rows(n: int, seed: int, steepness: float = 1.0, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Labels, and the probabilities they were drawn with, made steeper and shifted in logits."""
    rng = np.random.default_rng(seed)
    x = 1.5 * rng.normal(size=n) - 0.5
    return (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int), 1 / (1 + np.exp(-steepness * x - shift))


def three(n: int, seed: int, steepness: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = 1.5 * rng.normal(size=(n, 3))
    p = np.exp(steepness * x)
    return (x + rng.gumbel(size=(n, 3))).argmax(axis=1), p / p.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", [rows, three])
def test_what_is_too_sure_is_put_right_on_fresh_rows(kind: str, make) -> None:
    y, p = make(3000, 0, steepness=2.5)
    fresh_y, fresh = make(3000, 1, steepness=2.5)
    found = fit_calibration(kind, y, p).apply(fresh)
    assert found.shape == fresh.shape and found.min() >= 0 and found.max() <= 1
    assert score(LOG_LOSS, fresh_y, found) < score(LOG_LOSS, fresh_y, fresh) - 0.05
    if fresh.ndim > 1:
        assert found.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("kind", ["temperature", "platt", "beta"])
def test_what_is_calibrated_stays_nearly_as_it_is(kind: str) -> None:
    y, p = rows(5000, 0)
    assert np.abs(fit_calibration(kind, y, p).apply(p) - p).max() < 0.06


@pytest.mark.parametrize("kind", ["platt", "beta", "isotonic"])
def test_a_shift_is_taken_back(kind: str) -> None:
    y, p = rows(5000, 0, shift=1.5)
    assert fit_calibration(kind, y, p).apply(p).mean() == pytest.approx(y.mean(), abs=0.01)


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_rows_stays(kind: str) -> None:
    y, p = rows(500, 0, steepness=2.0)
    found = fit_calibration(kind, y, p).apply(np.linspace(0, 1, 101))
    assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize("kind", ["none", *KINDS])
@pytest.mark.parametrize("make", [rows, three])
def test_json_round_trip(kind: str, make) -> None:
    y, p = make(300, 0)
    calibration = fit_calibration(kind, y, p)
    again = Calibration.from_json(json.loads(json.dumps(calibration.to_json())))
    assert np.array_equal(again.apply(p), calibration.apply(p))


@pytest.mark.parametrize("kind", KINDS)
def test_one_class_only_does_not_break(kind: str) -> None:
    p = np.random.default_rng(0).random(20)
    assert np.isfinite(fit_calibration(kind, np.zeros(20, dtype=int), p).apply(p)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_folds_own_labels_do_not_move_its_probabilities(kind: str) -> None:
    y, p = rows(400, 0, steepness=2.0)
    outer = np.arange(400) % 4
    other = np.where(outer == 2, 1 - y, y)
    before, after = (nested_calibration(kind, labels, p, outer)[outer == 2] for labels in (y, other))
    assert np.array_equal(before, after)


@pytest.mark.parametrize("kind", KINDS)
def test_noise_gains_nothing(kind: str) -> None:
    """On labels that say nothing the nested score is no better than the share's own entropy."""
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, 2000), rng.uniform(0.3, 0.7, 2000)
    assert score(LOG_LOSS, y, nested_calibration(kind, y, p, np.arange(2000) % 5)) > np.log(2) - 0.002
