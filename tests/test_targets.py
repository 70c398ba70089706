import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.declaration.metric import Transform
from pipeline.targets import Scale, backward, forward, trains

VALUES = st.lists(st.floats(1e-3, 1e9), min_size=1, max_size=20)


@pytest.mark.parametrize("transform", ["identity", "log1p", "log"])
@settings(max_examples=30)
@given(values=VALUES)
def test_backward_undoes_forward(transform: Transform, values: list[float]) -> None:
    y = np.array(values)
    np.testing.assert_allclose(backward(transform, forward(transform, y)), y, rtol=1e-9)


def test_under_log_only_positive_targets_train() -> None:
    y = np.array([0.0, -1.0, 2.0])
    assert trains("log", y).tolist() == [False, False, True]
    assert trains("log1p", y).all() and trains("identity", y).all()


def test_log1p_never_comes_back_negative() -> None:
    assert backward("log1p", np.array([-3.0, 0.0])).tolist() == [0.0, 0.0]


def test_prior_correction_recovers_the_true_probabilities() -> None:
    """Weighting class 1 by 9 multiplies its odds by 9; the correction divides them again."""
    true = np.array([0.02, 0.1, 0.5])
    odds = 9 * true / (1 - true)
    raw = np.column_stack([1 / (1 + odds), odds / (1 + odds)])
    shares, weighted = np.array([0.9, 0.1]), np.array([0.5, 0.5])
    scale = Scale("binary", "identity", 2, (0, 1), tuple(shares / weighted))
    np.testing.assert_allclose(scale.final(raw), true)


def test_a_class_that_the_fold_lacks_has_probability_zero() -> None:
    scale = Scale("multiclass", "identity", 3, (0, 2))
    assert scale.final(np.array([[0.25, 0.75]])).tolist() == [[0.25, 0.0, 0.75]]
    assert scale.dense(np.array([2, 0, 2])).tolist() == [1, 0, 1]


def test_stopping_rows_are_weighted_to_the_fitted_balance() -> None:
    scale = Scale("binary", "identity", 2, (0, 1), (0.9 / 0.5, 0.1 / 0.5))
    weight = scale.stopping_weight(np.array([0] * 9 + [1]))
    assert weight is not None
    np.testing.assert_allclose(weight[:9].sum(), weight[9:].sum())
    assert Scale("binary", "identity", 2, (0, 1)).stopping_weight(np.array([0])) is None
