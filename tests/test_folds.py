"""Folds partition the rows, survive their file, and split again inside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.folds import TRAIN, UNUSED, VALID, Folds, inner_split, spread_sample

CHEAP = settings(max_examples=40, deadline=None)


def plain(n: int, group: np.ndarray | None = None, order: np.ndarray | None = None) -> Folds:
    """One fold that trains on everything: all that an inner split looks at is group and order."""
    return Folds(np.arange(n), {"r0f0": np.full(n, TRAIN, dtype=np.int8)}, group, order)


def test_folds_come_back_from_their_file(tmp_path: Path) -> None:
    marks = {"r0f0": np.array([1, 2, 0], dtype=np.int8), "r0f1": np.array([2, 1, 0], dtype=np.int8)}
    folds = Folds(np.array([0, 2, 5]), marks, np.array([7, 8, 8]), np.array([0.5, 1.5, 2.5]))
    folds.write(tmp_path / "folds.parquet")
    again = Folds.read(tmp_path / "folds.parquet")
    assert again.hash == folds.hash and again.names == folds.names
    assert again.group is not None and again.order is not None
    assert (again.group == folds.group).all() and (again.order == folds.order).all()
    assert again.outer.tolist() == [1, 0, -1]
    assert [(f.train.tolist(), f.valid.tolist()) for f in again] == [([0], [1]), ([1], [0])]


def test_the_hash_tells_folds_apart() -> None:
    marks = np.array([TRAIN, VALID, UNUSED], dtype=np.int8)
    rows = np.arange(3)
    same = Folds(rows, {"r0f0": marks.copy()})
    assert Folds(rows, {"r0f0": marks}).hash == same.hash
    assert Folds(rows, {"r0f1": marks}).hash != same.hash
    assert Folds(rows + 1, {"r0f0": marks}).hash != same.hash
    assert Folds(rows, {"r0f0": marks[::-1]}).hash != same.hash


@CHEAP
@given(
    rows=st.integers(20, 200),
    classes=st.integers(2, 4),
    share=st.floats(0.05, 0.45),
    kind=st.sampled_from(["plain", "group", "order"]),
    objective=st.sampled_from(["multiclass", "regression"]),
    seed=st.integers(0, 10**6),
)
def test_an_inner_split_divides_the_training_rows(
    rows: int, classes: int, share: float, kind: str, objective: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    target = rng.integers(0, classes, rows) if objective == "multiclass" else rng.normal(size=rows)
    group = rng.integers(0, 8, rows) if kind == "group" else None
    order = rng.integers(0, 15, rows).astype(float) if kind == "order" else None
    folds, positions = plain(rows, group, order), np.sort(rng.permutation(rows)[: rows - 5])
    fit, stop = inner_split(folds, positions, target, objective, share, seed)
    assert np.array_equal(np.sort(np.r_[fit, stop]), positions)
    assert len(fit) and len(stop)
    if objective == "multiclass":
        assert set(target[fit]) == set(target[positions])
    if kind == "plain":
        assert abs(len(stop) - share * len(positions)) <= 1 + classes
    again = inner_split(folds, positions, target, objective, share, seed)
    assert np.array_equal(again[0], fit) and np.array_equal(again[1], stop)


@CHEAP
@given(seed=st.integers(0, 10**6), share=st.floats(0.05, 0.45))
def test_an_inner_split_keeps_groups_whole(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    group, target = rng.integers(0, 40, 300), rng.integers(0, 2, 300)
    fit, stop = inner_split(plain(300, group), np.arange(300), target, "binary", share, seed)
    assert not set(group[fit]) & set(group[stop])
    assert len(stop) <= max(share * 300, np.bincount(group).max())


@CHEAP
@given(seed=st.integers(0, 10**6), share=st.floats(0.05, 0.45))
def test_an_inner_split_stops_on_the_latest_rows(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    order = rng.integers(0, 50, 300).astype(float)
    fit, stop = inner_split(plain(300, order=order), np.arange(300), rng.normal(size=300), "regression", share, seed)
    assert order[fit].max() < order[stop].min()
    assert abs(len(stop) - share * 300) < 30


def test_an_inner_split_in_time_leaves_each_class_rows_to_fit_on() -> None:
    order, target = np.arange(100.0), np.zeros(100, dtype=np.int64)
    target[[95, 99]] = 1
    fit, stop = inner_split(plain(100, order=order), np.arange(100), target, "binary", 0.2, 0)
    assert set(target[fit]) == {0, 1} and stop.tolist() == [96, 97, 98, 99]


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_an_inner_split_is_stratified(share: float) -> None:
    target = np.repeat([0, 1], [900, 100])
    _, stop = inner_split(plain(1000), np.arange(1000), target, "binary", share, 3)
    assert abs(target[stop].sum() - 100 * share) <= 1


def test_one_group_or_one_time_is_split_by_rows() -> None:
    target = np.tile([0, 1], 20)
    for folds in (plain(40, group=np.zeros(40, dtype=np.int64)), plain(40, order=np.zeros(40))):
        fit, stop = inner_split(folds, np.arange(40), target, "binary", 0.25, 1)
        assert (len(fit), len(stop)) == (30, 10)


@CHEAP
@given(rows=st.integers(2, 300), share=st.floats(0.01, 1), seed=st.integers(0, 100))
def test_a_spread_sample_takes_each_part_of_the_target_alike(rows: int, share: float, seed: int) -> None:
    target, size = np.random.default_rng(seed).permutation(rows), max(1, int(share * rows))
    drawn = spread_sample(target, size, np.random.default_rng(seed))
    assert len(set(drawn)) == size
    ordered = np.sort(target[drawn])
    assert (np.abs(ordered - (np.arange(size) + 0.5) * rows / size) <= rows / size + 1).all()
