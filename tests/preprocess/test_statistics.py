import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.declaration.preprocess import TargetStatistic
from pipeline.preprocess.statistics import TargetMeans, blocks, indicators

LOO = TargetStatistic(columns=["k"], smoothing=2.0, method="leave_one_out")
FOLDS = TargetStatistic(columns=["k"], smoothing=2.0, folds=4)


def keyed(codes: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"k": pd.Categorical([f"k{c}" for c in codes])})


def cross_fitted(statistic: TargetStatistic, frame: pd.DataFrame, y: np.ndarray, units: np.ndarray | None = None):
    target = indicators(y, "binary", 2)
    block = blocks(statistic, np.arange(len(y)) if units is None else units, np.random.default_rng(0))
    return TargetMeans.fit(frame, target, statistic, ["m"]).cross_fit(frame, target, block).ravel()


def auc(y: np.ndarray, score: np.ndarray) -> float:
    order = pd.Series(score).rank().to_numpy()
    ones = y.sum()
    return float((order[y == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(y) - ones)))


def test_a_mean_is_smoothed_towards_the_whole_and_unseen_levels_get_the_whole() -> None:
    frame, y = keyed(np.array([0, 0, 1])), np.array([1.0, 1.0, 0.0])
    means = TargetMeans.fit(frame, y[:, None], FOLDS, ["m"])
    out = means.transform(keyed(np.array([0, 1, 9]))).ravel()
    np.testing.assert_allclose(out, [(2 + 2 * 2 / 3) / 4, (0 + 2 * 2 / 3) / 3, 2 / 3], rtol=1e-6)


@pytest.mark.parametrize("statistic", [LOO, FOLDS])
@settings(max_examples=40)
@given(seed=st.integers(0, 1000))
def test_a_rows_own_target_never_enters_its_own_value(statistic: TargetStatistic, seed: int) -> None:
    """Two rows of different groups swap their targets: the mean over all rows stays, and so must both their values."""
    rng = np.random.default_rng(seed)
    codes, y = rng.integers(0, 6, 40), rng.integers(0, 2, 40)
    ones, zeros = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    pairs = [(i, j) for i in ones for j in zeros if codes[i] != codes[j]]
    i, j = pairs[rng.integers(len(pairs))]
    swapped = y.copy()
    swapped[[i, j]] = y[[j, i]]
    before, after = (cross_fitted(statistic, keyed(codes), target) for target in (y, swapped))
    assert before[i] == after[i] and before[j] == after[j]
    assert not np.array_equal(before, after) or (np.bincount(codes)[codes[[i, j]]] == 1).all() or statistic is FOLDS


def test_single_rows_tell_nothing_when_left_out() -> None:
    y = np.random.default_rng(0).integers(0, 2, 50)
    assert len(set(cross_fitted(LOO, keyed(np.arange(50)), y))) == 1


@pytest.mark.parametrize("statistic", [LOO, FOLDS])
def test_with_a_shuffled_target_cross_fitted_values_score_chance_and_naive_ones_do_not(
    statistic: TargetStatistic,
) -> None:
    rng = np.random.default_rng(1)
    codes, y = rng.integers(0, 600, 2000), rng.integers(0, 2, 2000)
    frame = keyed(codes)
    naive = TargetMeans.fit(frame, indicators(y, "binary", 2), statistic, ["m"]).transform(frame).ravel()
    assert auc(y, naive) > 0.7
    assert abs(auc(y, cross_fitted(statistic, frame, y)) - 0.5) < 0.05


def test_rows_of_one_group_are_left_out_together() -> None:
    """Levels that are the split's groups: a validation row's group is unseen, so training rows see none of theirs."""
    codes = np.repeat(np.arange(10), 4)
    y = np.random.default_rng(0).integers(0, 2, 40)
    for statistic in (LOO, FOLDS):
        np.testing.assert_allclose(cross_fitted(statistic, keyed(codes), y, units=codes), y.mean(), rtol=1e-6)


def test_several_classes_make_a_column_each_but_for_the_last() -> None:
    y = np.array([0, 1, 2, 2])
    assert indicators(y, "multiclass", 3).tolist() == [[1, 0], [0, 1], [0, 0], [0, 0]]
    assert indicators(y, "regression", 0).shape == (4, 1)


@pytest.mark.parametrize(("objective", "classes"), [("binary", 2), ("multiclass", 3)])
def test_a_copy_of_a_row_gets_the_value_that_the_row_has_when_left_out(objective: str, classes: int) -> None:
    rng = np.random.default_rng(2)
    codes, y = rng.integers(0, 12, 60), rng.integers(0, classes, 60)
    frame, target = keyed(codes), indicators(y, objective, classes)
    means = TargetMeans.fit(frame, target, LOO, ["m"] * target.shape[1])
    left_out = means.cross_fit(frame, target, np.arange(60))
    np.testing.assert_allclose(means.leave_source_out(frame, target), left_out, rtol=1e-6)


def test_no_smoothing_and_no_other_row_gives_the_whole() -> None:
    statistic = TargetStatistic(columns=["k"], smoothing=0.0, method="leave_one_out")
    values = cross_fitted(statistic, keyed(np.array([0, 1, 1])), np.array([1, 0, 1]))
    np.testing.assert_allclose(values, [2 / 3, 1, 0], rtol=1e-6)


def test_a_statistic_survives_json() -> None:
    rng = np.random.default_rng(3)
    frame, y = keyed(rng.integers(0, 9, 50)), rng.normal(size=(50, 1))
    means = TargetMeans.fit(frame, y, FOLDS, ["m"])
    again = TargetMeans.from_state(json.loads(json.dumps(means.to_state(), allow_nan=False)))
    assert again.transform(frame).tobytes() == means.transform(frame).tobytes()
