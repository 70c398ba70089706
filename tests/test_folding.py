"""Each kind of split keeps its promise, and says clearly when it cannot."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.errors import PodiumError
from pipeline.declaration.specs import SplitSpec
from pipeline.declaration.split import Split
from pipeline.folding import make_folds, quantile_bins
from pipeline.folds import TRAIN, UNUSED, VALID, Folds

CHEAP = settings(max_examples=25, deadline=None)
pytestmark = pytest.mark.filterwarnings("error")


def fold(target: np.ndarray, task: str = "binary", columns: dict[str, Any] | None = None, **split: Any) -> Folds:
    spec = SplitSpec(competition="toy", seed=split.pop("seed", 5), task=task, split=Split(**split))
    frame = pd.DataFrame({"row_id": np.arange(len(target)) * 2, **(columns or {})})
    return make_folds(spec, frame, target, ["no", "yes", "maybe"])


def assert_partition(folds: Folds, repeats: int = 1) -> None:
    """Each row is validated once in each repeat and trains in all the other folds."""
    marks = np.array(list(folds.marks.values()))
    assert ((marks == VALID).sum(axis=0) == repeats).all()
    assert ((marks == TRAIN).sum(axis=0) == len(folds) - repeats).all()


@CHEAP
@given(
    seed=st.integers(0, 10**6),
    rows=st.integers(60, 200),
    count=st.integers(2, 6),
    repeats=st.integers(1, 3),
    kind=st.sampled_from(["auto", "stratified", "random", "group", "stratified_group"]),
    task=st.sampled_from(["binary", "regression"]),
)
def test_drawn_folds_partition_the_rows(seed: int, rows: int, count: int, repeats: int, kind: str, task: str) -> None:
    rng = np.random.default_rng(seed)
    target = rng.permutation(np.arange(rows) % 2) if task == "binary" else np.round(rng.normal(size=rows), 1)
    keys = {"group": "g"} if "group" in kind else {}
    group = rng.integers(0, 30, rows)
    folds = fold(target, task, {"g": group}, kind=kind, folds=count, repeats=repeats, seed=seed, **keys)
    assert folds.names == [f"r{r}f{k}" for r in range(repeats) for k in range(count)]
    assert_partition(folds, repeats)
    again = fold(target, task, {"g": group}, kind=kind, folds=count, repeats=repeats, seed=seed, **keys)
    assert again.hash == folds.hash
    for part in folds:
        if keys:
            assert not set(group[part.train]) & set(group[part.valid])
        elif kind != "random" and task == "binary":
            assert abs(target[part.valid].sum() - target.sum() / count) <= 1
        if kind == "random":
            assert abs(len(part.valid) - rows / count) < 1


def test_repeats_and_seeds_draw_other_folds() -> None:
    target = np.arange(120) % 2
    groups = {"g": np.repeat(np.arange(40), 3)}
    for kind, keys in (("auto", {}), ("group", {"group": "g"}), ("stratified_group", {"group": "g"})):
        folds = fold(target, columns=groups, kind=kind, folds=4, repeats=2, **keys)
        assert any((folds.marks[f"r0f{k}"] != folds.marks[f"r1f{k}"]).any() for k in range(4))
        plain = [fold(target, columns=groups, kind=kind, folds=4, seed=seed, **keys).hash for seed in (1, 2)]
        assert plain[0] != plain[1]


def test_group_folds_hold_about_the_same_number_of_rows() -> None:
    sizes = np.r_[60, np.full(40, 6)]
    group = np.repeat(np.arange(len(sizes)), sizes).astype(str)
    folds = fold(np.arange(300) % 2, columns={"g": group}, kind="group", group="g", folds=5)
    assert [len(part.valid) for part in folds] == [60] * 5
    assert folds.group is not None and (pd.factorize(group, sort=True)[0] == folds.group).all()


@CHEAP
@given(seed=st.integers(0, 10**6), count=st.integers(2, 5), gap=st.integers(0, 4), horizon=st.booleans())
def test_folds_in_time_go_forward(seed: int, count: int, gap: int, horizon: bool) -> None:
    rng = np.random.default_rng(seed)
    day = rng.permutation(np.r_[np.arange(100), rng.integers(0, 100, 100)])
    dates = pd.Timestamp("2015-03-01") + pd.to_timedelta(day, unit="D")
    keys = {"horizon": 7.0} if horizon else {}
    folds = fold(rng.normal(size=200), "regression", {"t": dates}, kind="time", time="t", folds=count, gap=gap, **keys)
    assert folds.order is not None and (np.diff(folds.order[np.argsort(day)]) >= 0).all()
    parts = list(folds)
    for part in parts:
        assert day[part.valid].min() - day[part.train].max() > gap
        inside = (day < day[part.valid].min()) & (day >= day[part.valid].min() - gap)
        assert (folds.marks[part.name][inside] == UNUSED).all()
        if horizon:
            assert np.ptp(day[part.valid]) == 6
        seen = day < day[part.valid].min() - gap
        assert (folds.marks[part.name][seen] == TRAIN).all()
    assert day[parts[-1].valid].max() == day.max()
    for one, next_one in pairwise(parts):
        assert day[next_one.valid].min() == day[one.valid].max() + 1
        assert set(one.train) < set(next_one.train)


def test_folds_in_time_of_numbers_and_of_zoned_dates_agree() -> None:
    hours = np.arange(60) % 20
    zoned = pd.Timestamp("2020-01-01", tz="Europe/Berlin") + pd.to_timedelta(hours, unit="D")
    target = np.zeros(60)
    numbers = fold(target, "regression", {"t": hours}, kind="time", time="t", folds=3, gap=1)
    dates = fold(target, "regression", {"t": zoned}, kind="time", time="t", folds=3, gap=1)
    assert numbers.hash == dates.hash
    assert [sorted(set(hours[p.valid])) for p in numbers] == [
        [5, 6, 7, 8, 9],
        [10, 11, 12, 13, 14],
        [15, 16, 17, 18, 19],
    ]


def test_own_folds_train_on_rows_without_an_id() -> None:
    ids = pd.Series(["b", "a", None, "b", "a", None])
    folds = fold(np.array([0, 1, 0, 1, 0, 1]), columns={"mine": ids}, kind="column", column="mine")
    assert [part.valid.tolist() for part in folds] == [[1, 4], [0, 3]]
    assert all({2, 5} <= set(part.train) for part in folds)
    assert folds.outer.tolist() == [1, 0, -1, 1, 0, -1]


@CHEAP
@given(
    values=st.lists(st.sampled_from([0.0, 0.0, 0.0, 1.0, 2.0, 3.5, 7.0]), min_size=10, max_size=120),
    least=st.integers(1, 10),
)
def test_quantile_bins_are_never_too_small(values: list[float], least: int) -> None:
    target = np.array(values)
    codes = quantile_bins(target, least)
    assert np.bincount(codes).min() >= least
    assert (np.diff(codes[np.argsort(target, kind="stable")]) >= 0).all()
    assert all(len(set(codes[target == value])) == 1 for value in values)


def test_a_regression_is_stratified_by_its_target() -> None:
    target = np.random.default_rng(0).lognormal(size=400)
    means = [np.log(target[part.valid]).mean() for part in fold(target, "regression", folds=5)]
    assert np.std(means) < 0.02


HALF = np.arange(40) % 2


@pytest.mark.parametrize(
    ("target", "columns", "split", "message"),
    [
        (np.repeat([0, 1], [37, 3]), {}, {}, "class 'yes' has 3 rows"),
        (HALF[:3], {}, {"kind": "random"}, "split.folds must be at most the number of rows; got 5, of 3 rows"),
        (HALF, {"g": ["a", "b"] * 20}, {"kind": "group", "group": "g"}, "there are 2 groups"),
        (HALF, {"house": HALF}, {"kind": "group", "group": "hause"}, "'hause'. Did you mean house"),
        (HALF, {"g": [None, *"abcdefgh"] * 4 + ["a"] * 4}, {"kind": "group", "group": "g"}, "'g' with 4 missing of 40"),
        (HALF, {"t": [np.nan, *range(39)]}, {"kind": "time", "time": "t"}, "split.time must name a column without"),
        (HALF, {"t": ["x"] * 40}, {"kind": "time", "time": "t"}, "column of dates or numbers; got 't' of texts"),
        (HALF, {"t": range(40)}, {"kind": "time", "time": "t", "horizon": 10}, "5 folds, horizon 10"),
        (HALF, {"t": range(40)}, {"kind": "time", "time": "t", "gap": 10}, "r0f0 trains on none"),
        (HALF, {"t": [1, 2] * 20}, {"kind": "time", "time": "t"}, "2 different times"),
        (np.repeat([0, 1], 20), {"t": range(40)}, {"kind": "time", "time": "t"}, "class 'yes' has 20 rows"),
        (HALF, {"mine": ["a"] * 40}, {"kind": "column", "column": "mine"}, "'mine' with 1 different values"),
    ],
)
def test_what_cannot_be_folded_is_said(target: np.ndarray, columns: dict[str, Any], split: Any, message: str) -> None:
    with pytest.raises(PodiumError) as refused:
        fold(target, columns=columns, **split)
    assert message in str(refused.value) and str(refused.value).startswith("toy: split.")
