"""Keeping to a part of a budget: the order of the work, what is left out, what falls to the next model."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pipeline.core.clock import start_clock
from pipeline.core.tables import write_json
from pipeline.declaration.specs import Share
from pipeline.ensembles import _boosting, second_layer
from pipeline.fitting import timed
from pipeline.fitting.allowance import (
    LAYER_CLASSES,
    LAYER_ROWS,
    LAYER_ROWS_IN_ALL,
    Ahead,
    Allowance,
    allowance,
    begun,
    by_worth,
    most_models,
    stands_alone,
)
from pipeline.fitting.cuts import Cut
from pipeline.fitting.timed import Block, Ledger, fit_within, in_order
from pipeline.fitting.workload import Workload
from pipeline.folds import Fold, Folds
from tests.toy_model import train_job

SHARE = Share(budget=200.0, weights={"toy": 2.0, "other": 1.0, "third": 1.0})


@pytest.fixture(autouse=True)
def _no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODIUM_CLOCK", "")


def cuts_of(*names: str) -> list[Cut]:
    return [Cut(Fold(name, np.arange(4), np.arange(2)), ("x",)) for name in names]


def variants_of(count: int) -> list[Any]:
    return [SimpleNamespace(name=f"toy-{number}") for number in range(count)]


def test_first_settings_and_first_repeats_come_first() -> None:
    cuts = cuts_of("r0f0", "r0f1", "r1f0", "r1f1", "full")
    found = [(block.variant.name, [cut.name for cut in block.cuts]) for block in in_order(variants_of(2), cuts)]
    whole, again = ["r0f0", "r0f1", "full"], ["r1f0", "r1f1"]
    assert found == [("toy-0", whole), ("toy-1", whole), ("toy-0", again), ("toy-1", again)]


def test_blocks_are_fitted_while_their_likely_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(timed.time, "perf_counter", lambda: now[0])

    known = set[str]()

    def fit(block: Block) -> float:
        names = {f"{block.variant.name} {cut.name}" for cut in block.cuts}
        now[0] += 2.0 * len(names - known)
        known.update(names)
        return 2.0 * len(block.cuts)

    cuts, ledger = cuts_of("r0f0", "r0f1", "r1f0", "r1f1"), Ledger(seconds=13.5)
    finished = fit_within(variants_of(3), cuts, ledger, fit)
    assert now[0] == 12.0, "a third setting is taken for dearer than the 1.5 s that are left"
    assert finished == {"toy-0": ["r0f0", "r0f1", "r1f0", "r1f1"], "toy-1": ["r0f0", "r0f1"]}
    assert ledger.to_json()["planned"] == 6 and ledger.to_json()["done"] == 3
    assert "3 of 6 settings and repeats" in ledger.told("toy")


@pytest.mark.parametrize(("seconds", "done"), [(8.3, 1), (8.5, 2)])
def test_a_further_block_is_begun_with_a_tenth_of_slack(
    monkeypatch: pytest.MonkeyPatch, seconds: float, done: int
) -> None:
    now = [0.0]
    monkeypatch.setattr(timed.time, "perf_counter", lambda: now[0])

    def fit(block: Block) -> float:
        now[0] += 4.0
        return 4.0

    ledger = Ledger(seconds=seconds)
    fit_within(variants_of(1), cuts_of("r0f0", "r0f1", "r1f0", "r1f1"), ledger, fit)
    assert len(ledger.done) == done


def test_a_setting_that_turns_out_too_dear_is_given_up_on_its_first_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    now, fitted = [0.0], list[str]()
    monkeypatch.setattr(timed.time, "perf_counter", lambda: now[0])

    def fit(block: Block) -> float:
        new = [cut.name for cut in block.cuts if f"{block.variant.name} {cut.name}" not in fitted]
        fitted.extend(f"{block.variant.name} {name}" for name in new)
        each = 20.0 if block.variant.name == "toy-1" else 1.0
        now[0] += each * len(new)
        return each * len(block.cuts)

    cuts, ledger = cuts_of("r0f0", "r0f1", "r0f2", "r0f3", "r1f0", "r1f1", "r1f2", "r1f3"), Ledger(seconds=60.0)
    finished = fit_within(variants_of(3), cuts, ledger, fit)
    assert set(finished) == {"toy-0", "toy-2"} and all(len(names) == 8 for names in finished.values())
    assert [name for name in fitted if name.startswith("toy-1")] == ["toy-1 r0f0"] and now[0] == 36.0


def test_what_the_leading_model_claimed_beyond_its_fair_part_is_for_its_first_block(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr(timed.time, "perf_counter", lambda: now[0])
    ledger = Ledger(seconds=100.0, further=10.0)
    assert ledger.left == 100.0
    now[0] = 4.0
    ledger.done.append(Block(variants_of(1)[0], tuple(cuts_of("r0f0"))))
    assert ledger.left == 6.0, "what it did not need falls to the models after it"


def test_the_first_block_is_whole_whatever_it_takes() -> None:
    ledger = Ledger(seconds=0.0)
    assert fit_within(variants_of(2), cuts_of("r0f0", "r0f1"), ledger, lambda block: 1.0)["toy-0"] == ["r0f0", "r0f1"]
    assert "left out" in Ledger(seconds=-3.0).told("toy")


def test_a_block_costs_what_its_median_fold_does() -> None:
    seconds = {"r0f0": 9.0, "r0f1": 2.0, "r0f2": 1.0, "r0f3": 2.0}
    variant: Any = SimpleNamespace(name="toy", seconds=lambda name: {"seconds": seconds[name]})
    assert Block(variant, tuple(cuts_of(*seconds))).seconds(Workload(2, 1)) == 4.0


def test_little_work_of_a_model_that_needs_processes_goes_one_after_another() -> None:
    seconds = {f"r0f{k}": 2.0 for k in range(5)}
    variant: Any = SimpleNamespace(name="toy", seconds=lambda name: {"seconds": seconds[name]})
    block = Block(variant, tuple(cuts_of(*seconds)))
    assert (block.seconds(Workload(2, 1)), block.seconds(Workload(2, 1, processes=True))) == (5.0, 10.0)
    seconds = {f"r0f{k}": 6.0 for k in range(5)}
    assert block.seconds(Workload(2, 1, processes=True)) == 15.0, "enough for two processes"


def test_a_refit_is_counted_after_the_folds() -> None:
    seconds = {"r0f0": 2.0, "r0f1": 2.0, "full": 5.0}
    variant: Any = SimpleNamespace(name="toy", seconds=lambda name: {"seconds": seconds[name]})
    cuts = [*cuts_of("r0f0", "r0f1"), Cut(Fold("full", np.arange(6), np.arange(0)), ("x",))]
    assert Block(variant, tuple(cuts)).seconds(Workload(2, 1)) == 7.0
    drawn = Folds(np.arange(6), {})
    assert timed._rows(drawn, cuts, jobs=2) == [4, 4, 6, 6], "nothing else runs beside it"
    assert timed._rows(replace(drawn, order=np.arange(6.0)), cuts, jobs=2) == [4, 4, 6]


def test_what_is_left_is_shared_among_the_models_to_come(tmp_path: Path) -> None:
    job = train_job(tmp_path)
    start_clock(time.time() - 20.0, 200.0)
    first = allowance(job, SHARE, Ahead(rows=0)).fair
    assert 60 < first < 85, "half of what the tail and two more starts leave of 180 s"
    write_json({"members": {}}, job.path("train", "other", "model.json"))
    assert allowance(job, SHARE, Ahead(rows=0)).fair > 1.25 * first, "a model that is done wants no more"
    assert not stands_alone(job, SHARE)
    write_json({"members": {}}, job.path("train", "third", "model.json"))
    assert stands_alone(job, SHARE), "the others were left out: this one must not be"
    write_json({"members": {"third": {}}}, job.path("train", "third", "model.json"))
    assert not stands_alone(job, SHARE)


def test_an_earlier_runs_model_is_still_to_come(tmp_path: Path) -> None:
    job = train_job(tmp_path)
    record = job.path("train", "other", "model.json")
    write_json({"members": {}}, record)
    start_clock(time.time(), 200.0)
    fresh = allowance(job, SHARE, Ahead(rows=0)).left
    os.utime(record, (time.time() - 900, time.time() - 900))
    assert allowance(job, SHARE, Ahead(rows=0)).left < fresh


def test_without_a_clock_each_model_has_its_declared_part(tmp_path: Path) -> None:
    alone = allowance(train_job(tmp_path), SHARE, Ahead(rows=0))
    assert alone.fair == pytest.approx(70, abs=10) and not alone.leads


@pytest.mark.parametrize(
    ("wanted", "claimed"),
    [(20.0, 30.0), (50.0, 40.0), (100.0, 60.0), (190.0, 120.0), (500.0, 120.0), (32.0, 32.0)],
)
def test_the_leading_model_takes_more_where_fair_parts_would_be_of_no_use(wanted: float, claimed: float) -> None:
    leading = Allowance(left=120.0, part=0.25, others=2, leads=True)
    assert leading.claim(wanted, sampled=True) == pytest.approx(claimed)
    assert Allowance(left=120.0, part=0.25, others=2, leads=False).claim(wanted, sampled=True) == 30.0


@pytest.mark.parametrize(("wanted", "claimed"), [(20.0, 30.0), (35.0, 35.0), (500.0, 40.0)])
def test_the_leading_model_leaves_two_thirds_where_a_fair_part_would_do_for_all_rows(
    wanted: float, claimed: float
) -> None:
    leading = Allowance(left=120.0, part=0.25, others=2, leads=True)
    assert leading.claim(wanted, sampled=False) == pytest.approx(claimed)


def test_a_pilot_does_not_cost_the_leading_model_what_it_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(timed.time, "perf_counter", lambda: now[0])
    ledger, leading = Ledger(seconds=0.0), Allowance(left=120.0, part=0.25, others=2, leads=True)
    now[0] = 4.0
    ledger.claim(leading, wanted=33.0, sampled=False)
    assert 33.0 < ledger.left < 36.0 and ledger.further == 30.0


def test_only_the_first_model_trained_leads(tmp_path: Path) -> None:
    job = train_job(tmp_path)
    start_clock(time.time() - 1.0, 200.0)
    assert allowance(job, SHARE, Ahead(rows=0)).leads
    write_json({"members": {}}, job.path("train", "other", "model.json"))
    assert not allowance(job, SHARE, Ahead(rows=0)).leads


def test_a_short_budget_goes_to_few_models(tmp_path: Path) -> None:
    models = {"random_forest": 1.0, "toy": 2.5, "xgboost": 2.0, "svm": 1.0, "knn": 1.0, "quick": 0.5}
    share = Share(budget=43.0, weights=models)
    job = train_job(tmp_path)
    start_clock(time.time() - 5.0, 43.0)
    first = allowance(job, share, Ahead(rows=6_000))
    assert first.leads and first.fair > 4.0 and first.others == 2, "three of the six share what is left"
    assert first.crowded, "so that none of the three takes another setting before the others had one"
    weakest = replace(job, model="svm")
    assert allowance(weakest, share, Ahead(rows=6_000)).fair == 0.0
    start_clock(time.time() - 5.0, 400.0)
    plenty = allowance(weakest, share, Ahead(rows=6_000))
    assert plenty.fair > 30.0 and not plenty.crowded


def test_where_time_is_short_the_leading_and_the_cheap_models_are_kept() -> None:
    weights = {"random_forest": 1.0, "linear": 0.5, "xgboost": 2.0, "lightgbm": 2.5}
    share = Share(budget=40.0, weights=weights, starts={"mlp": 5.0})
    assert by_worth(weights, share) == ["lightgbm", "linear", "xgboost", "random_forest"]
    assert by_worth({"knn": 2.0, "xgboost": 2.0}, share)[0] == "knn", "of equals the one whose turn it is"
    assert by_worth({"mlp": 2.0, "lightgbm": 1.3}, share) == ["lightgbm", "mlp"], "a slow start is in it"
    assert [most_models(seconds, [3.0] * 9) for seconds in (0.0, 30.0, 200.0)] == [1, 4, 9]
    assert [most_models(21.0, starts) for starts in ([3.0] * 3, [3.0, 3.0, 9.0])] == [3, 2], "a slow start is in it"


def test_on_few_rows_more_families_have_time_and_quick_ones_come_before_more_boosting(tmp_path: Path) -> None:
    weights = {"toy": 2.5, "xgboost": 2.0, "mlp": 2.0, "knn": 1.0, "svm": 1.0, "linear": 0.5}
    job, share = train_job(tmp_path), Share(budget=60.0, weights=weights)
    assert by_worth(weights, share, light=True) == ["toy", "linear", "knn", "svm", "xgboost", "mlp"]
    assert by_worth(weights, share) == ["toy", "linear", "xgboost", "mlp", "knn", "svm"]
    start_clock(time.time() - 20.0, 60.0)
    few, many = (allowance(replace(job, model="svm"), share, Ahead(rows)) for rows in (200, 9_000))
    assert few.fair > 1.0 and few.others == many.others + 1


def test_a_light_model_has_what_it_is_worth_its_start_with(tmp_path: Path) -> None:
    job, share = train_job(tmp_path), Share(budget=45.0, weights={"lightgbm": 2.5, "toy": 0.5, "mlp": 2.0})
    start_clock(time.time() - 20.0, 45.0)
    ahead = Ahead(rows=400)
    light = allowance(job, share, ahead)
    assert light.fair >= ahead.least > 0.5 / 5.0 * light.left, "its part by weight alone would be no use"
    assert begun(share, "toy", light.fair)


def test_a_model_that_starts_slowly_needs_more_to_be_begun(tmp_path: Path) -> None:
    weights = {"toy": 2.5, "mlp": 2.0, "tabm": 2.0}
    quick, slow = Share(budget=45.0, weights=weights), Share(budget=45.0, weights=weights, starts={"mlp": 9.0})
    assert begun(quick, "mlp", 2.0) and not begun(slow, "mlp", 2.0)
    start_clock(time.time() - 5.0, 45.0)
    left = [allowance(train_job(tmp_path), share, Ahead(rows=400)).left for share in (quick, slow)]
    assert left[0] == pytest.approx(left[1] + 6.0, abs=1.0)


def test_the_tail_goes_by_the_members_that_are_there(tmp_path: Path) -> None:
    job, ahead = train_job(tmp_path), Ahead(rows=0)
    start_clock(time.time() - 20.0, 200.0)
    left = []
    for count in (1, 9):
        write_json({"members": {f"m{k}": {} for k in range(count)}}, job.path("train", "other", "model.json"))
        left.append(allowance(job, SHARE, ahead).left)
    assert left[0] - left[1] == pytest.approx(ahead.seconds(9) - ahead.seconds(1), abs=0.5)


def test_many_classes_make_boosting_one_among_others(tmp_path: Path) -> None:
    share = Share(budget=100.0, weights={"toy": 2.5, "net": 2.0, "knn": 1.0, "svm": 1.0}, by_class=["toy"])
    start_clock(time.time(), 100.0)
    few, many = (allowance(train_job(tmp_path), share, Ahead(rows=0, classes=classes)) for classes in (3, 24))
    assert few.part == pytest.approx(2.5 / 6.5, abs=0.02) and many.part == pytest.approx(1 / 5, abs=0.02)


def test_what_comes_after_training_takes_longer_with_classes_and_where_scores_sort() -> None:
    plain = Ahead(rows=5_000, classes=2).seconds(members=20)
    assert Ahead(5_000, 2, sorts=True).seconds(20) == pytest.approx(plain + 2 * 5_000 * 20 * 2e-5)
    layer = Ahead(5_000, 2).layer
    assert (LAYER_ROWS, LAYER_ROWS_IN_ALL) == (second_layer.MOST_ROWS, second_layer.MOST_ROWS_IN_ALL)
    assert _boosting.MOST_CLASSES == LAYER_CLASSES, "what the budget knows of the layer is what the layer does"
    assert layer == 3.0 and Ahead(5_000, 8).layer == 6.0
    assert Ahead(5_000, 2, forward=True).layer == Ahead(5_000, 12).layer == Ahead(300_000, 2).layer == 0.0
    assert Ahead(5_000, 12).seconds(20) == pytest.approx(plain - layer + 10 * 0.35 + 5 * 5_000 * 20 * 2e-5)
