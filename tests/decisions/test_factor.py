"""The factor: where the least loss lies, by hand and in closed form."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pipeline.decisions import Decision
from pipeline.decisions.factor import fit_factor
from pipeline.declaration.metric import Metric
from pipeline.metrics import score


def test_rmspe_has_its_closed_form() -> None:
    rng = np.random.default_rng(0)
    y = np.exp(rng.normal(8, 0.4, 5000))
    prediction = y * np.exp(rng.normal(0, 0.2, 5000))
    ratio = prediction / y
    found = fit_factor(lambda factor: score(Metric(name="rmspe"), y, prediction * factor))
    assert found == pytest.approx(ratio.sum() / (ratio**2).sum(), abs=1e-5)
    assert found == pytest.approx(np.exp(-1.5 * 0.2**2), abs=0.01)


def test_least_squares_of_two_rows_by_hand() -> None:
    y, prediction = np.array([1.0, 2.0]), np.array([2.0, 3.0])
    found = fit_factor(lambda factor: score(Metric(name="rmse"), y, prediction * factor))
    assert found == pytest.approx(8 / 13, abs=1e-5)


def test_no_factor_without_a_lesser_loss() -> None:
    assert fit_factor(lambda factor: 1.0) == 1.0


def test_a_factor_multiplies_and_comes_back_from_json() -> None:
    decision = Decision("factor", (0.98,))
    assert decision.apply(np.array([100.0])).tolist() == [98.0]
    assert Decision.from_json(json.loads(json.dumps(decision.to_json()))) == decision
