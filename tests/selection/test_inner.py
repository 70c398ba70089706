"""Inner folds: they imitate the outer ones, and what judges by them does not fit on what it scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.selection import Judged
from pipeline.selection.inner import inner_folds, loss
from pipeline.selection.trees import boosted_trees


def judged(rows: int = 90, **more: object) -> Judged:
    rng = np.random.default_rng(0)
    y = (np.arange(rows) % 3 == 0).astype(np.int64)
    known = {"X": rng.normal(size=(rows, 2)).astype(np.float32), "categorical": np.zeros(2, dtype=bool), "y": y}
    return Judged(**{**known, "task": "binary", "seed": 4, **more})  # type: ignore[arg-type]


@settings(max_examples=30, deadline=None)
@given(st.integers(12, 200), st.integers(0, 50), st.sampled_from(["binary", "regression"]))
def test_drawn_folds_score_each_row_once_with_every_class(rows: int, seed: int, task: str) -> None:
    pairs = inner_folds(judged(rows, seed=seed, task=task))
    assert sorted(np.concatenate([score for _, score in pairs])) == list(range(rows))
    for fit, score in pairs:
        assert not set(fit) & set(score) and len(fit) + len(score) == rows
    shares = [judged(rows).y[score].mean() for _, score in pairs]
    assert max(shares) - min(shares) <= 2 / (rows / 3) + 1e-9


def test_in_time_they_go_forward_and_part_no_time() -> None:
    order = np.repeat(np.arange(9.0), 10)
    pairs = inner_folds(judged(order=order))
    assert len(pairs) == 3
    for fit, score in pairs:
        assert order[fit].max() < order[score].min()


def test_groups_stay_whole() -> None:
    group = np.arange(90) % 11
    for fit, score in inner_folds(judged(group=group)):
        assert not set(group[fit]) & set(group[score])


def test_a_time_that_leaves_one_class_only_falls_back_to_drawing() -> None:
    one_time = inner_folds(judged(order=np.zeros(90)))
    assert sorted(np.concatenate([score for _, score in one_time])) == list(range(90))


def test_the_loss_of_a_class_that_was_not_fitted_on_is_finite() -> None:
    many = judged(task="multiclass", y=np.arange(90) % 3)
    rows = np.flatnonzero(many.y < 2)
    model = boosted_trees(many, 10).fit(many.X[rows], many.y[rows])
    assert loss(many, model, many.X, many.y) == pytest.approx(np.log(1e6) / 3 + 2 / 3 * np.log(2), rel=0.5)
