"""Frames as numbers: the levels that were fitted decide the codes, whatever order a later frame has them in."""

import numpy as np
import pandas as pd
import pytest

from pipeline.models._columns import coded, levels_of, matrix, shares, spread


def frame(values, levels):
    return pd.DataFrame({"x": np.arange(len(values), dtype="float32"), "c": pd.Categorical(values, categories=levels)})


def test_codes_follow_the_fitted_levels():
    levels = levels_of(frame(["a", "b"], ["a", "b"]))
    assert levels == [None, ["a", "b"]]
    later = coded(frame(["b", "a", "new", None], ["new", "b", "a"]), levels)
    np.testing.assert_array_equal(later[:, 1], [1, 0, np.nan, np.nan])
    np.testing.assert_array_equal(later[:, 0], [0, 1, 2, 3])


def test_the_matrix_may_be_written_and_leaves_the_frame_alone():
    X = pd.DataFrame(np.zeros((2, 2), dtype="float32"))
    own = matrix(X)
    own[0, 0] = 1
    assert X.iloc[0, 0] == 0


def test_shares_sum_to_one_or_are_all_zero():
    assert shares(["a", "b"], [1, 3]) == {"a": 0.25, "b": 0.75}
    assert shares(["a", "b"], [0, 0]) == {"a": 0.0, "b": 0.0}
    with pytest.raises(ValueError, match="shorter"):
        shares(["a", "b"], [1])


def test_classes_not_seen_get_zero():
    np.testing.assert_array_equal(spread(np.array([[0.3, 0.7]]), np.array([0, 2]), 3), [[0.3, 0, 0.7]])
