"""The factor on nested predictions: honest folds, kept only where it is earned."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.errors import PodiumError
from pipeline.declaration.ensemble import Ensemble
from pipeline.declaration.metric import Metric
from pipeline.declaration.specs import EnsembleSpec
from pipeline.ensembles._factor import factored

ROWS, FOLDS = 3000, 3


def spec(factor: str) -> EnsembleSpec:
    return EnsembleSpec(
        competition="toy",
        seed=0,
        task="regression",
        metric=Metric(name="rmspe"),
        models=["linear"],
        ensemble=Ensemble.model_validate({"factor": factor}),
    )


def rows(bias: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A target, predictions too large by ``bias`` with noise of a tenth, and the folds."""
    rng = np.random.default_rng(seed)
    y = np.exp(rng.normal(5, 1, ROWS))
    y[::10] = 0.0
    prediction = np.where(y > 0, y, 1.0) * bias * np.exp(rng.normal(0, 0.1, ROWS))
    return y, prediction, np.arange(ROWS) % FOLDS


def test_a_bias_is_taken_out_of_every_fold_by_the_others() -> None:
    y, prediction, outer = rows(1.2)
    found = factored(spec("earned"), y, prediction, outer)
    assert found.decision.kind == "factor"
    assert found.decision.values[0] == pytest.approx(np.exp(-1.5 * 0.01) / 1.2, rel=0.01)
    assert found.scores.mean < factored(spec("none"), y, prediction, outer).scores.mean - 0.05


def test_the_scored_fold_has_no_say_in_its_own_factor() -> None:
    y, prediction, outer = rows(1.2)
    one = factored(spec("always"), y, prediction, outer)
    changed = np.where(outer == 0, y * 3, y)
    other = factored(spec("always"), changed, prediction, outer)
    assert np.array_equal(one.prediction[outer == 0], other.prediction[outer == 0])
    assert not np.array_equal(one.prediction[outer == 1], other.prediction[outer == 1])


def test_what_is_not_earned_is_left_as_it_was() -> None:
    y, prediction, outer = rows(float(np.exp(-1.5 * 0.01)), seed=1)
    found = factored(spec("earned"), y, prediction, outer)
    assert found.decision.kind == "none" and found.prediction is prediction
    assert factored(spec("always"), y, prediction, outer).decision.kind == "factor"


def test_rows_without_a_fold_have_no_say() -> None:
    y, prediction, outer = rows(1.2)
    wild = np.where(outer == 2, prediction * 50, prediction)
    alone = np.where(outer == 2, -1, outer)
    found = factored(spec("always"), y, wild, alone)
    assert found.decision.values[0] == pytest.approx(1 / 1.2, rel=0.05)
    assert np.array_equal(found.prediction[alone < 0], wild[alone < 0])


def test_one_fold_is_refused() -> None:
    y, prediction, _ = rows(1.2)
    with pytest.raises(PodiumError, match=r"toy: ensemble\.factor needs two folds"):
        factored(spec("always"), y, prediction, np.zeros(ROWS, dtype=np.int64))
