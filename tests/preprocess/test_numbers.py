import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.models import Wants
from pipeline.preprocess.numbers import Numbers

NAN = np.float32(np.nan)
MATRIX = arrays(np.float32, (12, 3), elements=st.floats(-1e6, 1e6, width=32) | st.just(float("nan")))
SCALES = ["none", "standard", "quantile"]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("missing", [True, False])
@settings(max_examples=25)
@given(matrix=MATRIX)
def test_what_comes_out_is_finite_and_survives_json(scale: str, missing: bool, matrix: np.ndarray) -> None:
    wants = Wants(scale=scale, missing=missing)  # type: ignore[arg-type]
    numbers = Numbers.fit(matrix, wants, "median")
    out = numbers.transform(matrix)
    again = Numbers.from_state(json.loads(json.dumps(numbers.to_state(), allow_nan=False)))
    assert out.dtype == np.float32 and again.transform(matrix).tobytes() == out.tobytes()
    assert np.array_equal(np.isnan(out), np.isnan(matrix) if missing else np.zeros_like(out, dtype=bool))


def test_median_and_mean_come_from_the_fitted_rows() -> None:
    matrix = np.array([[1], [2], [6], [NAN]], dtype=np.float32)
    later = np.array([[NAN], [100]], dtype=np.float32)
    assert Numbers.fit(matrix, Wants(), "median").transform(later).ravel().tolist() == [2, 100]
    assert Numbers.fit(matrix, Wants(), "mean").transform(later).ravel().tolist() == [3, 100]


def test_infinite_values_count_as_missing() -> None:
    matrix = np.array([[1], [np.inf], [3]], dtype=np.float32)
    assert Numbers.fit(matrix, Wants(), "mean").transform(matrix).ravel().tolist() == [1, 2, 3]
    kept = Numbers.fit(matrix, Wants(missing=True), "mean").transform(matrix)
    assert np.isnan(kept).ravel().tolist() == [False, True, False]


@pytest.mark.parametrize("scale", SCALES)
def test_a_column_all_missing_or_constant_stays_finite(scale: str) -> None:
    matrix = np.array([[NAN, 7.3]] * 40, dtype=np.float32)
    later = np.array([[5, 7.3], [NAN, NAN]], dtype=np.float32)
    out = Numbers.fit(matrix, Wants(scale=scale), "median").transform(later)  # type: ignore[arg-type]
    assert np.isfinite(out).all() and np.abs(out).max() < 10


def test_standard_scale_gives_mean_zero_and_spread_one() -> None:
    matrix = np.random.default_rng(0).normal(1000, 5, (500, 2)).astype(np.float32)
    out = Numbers.fit(matrix, Wants(scale="standard"), "mean").transform(matrix)
    np.testing.assert_allclose(out.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(out.std(axis=0), 1, atol=1e-4)


def test_quantile_scale_is_normal_whatever_came_in_and_keeps_order() -> None:
    matrix = np.random.default_rng(0).exponential(size=(3000, 1)).astype(np.float32) ** 3
    out = Numbers.fit(matrix, Wants(scale="quantile"), "median").transform(matrix).ravel()
    assert abs(np.median(out)) < 0.05 and abs(out.std() - 1) < 0.05 and np.abs(out).max() < 4
    assert (np.diff(out[np.argsort(matrix.ravel())]) >= 0).all()


def test_quantile_scale_puts_ties_at_their_middle_rank() -> None:
    matrix = np.repeat(np.array([0, 1, 2], dtype=np.float32), [100, 800, 100])[:, None]
    out = Numbers.fit(matrix, Wants(scale="quantile"), "median").transform(np.array([[0], [1], [2]], dtype=np.float32))
    assert abs(out[1, 0]) < 0.05 and out[0, 0] < -1.2 and out[2, 0] > 1.2


@pytest.mark.parametrize("scale", SCALES)
def test_a_matrix_may_be_overwritten_by_what_comes_out_of_it(scale: str) -> None:
    matrix = np.array([[1, NAN, 3], [np.inf, 2, 4], [0, 5, 9]], dtype=np.float32)
    numbers = Numbers.fit(matrix, Wants(scale=scale), "median")  # type: ignore[arg-type]
    apart = numbers.transform(matrix)
    assert np.isinf(matrix[1, 0])
    assert numbers.transform(matrix, out=matrix) is matrix and matrix.tobytes() == apart.tobytes()


def test_standard_scales_are_held_to_the_training_rows_and_to_some_deviations() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(1000, 2)).astype(np.float32)
    matrix[0] = [50, 2]
    plain, held = (Numbers.fit(matrix, Wants(scale="standard"), "median", clip) for clip in (None, 4.0))
    odd = np.array([[1000, 1000], [-1000, -1000], [0.5, 0.5], [np.nan, np.inf]], dtype=np.float32)
    out, free = held.transform(odd), plain.transform(odd)
    assert free[0, 0] > 100 and out[0, 0] == 4, "so many deviations, though a training row is further out"
    assert out[0, 1] == held.transform(matrix)[:, 1].max() < 4, "no further than the training rows"
    assert out[1, 0] == plain.transform(matrix)[1:, 0].min() and (out[2:] == free[2:]).all()
    again = Numbers.from_state(json.loads(json.dumps(held.to_state())))
    assert (again.transform(odd) == out).all()
    assert Numbers.fit(matrix[:, :0], Wants(scale="standard"), "median", 4.0).transform(odd[:, :0]).shape == (4, 0)


def test_quantile_scales_and_trees_need_no_holding() -> None:
    matrix = np.random.default_rng(0).normal(size=(300, 1)).astype(np.float32)
    for wants in (Wants(scale="quantile"), Wants()):
        free, held = (Numbers.fit(matrix, wants, "median", clip).transform(9 * matrix) for clip in (None, 1.0))
        assert (free == held).all()
