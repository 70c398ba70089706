"""Scores against values computed by hand and against scikit-learn; nested decisions; what is undefined."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from pipeline.core.errors import PodiumError
from pipeline.declaration.metric import METRICS, Metric
from pipeline.metrics import FoldScores, better, fold_scores, score


def of(name: str, y: list[float], prediction: list, **parameters: float) -> float:
    return score(Metric(name=name, **parameters), np.array(y), np.array(prediction))


BY_HAND = [
    ("accuracy", [0, 1, 1, 0], [0, 1, 0, 0], 0.75),
    ("balanced_accuracy", [0, 0, 0, 1], [0, 0, 1, 1], (2 / 3 + 1) / 2),
    ("fbeta", [1, 1, 0, 0], [1, 0, 1, 0], 0.5),
    ("mcc", [1, 1, 0, 0], [1, 0, 0, 0], (1 * 2 - 0 * 1) / np.sqrt(1 * 2 * 2 * 3)),
    ("auc", [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.75),
    ("gini", [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.5),
    ("average_precision", [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], (1 + 2 / 3) / 2),
    ("recall_at_precision", [1, 1, 0, 1, 0], [0.9, 0.8, 0.7, 0.6, 0.5], 2 / 3),
    ("log_loss", [1, 0], [0.8, 0.4], -(np.log(0.8) + np.log(0.6)) / 2),
    ("brier", [1, 0], [0.8, 0.4], (0.04 + 0.16) / 2),
    ("brier", [2], [[0.5, 0.3, 0.2]], 0.25 + 0.09 + 0.64),
    ("map_at_k", [2, 0, 1], [[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.3, 0.5, 0.2]], (1 / 3 + 1 / 3 + 1) / 3),
    ("qwk", [0, 1, 2], [0, 1, 1], 2 / 3),
    ("rmse", [1.0, 2.0], [2.0, 4.0], np.sqrt(2.5)),
    ("mae", [1.0, 2.0], [2.0, 4.0], 1.5),
    ("r2", [1.0, 2.0, 3.0], [1.0, 2.0, 2.0], 0.5),
    ("rmsle", [0.0, np.e - 1], [-5.0, 0.0], np.sqrt(0.5)),
    ("rmspe", [0.0, 2.0, 4.0], [9.0, 1.0, 4.0], np.sqrt(0.125)),
    ("mape", [0.0, 2.0, 4.0], [9.0, 1.0, 5.0], 0.375),
    ("smape", [0.0, 1.0], [0.0, 3.0], 0.5),
]


@pytest.mark.parametrize(("name", "y", "prediction", "expected"), BY_HAND)
def test_values_by_hand(name: str, y: list, prediction: list, expected: float) -> None:
    assert of(name, y, prediction) == pytest.approx(expected)


def test_map_counts_no_label_beyond_k() -> None:
    assert of("map_at_k", [2, 1], [[0.5, 0.3, 0.2], [0.2, 0.5, 0.3]], k=2) == 0.5


def test_recall_falls_as_the_demanded_precision_rises() -> None:
    y, p = [1, 1, 0, 1, 0], [0.9, 0.8, 0.7, 0.6, 0.5]
    found = [of("recall_at_precision", y, p, precision=least) for least in (0.6, 0.75, 0.76, 1.0)]
    assert found == pytest.approx([1, 1, 2 / 3, 2 / 3])
    assert of("recall_at_precision", [1, 0], [0.1, 0.9], precision=0.9) == 0


def test_every_metric_has_a_score() -> None:
    assert {name for name, *_ in BY_HAND} == set(METRICS)


@pytest.fixture(scope="module")
def three() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(3), 300).round(2) + 1e-3
    p /= p.sum(axis=1, keepdims=True)
    y = np.array([rng.choice(3, p=0.5 * row + 0.5 / 3) for row in p])
    return y, p, rng.random(300) + 0.1


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("accuracy", sk.accuracy_score),
        ("balanced_accuracy", sk.balanced_accuracy_score),
        ("mcc", sk.matthews_corrcoef),
        ("fbeta", lambda y, p, **k: sk.fbeta_score(y, p, beta=2, average="macro", **k)),
        ("qwk", lambda y, p, **k: sk.cohen_kappa_score(y, p, weights="quadratic", **k)),
    ],
)
def test_labels_as_scikit_learn(name: str, theirs, three) -> None:
    y, p, w = three
    metric = Metric(name=name, beta=2) if name == "fbeta" else Metric(name=name)
    assert score(metric, y, p.argmax(axis=1)) == pytest.approx(theirs(y, p.argmax(axis=1)))
    assert score(metric, y, p.argmax(axis=1), w) == pytest.approx(theirs(y, p.argmax(axis=1), sample_weight=w))


def test_several_classes_as_scikit_learn(three) -> None:
    y, p, w = three
    hits = np.eye(3)[y]
    assert score(Metric(name="auc"), y, p) == pytest.approx(sk.roc_auc_score(y, p, multi_class="ovr"))
    assert score(Metric(name="average_precision"), y, p, w) == pytest.approx(
        sk.average_precision_score(hits, p, sample_weight=w)
    )
    assert score(Metric(name="log_loss"), y, p, w) == pytest.approx(sk.log_loss(y, p, sample_weight=w))
    assert score(Metric(name="map_at_k", k=1), y, p) == pytest.approx(np.mean(p.argmax(axis=1) == y))


@given(st.integers(0, 10**6), st.integers(5, 60))
@settings(max_examples=40, deadline=None)
def test_two_classes_as_scikit_learn(seed: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    y, p, w = rng.integers(0, 2, rows), rng.random(rows).round(1), rng.random(rows) + 0.01
    y[:2] = [0, 1]
    assert score(Metric(name="auc"), y, p, w) == pytest.approx(sk.roc_auc_score(y, p, sample_weight=w))
    assert score(Metric(name="average_precision"), y, p, w) == pytest.approx(
        sk.average_precision_score(y, p, sample_weight=w)
    )
    assert score(Metric(name="brier"), y, p, w) == pytest.approx(sk.brier_score_loss(y, p, sample_weight=w))
    assert score(Metric(name="mcc"), y, p > 0.5) == pytest.approx(sk.matthews_corrcoef(y, p > 0.5))
    assert score(Metric(name="fbeta"), y, p > 0.5) == pytest.approx(sk.f1_score(y, p > 0.5, zero_division=0))


@given(st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_values_as_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, p, w = rng.random(20) + 0.1, rng.random(20), rng.random(20) + 0.1
    for name, theirs in (
        ("rmse", sk.root_mean_squared_error),
        ("mae", sk.mean_absolute_error),
        ("r2", sk.r2_score),
        ("rmsle", sk.root_mean_squared_log_error),
        ("mape", sk.mean_absolute_percentage_error),
    ):
        assert score(Metric(name=name), y, p, w) == pytest.approx(theirs(y, p, sample_weight=w))


def test_log_loss_of_certain_mistakes_is_finite() -> None:
    assert of("log_loss", [0], [1.0]) == pytest.approx(-np.log(1e-15), rel=1e-3)


def test_better_knows_the_direction() -> None:
    assert better(Metric(name="auc"), 0.9, 0.8) and not better(Metric(name="auc"), 0.8, 0.8)
    assert better(Metric(name="rmse"), 0.8, 0.9)


def test_fold_scores_spread_and_leave_out() -> None:
    y, outer = np.array([1.0, 1.0, 2.0, 2.0, 9.0, 9.0]), np.array([0, 0, 1, 1, -1, 1])
    prediction = np.array([1.0, 3.0, 2.0, 3.0, 0.0, np.nan])
    found = fold_scores(Metric(name="mae"), y, prediction, outer)
    assert found == FoldScores((1.0, 0.5))
    assert found.mean == 0.75 and found.se == pytest.approx(np.std([1.0, 0.5], ddof=1) / np.sqrt(2))


def test_an_undefined_fold_is_named() -> None:
    y, outer = np.array([0, 1, 0, 0]), np.array([0, 0, 1, 1])
    with pytest.raises(PodiumError, match=r"metric auc is undefined in fold 1; got rows of class 0 only"):
        fold_scores(Metric(name="auc"), y, np.array([0.1, 0.2, 0.3, 0.4]), outer)
    with pytest.raises(PodiumError, match="no out-of-fold prediction"):
        fold_scores(Metric(name="auc"), y, np.full(4, np.nan), outer)
    with pytest.raises(PodiumError, match="needs two folds"):
        fold_scores(Metric(name="accuracy"), y, np.full(4, 0.5), np.zeros(4, dtype=int))


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "mcc", "qwk"])
def test_nested_decisions_on_random_predictions_score_chance(name: str) -> None:
    """A threshold chosen on the rows it is scored on would find some gain in noise; a nested one finds none."""
    metric, found = Metric(name=name), []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        y, outer = rng.permutation(np.arange(200) % 2), np.arange(200) % 5
        found.append(fold_scores(metric, y, rng.random(200), outer).mean)
    chance = {"accuracy": 0.5, "balanced_accuracy": 0.5}.get(name, 0.0)
    assert abs(np.mean(found) - chance) < 3 * np.std(found, ddof=1) / np.sqrt(len(found)) + 0.005


def test_a_decision_never_sees_the_fold_that_it_is_scored_on() -> None:
    rng = np.random.default_rng(1)
    y, outer, p = rng.integers(0, 2, 300), np.arange(300) % 3, rng.random(300)
    metric = Metric(name="balanced_accuracy")
    fooled = np.where(outer == 0, np.where(y == 1, 0.05, 0.01), p)  # in fold 0 only a threshold of 0.03 would be right
    assert fold_scores(metric, y, fooled, outer).scores[0] < 0.6
