"""Covariate, label and concept shift: each is told where it is planted, and only there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.auditing.findings_in_time import forward, shifts
from pipeline.auditing.shift import Shift, find_shift
from pipeline.declaration.metric import Task

KINDS = {"a": "numeric", "b": "numeric", "c": "categorical"}


def world(kind: str, task: Task, rows: int = 3000) -> tuple[pd.DataFrame, np.ndarray, pd.Series]:
    """Rows in an order of time drawn at random, whose last fifth differs by ``kind``."""
    rng = np.random.default_rng(3)
    when = rng.permutation(rows).astype(float)
    late = when >= 0.8 * rows
    frame = pd.DataFrame(rng.normal(size=(rows, 2)).astype("float32"), columns=["a", "b"])
    frame["c"] = pd.Categorical(rng.choice(list("xyz"), rows))
    if kind == "covariate":
        frame.loc[late, "b"] += 2
    base = frame["a"].to_numpy() * (np.where(late, -1, 1) if kind == "concept" else 1)
    value = base + 0.5 * rng.normal(size=rows) + (0.8 * late if kind == "label" and task != "multiclass" else 0)
    edges = {"binary": [0.3], "multiclass": [-0.5, 0.5]}
    target = value if task == "regression" else np.digitize(value, edges[task])
    day = pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta(when, unit="h"), name="day")
    if kind == "label" and task == "multiclass":
        kept = ~(late & (target == 0) & (rng.random(rows) < 0.5))
        return frame[kept].reset_index(drop=True), target[kept], day[kept].reset_index(drop=True)
    return frame, target, day


def told(kind: str, task: Task) -> tuple[Shift, set[str]]:
    frame, target, when = world(kind, task)
    shift = find_shift(frame, KINDS, target, when, task, 1)
    assert shift is not None
    return shift, {finding.kind for finding in shifts(shift, target, task)}


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("kind", ["none", "covariate", "label", "concept"])
def test_each_kind_of_shift_is_told_apart(kind: str, task: Any) -> None:
    shift, found = told(kind, task)
    assert found == ({f"{kind}_shift"} if kind != "none" else set())
    assert 2800 < shift.periods["rows"].sum() <= 3000 and len(shift.periods) == 5
    assert shift.periods["start"].is_monotonic_increasing


def test_every_warning_says_what_to_do() -> None:
    for kind in ("covariate", "label", "concept"):
        frame, target, when = world(kind, "binary")
        shift = find_shift(frame, KINDS, target, when, "binary", 1)
        assert all(
            finding.advice and finding.what and finding.column == "day" for finding in shifts(shift, target, "binary")
        )


def test_the_same_rows_say_the_same_again() -> None:
    first, again = told("concept", "binary")[0], told("concept", "binary")[0]
    assert (first.early, first.late, first.loss_se) == (again.early, again.late, again.loss_se)


def test_too_little_to_tell_is_no_error() -> None:
    frame, target, when = world("none", "binary", 300)
    shift = find_shift(frame, KINDS, target, when, "binary", 1)
    assert shift is not None and np.isnan(shift.loss)
    assert find_shift(frame[:100], KINDS, target[:100], when[:100], "binary", 1) is None
    assert find_shift(frame, KINDS, target, pd.Series("x", index=frame.index, name="day"), "binary", 1) is None
    assert find_shift(frame, KINDS, target, pd.Series(1.0, index=frame.index, name="day"), "binary", 1) is None
    assert list(shifts(None, target, "binary")) == []


def test_a_test_file_of_later_rows_asks_for_folds_in_time() -> None:
    ours, theirs = (pd.Series(pd.date_range(start, periods=50)) for start in ("2020-01-01", "2020-03-01"))
    assert [(f.kind, f.column) for f in forward("auto", {"day": (ours, theirs)})] == [("forward", "day")]
    assert list(forward("time", {"day": (ours, theirs)})) == []
    assert list(forward("auto", {"day": (ours, ours)})) == []
