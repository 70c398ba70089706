"""Being held against the best member so far: how far behind, who is given up, and who goes on."""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pipeline.core.clock import start_clock
from pipeline.core.tables import write_json, write_table
from pipeline.declaration.metric import Metric
from pipeline.declaration.specs import Share
from pipeline.fitting.cuts import Cut
from pipeline.fitting.rival import Rival, best_so_far
from pipeline.fitting.timed import Block, Ledger, fit_within
from pipeline.folds import Fold
from pipeline.members import members_table
from tests.toy_model import train_job

Y = np.arange(40, dtype=float)
SHARE = Share(budget=200.0, weights={"toy": 2.0, "other": 1.0, "third": 1.0})


def cuts(count: int = 4) -> list[Cut]:
    parts = np.array_split(np.arange(40), count)
    return [Cut(Fold(f"r0f{k}", np.setdiff1d(np.arange(40), part), part), ("x",)) for k, part in enumerate(parts)]


def variant(name: str, miss: float, known: list[Cut]) -> Any:
    """A setting whose every prediction misses by so much."""
    valid = {cut.name: Y[cut.fold.valid] + miss for cut in known}
    return SimpleNamespace(name=name, result=lambda fold: SimpleNamespace(valid=valid[fold]))


@pytest.mark.parametrize(("miss", "first", "whole"), [(1.05, False, False), (1.2, False, True), (1.3, True, True)])
def test_a_loss_far_above_the_rivals_is_behind(miss: float, first: bool, whole: bool) -> None:
    rival, known = Rival("other", Y - 1.0, Y, Metric(name="rmse")), cuts()
    own = variant("toy", miss, known)
    assert rival.times(own, known) == pytest.approx(miss)
    assert bool(rival.lags(own, known[:2], first=True)) == first and bool(rival.lags(own, known)) == whole
    if first:
        assert rival.lags(own, known[:2], first=True) == "its first 2 folds have 1.30 times the error of other"


def test_scores_are_compared_by_what_they_lack_of_one_and_where_both_have_rows() -> None:
    y, known = np.tile([0.0, 1.0], 20), cuts()
    p = np.where(y == 1, 0.6, 0.4)
    p[[0, 10, 20, 30]] = 0.9
    better, worse = p.copy(), p.copy()
    worse[[2, 12, 22, 32]] = 0.9
    better[:10] = np.nan
    own: Any = SimpleNamespace(result=lambda fold: SimpleNamespace(valid=worse[10 * int(fold[-1]) :][:10]))
    assert Rival("other", better, y, Metric(name="auc")).times(own, known) == pytest.approx(2.0)
    assert Rival("other", np.full(40, np.nan), y, Metric(name="auc")).times(own, known) == 1.0, "nothing to compare"


def test_a_model_that_lags_on_its_first_folds_is_given_up_there(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted, known = list[str](), cuts()

    def fit(block: Block) -> float:
        fitted.extend(cut.name for cut in block.cuts)
        return 5.0 * len(block.cuts)

    ledger = Ledger(seconds=1e6, rival=Rival("other", Y - 1.0, Y, Metric(name="rmse")))
    assert fit_within([variant("toy", 2.0, known)], known, ledger, fit) == {}
    assert fitted == ["r0f0", "r0f1"]
    assert ledger.told("toy") == "toy is left out: its first 2 folds have 2.00 times the error of other"


def test_a_quick_model_that_lags_has_its_folds_and_no_other_setting() -> None:
    known = cuts()
    ledger = Ledger(seconds=1e6, rival=Rival("other", Y - 1.0, Y, Metric(name="rmse")))
    variants = [variant("toy", 2.0, known), variant("toy-2", 0.5, known)]
    assert fit_within(variants, known, ledger, lambda block: 0.1 * len(block.cuts)) == {"toy": [c.name for c in known]}
    assert ledger.told("toy").endswith("no more are tried: it has 2.00 times the error of other")


def test_a_model_that_keeps_up_tries_all_of_its_settings() -> None:
    known = cuts()
    ledger = Ledger(seconds=1e6, rival=Rival("other", Y - 1.0, Y, Metric(name="rmse")))
    variants = [variant("toy", 1.0, known), variant("toy-2", 3.0, known)]
    assert set(fit_within(variants, known, ledger, lambda block: 9.0 * len(block.cuts))) == {"toy", "toy-2"}
    assert not ledger.behind


def test_the_rival_is_the_best_member_that_this_run_has_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PODIUM_CLOCK", "")
    job, metric = train_job(tmp_path), Metric(name="rmse")
    dataset: Any = SimpleNamespace(target=Y)
    began = time.time() - 5.0
    for model, means in (("other", {"other": 3.0, "other-2": 1.0}), ("third", {"third": 0.5})):
        folder = job.path("train", model)
        folder.mkdir(parents=True)
        for part in ("oof", "test"):
            write_table(members_table(np.arange(40), {m: Y + s for m, s in means.items()}), folder / f"{part}.parquet")
        write_json({member: {"mean": mean} for member, mean in means.items()}, folder / "scores.json")
        write_json({"model": model, "split": "s", "members": {member: {} for member in means}}, folder / "model.json")
    earlier = began - 60.0
    os.utime(job.path("train", "third", "model.json"), (earlier, earlier))
    assert best_so_far(job, dataset, SHARE, metric) is None, "without a clock nobody knows which run trained them"
    start_clock(began, 100.0)
    rival = best_so_far(job, dataset, SHARE, metric)
    assert rival is not None and rival.name == "other-2" and rival.oof.tolist() == (Y + 1.0).tolist()
