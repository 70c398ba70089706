"""One list of methods x one list of checks, for every task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline import ensembles
from pipeline.core.errors import PodiumError
from pipeline.decisions import fit_decision
from pipeline.declaration.ensemble import CANDIDATES, Ensemble
from pipeline.declaration.metric import Metric
from pipeline.ensembles import Problem, Raw, Table
from pipeline.ensembles._sampling import draw
from pipeline.metrics import gain, score

METHODS = ["best_single", *CANDIDATES]
SIGNED = ("ridge_stack", "signed_climbing")
RANKED = ("rank_mean", "rank_climbing")
METRICS = [
    ("binary", "accuracy"),
    ("binary", "auc"),
    ("binary", "log_loss"),
    ("multiclass", "fbeta"),
    ("multiclass", "auc"),
    ("multiclass", "map_at_k"),
    ("multiclass", "qwk"),
    ("regression", "rmse"),
    ("regression", "rmsle"),
    ("regression", "rmspe"),
    ("regression", "mae"),
]


def problem(task: str, metric: str, **options: int) -> Problem:
    known = Ensemble(**{"rounds": 15, "bags": 5, **options})  # type: ignore[arg-type]
    return Problem(Metric(name=metric), task, 5, known, rows=20_000)  # type: ignore[arg-type]


def tables(task: str, metric: str, n: int, seed: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Four members of differing noise, and the truth."""
    rng = np.random.default_rng(seed)
    noises = {"a": 0.6, "b": 0.9, "c": 1.2, "d": 3.0}
    if task == "regression":
        x = rng.normal(size=n)
        y = np.exp(3 + x + 0.2 * rng.normal(size=n))
        return {name: np.exp(3 + x + 0.4 * s * rng.normal(size=n)) for name, s in noises.items()}, y
    if task == "binary":
        x = 2 * rng.normal(size=n) - 1
        y = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
        return {name: 1 / (1 + np.exp(-x - s * rng.normal(size=n))) for name, s in noises.items()}, y
    x = 2 * rng.normal(size=(n, 3))
    y = (x + rng.gumbel(size=(n, 3))).argmax(axis=1)
    if metric == "qwk":
        return {name: y + s * rng.normal(size=n) for name, s in noises.items()}, y
    grown = {name: np.exp(x + s * rng.normal(size=(n, 3))) for name, s in noises.items()}
    return {name: p / p.sum(axis=1, keepdims=True) for name, p in grown.items()}, y


def quality(p: Problem, y: np.ndarray, fitted: np.ndarray, fresh_y: np.ndarray, fresh: np.ndarray) -> float:
    decision = fit_decision(p.metric, p.task, y, fitted)
    return gain(p.metric, score(p.metric, fresh_y, decision.apply(fresh)))


CASES = [
    (method, task, metric)
    for method in METHODS
    for task, metric in METRICS
    if not ensembles.load(method).applies(problem(task, metric))
]


@pytest.mark.parametrize(("method", "task", "metric"), CASES)
def test_contract(method: str, task: str, metric: str) -> None:
    p = problem(task, metric)
    members, y = tables(task, metric, 400, 0)
    fresh, fresh_y = tables(task, metric, 1500, 1)
    before = {name: values.copy() for name, values in members.items()}
    blend = ensembles.load(method).fit(members, y, p)
    found = blend.predict(fresh)

    assert found.shape == fresh["a"].shape and np.isfinite(found).all()
    assert all(np.array_equal(members[name], before[name]) for name in members), "members were changed"
    assert set(blend.weights) <= set(members)
    assert method in SIGNED or all(w >= 0 for w in blend.weights.values())
    again = ensembles.load(method).fit(members, y, p).predict(fresh)
    assert np.array_equal(found, again), "not deterministic"
    some = {name: values[:7] for name, values in fresh.items()}
    assert blend.predict(some) == pytest.approx(found[:7], rel=1e-9), "a row's prediction depends on other rows"
    if task != "regression" and metric != "qwk":
        assert found.min() >= 0 and found.max() <= 1
        if task == "multiclass" and method not in RANKED:
            assert found.sum(axis=1) == pytest.approx(1)
    mine = quality(p, y, blend.predict(members), fresh_y, found)
    worst = quality(p, y, members["d"], fresh_y, fresh["d"])
    assert mine > worst


@pytest.mark.parametrize(("task", "metric"), METRICS)
@pytest.mark.parametrize("method", ["hill_climbing", "bagged_hill_climbing", "linear_stack"])
def test_weighing_beats_the_mean_where_a_member_is_bad(method: str, task: str, metric: str) -> None:
    p = problem(task, metric)
    members, y = tables(task, metric, 600, 2)
    fresh, fresh_y = tables(task, metric, 6000, 3)
    scores = {}
    for name in (method, "mean"):
        blend = ensembles.load(name).fit(members, y, p)
        scores[name] = quality(p, y, blend.predict(members), fresh_y, blend.predict(fresh))
    assert scores[method] > scores["mean"] - 0.002 * abs(scores["mean"])
    weights: Mapping[str, float] = ensembles.load(method).fit(members, y, p).weights
    assert weights.get("d", 0.0) < weights["a"]


@pytest.mark.parametrize("method", METHODS)
def test_one_row_of_a_class_and_one_member_do_not_break(method: str) -> None:
    p = problem("binary", "auc")
    members, y = tables("binary", "auc", 30, 0)
    y = np.zeros(30, dtype=int)
    y[3] = 1
    assert np.isfinite(ensembles.load(method).fit({"a": members["a"]}, y, p).predict({"a": members["a"]})).all()


def test_best_single_names_the_best() -> None:
    for task, metric in METRICS:
        members, y = tables(task, metric, 800, 4)
        blend = ensembles.load("best_single").fit(dict(reversed(members.items())), y, problem(task, metric))
        assert blend.weights == {"a": 1.0}


def test_a_mean_of_ratios_is_geometric() -> None:
    members = {"a": np.array([1.0, 10.0]), "b": np.array([4.0, 1000.0])}
    mean = ensembles.load("mean")
    assert mean.fit(members, np.ones(2), problem("regression", "rmspe")).predict(members) == pytest.approx([2, 100])
    assert mean.fit(members, np.ones(2), problem("regression", "rmse")).predict(members) == pytest.approx([2.5, 505])


@pytest.mark.parametrize(("task", "metric"), [("regression", "rmsle"), ("binary", "log_loss")])
def test_weak_members_do_not_hold_a_boosted_stack_back(task: str, metric: str) -> None:
    p = problem(task, metric)
    members, y = tables(task, metric, 1_500, 0)
    fresh, fresh_y = tables(task, metric, 1_500, 1)
    rng = np.random.default_rng(2)
    for k in range(8):  # of no use at all: in the mean they count two thirds
        members[f"w{k}"], fresh[f"w{k}"] = rng.permutation(members["d"]), rng.permutation(fresh["d"])
    plain = "hill_climbing" if task == "regression" else "linear_stack"
    reached = {
        name: score(p.metric, fresh_y, ensembles.load(name).fit(members, y, p).predict(fresh))
        for name in ("mean", plain, "boosted_stack")
    }
    assert reached["boosted_stack"] < 1.02 * reached[plain] < 0.85 * reached["mean"]


@pytest.mark.parametrize("method", ["boosted_stack", "feature_stack", "second_layer", "two_layer"])
def test_stacks_of_trees_sit_out_many_classes(method: str) -> None:
    applies, known = ensembles.load(method).applies, problem("multiclass", "log_loss", raw_columns=2)
    assert applies(replace(known, classes=10)) == ""
    assert applies(replace(known, classes=11)) == "does not apply: more than 10 classes"


def test_rank_mean_says_where_it_does_not_apply() -> None:
    applies = ensembles.load("rank_mean").applies
    assert applies(problem("binary", "auc")) == applies(problem("binary", "mcc")) == ""
    assert applies(problem("multiclass", "qwk")) == ""
    for task, metric in (("binary", "log_loss"), ("multiclass", "accuracy"), ("regression", "rmse")):
        assert applies(problem(task, metric)).startswith("does not apply")


def test_rank_mean_looks_past_scale() -> None:
    members, y = tables("binary", "auc", 500, 0)
    p = problem("binary", "auc")
    squeezed = {**members, "b": members["b"] ** 5}
    scores = [score(p.metric, y, ensembles.load("rank_mean").fit(m, y, p).predict(m)) for m in (members, squeezed)]
    assert scores[0] == pytest.approx(scores[1], abs=1e-3)


def test_linear_stack_leaves_out_targets_of_zero_under_a_logarithm() -> None:
    members, y = tables("regression", "rmspe", 200, 0)
    y[:5] = 0
    for method in ("linear_stack", "boosted_stack"):
        assert np.isfinite(
            ensembles.load(method).fit(members, y, problem("regression", "rmspe")).predict(members)
        ).all()


def test_a_sample_keeps_rare_classes_and_stands_for_all_rows() -> None:
    y = np.zeros(10_000, dtype=int)
    y[:50] = 1
    sample = draw(y, problem("binary", "auc"), 1000, np.random.default_rng(0))
    assert len(sample.rows) == 550 and (y[sample.rows] == 1).sum() == 50
    assert sample.weight is not None and sample.weight.sum() == pytest.approx(10_000)


def test_an_unknown_method_is_named_with_the_nearest() -> None:
    with pytest.raises(PodiumError, match="Did you mean rank_mean"):
        ensembles.load("rank_means", "toy")


def test_weights_of_values_do_not_make_up_for_a_drift_between_folds() -> None:
    """Folds forward in time: each member knows how rows differ, and errs in level by what the next fold has lost."""
    rng = np.random.default_rng(0)
    fold = np.repeat(np.arange(4), 200)
    within = rng.normal(size=800)
    y = 100.0 - 20 * fold + within
    members = {name: 120.0 - 20 * fold * s + within + 0.3 * rng.normal(size=800) for name, s in (("a", 1), ("b", 0.2))}
    blend = ensembles.load("linear_stack").fit(Table(members, fold), y, problem("regression", "rmse"))
    assert sum(blend.weights.values()) == pytest.approx(1.0, abs=0.1)
    plain = ensembles.load("linear_stack").fit(members, y, problem("regression", "rmse"))
    assert abs(sum(plain.weights.values()) - 1) > 3 * abs(sum(blend.weights.values()) - 1)


def test_the_second_layer_sits_out_without_features_and_on_very_many_rows() -> None:
    applies, known = ensembles.load("second_layer").applies, problem("binary", "auc")
    assert applies(known) == ""
    assert applies(replace(known, rows=200_001)) == "does not apply: more than 200,000 rows"
    assert applies(problem("binary", "auc", raw_columns=0)) == "does not apply: ensemble.raw_columns is 0"


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_the_second_layer_finds_what_the_members_left_in_the_features(task: str) -> None:
    """The truth turns with the product of two features, of which no member knows; some values are missing."""
    rng, metric = np.random.default_rng(0), "mae" if task == "regression" else "log_loss"
    members, y = tables(task, metric, 3000, 0)
    frame = pd.DataFrame(rng.normal(size=(3000, 4)), columns=list("abcd"))
    turned = (frame["a"] * frame["b"] > 0.5).to_numpy()
    y = np.where(turned, y * 4 if task == "regression" else 0, y)
    frame["d"] = frame["d"].mask(rng.random(3000) < 0.2)
    frame["kind"] = pd.Categorical(rng.choice(["x", "y"], 3000))
    fitted, held = np.arange(2000), np.arange(2000, 3000)
    seen, new = (
        Table({n: p[rows] for n, p in members.items()}, np.zeros(len(rows)), Raw(frame, rows))
        for rows in (fitted, held)
    )
    known = problem(task, metric)
    scores = [
        gain(known.metric, score(known.metric, y[held], ensembles.load(name).fit(seen, y[fitted], known).predict(new)))
        for name in ("linear_stack", "boosted_stack", "second_layer")
    ]
    assert scores[2] > max(scores[:2]) + 0.05 * abs(max(scores[:2]))
    again = ensembles.load("second_layer").fit(seen, y[fitted], known).predict(new)
    assert np.array_equal(again, ensembles.load("second_layer").fit(seen, y[fitted], known).predict(new))
