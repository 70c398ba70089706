"""The kind of folds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.declaration.metric import Task
from pipeline.scaffold.folds import find_split
from pipeline.scaffold.guess import Guess
from pipeline.scaffold.halves import Files
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.read import Raw
from pipeline.scaffold.roles import find_roles

KEYS = Keys(Guess("id", ""), Guess("y", ""))
RNG = np.random.default_rng(3)


def split_of(train: dict[str, Any], test: dict[str, Any], task: Task = "binary") -> dict[str, Any]:
    rows = len(next(iter(train.values())))
    frames = [pd.DataFrame({"id": range(len(next(iter(p.values())))), **p}).astype("str") for p in (train, test)]
    target = ["0", "1"] * (rows // 2) if task == "binary" else [str(v) for v in RNG.normal(size=rows)]
    raw = Raw(frames[0].assign(y=pd.Series(target, dtype="str")), frames[1], None, Files("a", "b", None))
    return find_split(raw, KEYS, find_roles(raw, KEYS)[0], task).value


def days(start: str, count: int, each: int) -> list[str]:
    return [str(day.date()) for day in pd.date_range(start, periods=count) for _ in range(each)]


def test_test_rows_that_come_later_ask_for_time() -> None:
    split = split_of({"when": days("2020-01-01", 200, 2)}, {"when": days("2020-07-19", 14, 2)})
    assert split == {"kind": "time", "folds": 5, "time": "when", "horizon": 14}


def test_a_short_past_gets_no_horizon() -> None:
    split = split_of({"when": days("2020-01-01", 60, 2)}, {"when": days("2020-03-01", 30, 2)})
    assert split == {"kind": "time", "folds": 5, "time": "when"}


def test_many_rows_ask_for_fewer_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.scaffold.folds.MANY_ROWS", 399)
    split = split_of({"when": days("2020-01-01", 200, 2)}, {"when": days("2020-07-19", 14, 2)})
    assert split == {"kind": "time", "folds": 3, "time": "when", "horizon": 14}


def test_overlapping_dates_do_not() -> None:
    assert split_of({"when": days("2020-01-01", 200, 2)}, {"when": days("2020-06-01", 200, 2)}) == {}


def test_a_number_counts_as_time_by_its_name_only() -> None:
    train, test = {"week": [n // 8 for n in range(400)]}, {"week": [50 + n // 8 for n in range(100)]}
    assert split_of(train, test, "regression") == {"kind": "time", "folds": 5, "time": "week"}
    renamed = ({"width": train["week"]}, {"width": test["week"]})
    assert split_of(*renamed, "regression").get("kind") != "time"


def test_groups_that_train_and_test_do_not_share_ask_for_groups() -> None:
    train = {"patient": [f"p{n % 40}" for n in range(400)], "site": [f"s{n % 7}" for n in range(400)]}
    test = {"patient": [f"q{n % 10}" for n in range(100)], "site": [f"s{n % 7}" for n in range(100)]}
    assert split_of(train, test) == {"kind": "stratified_group", "folds": 5, "group": "patient"}
    assert split_of(train, test, "regression") == {"kind": "group", "folds": 5, "group": "patient"}


def test_shared_groups_and_single_rows_do_not() -> None:
    train = {"patient": [f"p{n % 40}" for n in range(400)], "ticket": [f"t{n}" for n in range(400)]}
    test = {"patient": [f"p{n % 40}" for n in range(100)], "ticket": [f"u{n}" for n in range(100)]}
    assert split_of(train, test) == {}


def test_an_id_of_dates_is_a_time_like_any_other() -> None:
    ours = [str(hour) for hour in pd.date_range("2020-01-01", periods=400, freq="h")]
    later = [str(hour) for hour in pd.date_range("2020-01-17 16:00", periods=96, freq="h")]
    assert split_of({"id": ours}, {"id": later}) == {"kind": "time", "folds": 5, "time": "id"}
    between = [hour.replace(":00:00", ":30:00") for hour in ours]
    assert split_of({"id": ours}, {"id": between}) == {}
