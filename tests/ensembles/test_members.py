"""Calibration of the winner, the second pick, and what members are worth to each other."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.decisions import Decision
from pipeline.declaration.ensemble import Ensemble
from pipeline.declaration.metric import Metric
from pipeline.declaration.specs import EnsembleSpec
from pipeline.ensembles._calibrating import calibrate
from pipeline.ensembles._contest import Entry, Field, compete, field_order
from pipeline.ensembles._diversity import correlation_table, worth_table
from pipeline.ensembles._picks import second_pick
from pipeline.metrics import fold_scores


def spec(metric: str, task: str = "binary", **options: object) -> EnsembleSpec:
    ensemble = Ensemble.model_validate({"candidates": ["mean", "linear_stack"], "rounds": 20, **options})
    return EnsembleSpec(
        competition="toy", seed=1, task=task, metric=Metric(name=metric), models=["a"], ensemble=ensemble
    )


def regression(n: int = 500) -> Field:
    """``a`` and ``copy`` err alike, ``b`` errs by itself, ``bad`` knows nothing."""
    rng = np.random.default_rng(0)
    y = rng.normal(size=n)
    a = y + 0.5 * rng.normal(size=n)
    oof = {"a": a, "copy": a + 0.02 * rng.normal(size=n), "b": y + 0.5 * rng.normal(size=n), "bad": rng.normal(size=n)}
    return Field(np.arange(n), y, np.arange(n) % 5, oof, np.arange(n, n + 3), {m: p[:3] for m, p in oof.items()})


def too_sure(n: int = 1500, steepness: float = 3.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = 1.5 * rng.normal(size=n)
    y = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
    return y, 1 / (1 + np.exp(-steepness * x)), np.arange(n) % 5


def test_the_best_calibration_is_taken_where_it_earns_its_place() -> None:
    y, p, outer = too_sure()
    found = calibrate(spec("log_loss", calibration="best"), y, p, outer)
    assert (
        found.calibration.kind != "none" and found.scores.mean < fold_scores(Metric(name="log_loss"), y, p, outer).mean
    )
    assert found.table["chosen"].sum() == 1 and len(found.table) == 5


def test_what_needs_no_calibration_gets_none() -> None:
    y, p, outer = too_sure(steepness=1.0)
    found = calibrate(spec("log_loss", calibration="best"), y, p, outer)
    assert found.calibration.kind == "none" and np.array_equal(found.nested, p)


def test_a_named_calibration_is_used_and_none_is_none() -> None:
    y, p, outer = too_sure(steepness=1.0)
    assert calibrate(spec("auc", calibration="platt"), y, p, outer).calibration.kind == "platt"
    plain = calibrate(spec("auc"), y, p, outer)
    assert plain.nested is p and plain.table.empty


def test_errors_that_are_alike_correlate() -> None:
    table = correlation_table(spec("rmse", "regression"), regression()).set_index(["member", "other"])["correlation"]
    assert table["a", "a"] == pytest.approx(1) and table["a", "copy"] > 0.99 and abs(table["a", "b"]) < 0.2
    assert table["b", "a"] == table["a", "b"]


def test_what_errs_apart_is_worth_more_than_a_copy() -> None:
    table = worth_table(spec("rmse", "regression"), regression()).set_index("member")
    assert table.loc["b", "marginal"] > 0.05 > table.loc[["copy", "bad"], "marginal"].max()
    assert table.loc["b", "cost"] > 0.05 > table.loc[["copy", "bad"], "cost"].abs().max()


@pytest.mark.parametrize(("task", "metric"), [("multiclass", "log_loss"), ("binary", "accuracy"), ("binary", "auc")])
def test_classes_have_worth_and_correlation_too(task: str, metric: str) -> None:
    rng, n = np.random.default_rng(0), 300
    y = rng.integers(0, 3 if task == "multiclass" else 2, n)
    oof = {m: rng.dirichlet(np.ones(3), n) if task == "multiclass" else rng.random(n) for m in "ab"}
    field = Field(np.arange(n), y, np.arange(n) % 5, oof, np.arange(2), {m: p[:2] for m, p in oof.items()})
    assert np.isfinite(worth_table(spec(metric, task), field)[["marginal", "cost"]].to_numpy()).all()
    assert correlation_table(spec(metric, task), field)["correlation"].between(-1, 1).all()


@pytest.mark.parametrize("metric", ["auc", "average_precision"])
def test_a_sample_of_many_rows_keeps_a_rare_class_in_every_fold(metric: str) -> None:
    rng, n = np.random.default_rng(0), 60_000
    y = (np.arange(n) % 1_000 == 0).astype(int)  # sixty rows of a class: two of 2,000 that are drawn in equal parts
    odds = -5 + 2.0 * y
    p = {m: 1 / (1 + np.exp(-(odds + rng.normal(size=n)))) for m in "ab"} | {"noise": rng.random(n) / 100}
    field = Field(np.arange(n), y, np.arange(n) // 1_000 % 5, p, np.arange(2), {m: q[:2] for m, q in p.items()})
    table = worth_table(spec(metric), field).set_index("member")
    assert np.isfinite(table[["marginal", "cost"]].to_numpy()).all()
    assert max(table.loc[["a", "b"], "marginal"]) > table.loc["noise", "marginal"], "the other one of the good two"
    found = correlation_table(spec(metric), field).set_index(["member", "other"])["correlation"]
    full = np.corrcoef([y - q for q in p.values()])
    assert found["a", "b"] == pytest.approx(full[0, 1], abs=0.1)


def test_the_second_pick_is_near_the_best_and_least_alike() -> None:
    rng, n = np.random.default_rng(0), 300
    y, e = rng.normal(size=n), rng.normal(size=n)
    oof = {"a": y + e, "mirror": y - e, "twin": y + 1.0001 * e, "bad": y + 5 * rng.normal(size=n)}
    field = Field(np.arange(n), y, np.arange(n) % 5, oof, np.arange(3), {m: p[:3] for m, p in oof.items()})
    s = spec("rmse", "regression", candidates=[])
    first = Entry("first", oof["a"], fold_scores(s.metric, y, oof["a"], field.outer), Decision("none"))
    pick = second_pick(s, field, [first], first)
    assert pick is not None and pick.name == "mirror" and pick.correlation == pytest.approx(-1, abs=1e-3)


def test_there_is_no_second_pick_among_the_like() -> None:
    field = regression()
    alike = Field(field.row_id, field.y, field.outer, {"a": field.oof["a"]}, field.test_row_id, {"a": field.test["a"]})
    s = spec("rmse", "regression", candidates=[])
    entries, _ = compete(s, alike, field_order(s))
    assert second_pick(s, alike, entries, entries[0]) is None
