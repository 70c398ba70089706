"""The searches by fits, and selection against the test rows: what each one's own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.declaration.select import Select
from pipeline.selection import Around, judge, load
from pipeline.selection.elimination import steps
from pipeline.selection.stepwise import Trial, most_fits

pytestmark = pytest.mark.filterwarnings("error")


def test_elimination_steps_pass_through_what_is_to_be_kept() -> None:
    assert steps(12, 5) == [12, 10, 8, 7, 6, 5, 4, 3, 2, 1]
    assert 37 in steps(200, 37) and steps(1, 1) == [1]


def test_elimination_stops_where_the_folds_say() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(300, 12)).astype("float32"), columns=list("abcdefghijkl"))
    y = (frame["a"] + frame["b"] + 0.3 * rng.normal(size=300) > 0).to_numpy().astype(np.int64)
    section = Select(method="wrapper", keep=1.0, rounds=60)
    verdict = load("elimination")(judge(frame, y, "binary", 1), section)
    assert {0, 1} <= set(np.flatnonzero(verdict.chosen)) and verdict.chosen.sum() < 8
    assert verdict.score[0] == 1 and 0 < verdict.score.min() < 1


def test_the_declared_bound_counts_the_fits_that_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(Trial, "_one", lambda self, columns, fit, score: made.append(columns) or -float(len(columns)))
    frame = pd.DataFrame(np.zeros((30, 6), dtype="float32"), columns=list("abcdef"))
    y = np.arange(30) % 2
    for way, keep in (("forward", 4), ("backward", 0.16)):
        made.clear()
        section = Select(method="wrapper", by=way, keep=keep)  # type: ignore[arg-type]
        load(way)(judge(frame, y, "binary", 1), section)
        assert len(made) == (3 * (6 + 5 + 4 + 3) if way == "forward" else 3 * (1 + 6 + 5 + 4 + 3 + 2))
        assert len(made) <= most_fits(section, 6)
    assert most_fits(Select(method="filter"), 6) == 0


def test_adversarial_drops_what_tells_test_from_train_whatever_the_target() -> None:
    rng = np.random.default_rng(0)
    train, test = (pd.DataFrame(rng.normal(size=(300, 4)).astype("float32"), columns=list("abcd")) for _ in range(2))
    test["c"] += 3
    test["d"] += 0.01
    y = (train["c"] > 0).to_numpy().astype(np.int64)
    section = Select(method="adversarial", keep=0.25)
    for target in (y, 1 - y):
        verdict = load("adversarial")(judge(train, target, "binary", 1, around=Around(test=test)), section)
        assert verdict.chosen.tolist() == [True, True, False, True]
        assert verdict.score[2] < 0.2 and verdict.score[[0, 1, 3]].tolist() == [1, 1, 1]
    test["d"] += 3
    bounded = Select(method="adversarial", keep=0.75)
    assert load("adversarial")(judge(train, y, "binary", 1, around=Around(test=test)), bounded).chosen.sum() == 3
