import numpy as np
import pandas as pd

from pipeline.preprocess.levels import Levels


def series(*values: str | None, categories: str = "abcd") -> pd.Series:
    return pd.Series(pd.Categorical(values, categories=list(categories)), name="x")


TRAIN = series("a", "a", "b", None)
LATER = series("a", "b", "c", None)


def test_native_keeps_the_training_levels_and_leaves_the_rest_missing() -> None:
    native = Levels.fit(TRAIN, 1).native(LATER)
    assert native.categories.tolist() == ["a", "b"] and native.codes.tolist() == [0, 1, -1, -1]


def test_codes_put_missing_and_unseen_last() -> None:
    codes = Levels.fit(TRAIN, 1).codes(LATER)
    assert codes.categories.tolist() == [0, 1, 2] and codes.codes.tolist() == [0, 1, 2, 2]


def test_onehot_has_a_column_for_missing_and_none_for_unseen() -> None:
    levels = Levels.fit(TRAIN, 1)
    assert levels.onehot_names == ["x=a", "x=b", "x=missing"]
    assert levels.onehot(LATER).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 1]]
    assert levels.onehot(LATER).dtype == np.float32


def test_rare_levels_share_one_that_unseen_levels_join() -> None:
    levels = Levels.fit(series("a", "a", "b", "c"), 2)
    assert levels.names == ["a", "rare"]
    assert levels.codes(LATER).codes.tolist() == [0, 1, 1, 2]
    assert levels.native(LATER).codes.tolist() == [0, 1, 1, -1]
    assert levels.onehot(LATER).tolist() == [[1, 0], [0, 1], [0, 1], [0, 0]]


def test_a_level_that_is_called_rare_keeps_its_name() -> None:
    levels = Levels.fit(pd.Series(pd.Categorical(["rare", "rare", "b"]), name="x"), 2)
    assert levels.names == ["rare", "rare_"]


def test_a_column_with_no_value_at_all() -> None:
    levels = Levels.fit(series(None, None), 1)
    assert levels.codes(LATER).codes.tolist() == [0, 0, 0, 0]
    assert levels.onehot(LATER).shape == (4, 1)
    assert levels.native(LATER).codes.tolist() == [-1] * 4


def test_levels_survive_their_state() -> None:
    levels = Levels.fit(TRAIN, 2)
    assert Levels.from_state(levels.to_state()) == levels
