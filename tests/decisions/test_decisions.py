"""Decisions: what they choose, how they hold up on fresh rows, and their way through JSON."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

from pipeline.decisions import Decision, fit_decision
from pipeline.decisions.confusion import count, label_score
from pipeline.declaration.metric import Metric


def rows(n: int, seed: int, rate: float = 0.3, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Labels, and the probabilities that they were drawn with, shifted in logits."""
    rng = np.random.default_rng(seed)
    x = 1.6 * rng.normal(size=n) + np.log(rate / (1 - rate))
    return (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int), 1 / (1 + np.exp(-x - shift))


def quality(metric: Metric, decision: Decision, y: np.ndarray, p: np.ndarray) -> float:
    return float(label_score(metric, count(y, decision.apply(p), p.shape[1] if p.ndim > 1 else int(y.max()) + 1)))


def naive(metric: Metric, y: np.ndarray, p: np.ndarray) -> Decision:
    """The threshold of the best score on these very rows."""
    grid = np.unique(p)
    return Decision("threshold", (grid[label_score(metric, np.stack([count(y, p >= t, 2) for t in grid])).argmax()],))


@pytest.mark.parametrize(
    "decision",
    [
        Decision("none"),
        Decision("threshold", (0.1 + 0.2,)),
        Decision("argmax"),
        Decision("class_weights", (0.2, 0.3, 0.5)),
        Decision("cuts", (0.5, 1.5)),
    ],
)
def test_json_round_trip(decision: Decision) -> None:
    assert Decision.from_json(json.loads(json.dumps(decision.to_json()))) == decision


@pytest.mark.parametrize("metric", ["auc", "log_loss", "map_at_k"])
def test_nothing_is_decided_for_probabilities(metric: str) -> None:
    p = np.random.default_rng(0).dirichlet(np.ones(3), 5)
    decision = fit_decision(Metric(name=metric), "multiclass", np.array([0, 1, 2, 0, 1]), p)
    assert decision.kind == "none" and decision.apply(p) is p


def test_accuracy_stays_near_half_where_probabilities_are_calibrated() -> None:
    for seed in range(5):
        threshold = fit_decision(Metric(name="accuracy"), "binary", *rows(800, seed)).values[0]
        assert abs(threshold - 0.5) < 0.08


def test_a_shift_is_found() -> None:
    y, p = rows(2000, 0, shift=-1.5)
    wanted = 1 / (1 + np.exp(1.5))
    assert fit_decision(Metric(name="accuracy"), "binary", y, p).values[0] == pytest.approx(wanted, abs=0.06)


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "fbeta", "mcc"])
def test_better_on_fresh_rows_than_the_best_scoring_threshold(name: str) -> None:
    metric, ours, theirs = Metric(name=name), [], []
    fresh = rows(40_000, 999)
    for seed in range(15):
        y, p = rows(400, seed)
        ours.append(quality(metric, fit_decision(metric, "binary", y, p), *fresh))
        theirs.append(quality(metric, naive(metric, y, p), *fresh))
    assert np.mean(ours) > np.mean(theirs)


def test_rare_positives_get_a_threshold_where_they_are() -> None:
    y, p = rows(50_000, 3, rate=0.002)
    metric = Metric(name="fbeta")
    found = quality(metric, fit_decision(metric, "binary", y, p), y, p)
    assert found > 0.9 * quality(metric, naive(metric, y, p.round(3)), y, p)


def test_class_weights_help_the_rare_class() -> None:
    rng = np.random.default_rng(0)
    p = rng.dirichlet([6, 3, 0.6], 2000)
    y = np.array([rng.choice(3, p=row) for row in p])
    metric = Metric(name="balanced_accuracy")
    decision = fit_decision(metric, "multiclass", y, p)
    assert decision.kind == "class_weights" and decision.values[2] > 2 * decision.values[0]
    assert quality(metric, decision, y, p) > quality(metric, Decision("argmax"), y, p) + 0.03
    assert fit_decision(Metric(name="accuracy"), "multiclass", y, p) == Decision("argmax")


def test_class_weights_ignore_noise() -> None:
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 3, 300), rng.dirichlet(np.ones(3), 300)
    weights = np.array(fit_decision(Metric(name="mcc"), "multiclass", y, p).values)
    assert weights == pytest.approx(1 / 3, abs=0.04)  # no factors, or those of the shares


def test_cuts_put_shrunken_values_back() -> None:
    """A regression shrinks towards the middle: rounding would never name the outer classes."""
    rng = np.random.default_rng(0)
    y = rng.choice(5, 1500, p=[0.1, 0.2, 0.4, 0.2, 0.1])
    value = 2 + 0.4 * (y - 2) + 0.2 * rng.normal(size=1500)
    metric = Metric(name="qwk")
    decision = fit_decision(metric, "multiclass", y[:1000], value[:1000])
    assert list(decision.values) == sorted(decision.values) and len(decision.values) == 4
    found = quality(metric, decision, y[1000:], value[1000:])
    assert found > 0.85 > quality(metric, Decision("cuts", (0.5, 1.5, 2.5, 3.5)), y[1000:], value[1000:])


def test_probabilities_of_ordered_labels_are_cut_at_their_mean_code() -> None:
    p = np.eye(3)[[0, 1, 2, 2]]
    assert Decision("cuts", (0.5, 1.5)).apply(p).tolist() == [0, 1, 2, 2]


def test_one_class_and_constant_predictions_do_not_break() -> None:
    for name in ("accuracy", "mcc", "fbeta"):
        assert fit_decision(Metric(name=name), "binary", np.zeros(5), np.random.default_rng(0).random(5)).values == (
            0.5,
        )
    assert fit_decision(Metric(name="qwk"), "multiclass", np.array([0, 1, 2]), np.ones(3)).values == (0.5, 1.5)


def test_the_same_rows_give_the_same_decision() -> None:
    y, p = rows(300, 0)
    assert fit_decision(Metric(name="mcc"), "binary", y, p) == fit_decision(Metric(name="mcc"), "binary", y, p)


def test_quick_on_a_hundred_thousand_rows() -> None:
    rng = np.random.default_rng(0)
    y, p = rows(100_000, 0)
    codes, values = rng.integers(0, 5, 100_000), rng.normal(size=100_000)
    start = time.perf_counter()
    fit_decision(Metric(name="fbeta"), "binary", y, p)
    fit_decision(Metric(name="qwk"), "multiclass", codes, values)
    fit_decision(Metric(name="mcc"), "multiclass", codes, rng.dirichlet(np.ones(5), 100_000))
    assert time.perf_counter() - start < 10  # some 0.5 s on an idle core
