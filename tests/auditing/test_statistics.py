"""The audit's arithmetic against SciPy and scikit-learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import cohen_kappa_score, roc_auc_score

from pipeline.auditing.drift import chi_squared, kolmogorov_smirnov, stability_index
from pipeline.auditing.ranks import area_under_roc, average_ranks
from pipeline.auditing.single import Judge, _kappa


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_the_area_agrees_with_scikit_learn(rows: list) -> None:
    positive, score = (np.array(part) for part in zip(*rows, strict=True))
    assert average_ranks(score) == pytest.approx(stats.rankdata(score))
    if 0 < positive.sum() < len(positive):
        assert area_under_roc(positive, score) == pytest.approx(roc_auc_score(positive, score))


def test_two_sample_tests_agree_with_scipy() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=300), rng.normal(0.3, size=200)
    expected = stats.ks_2samp(one, other, method="asymp")
    distance, p_value = kolmogorov_smirnov(one, other)
    assert distance == pytest.approx(expected.statistic)
    assert p_value == pytest.approx(expected.pvalue, rel=0.2)
    counts = np.array([[30, 40, 50], [20, 50, 60]])
    statistic, p_value = chi_squared(*counts)
    expected_chi = stats.chi2_contingency(counts, correction=False)
    assert (statistic, p_value) == pytest.approx((expected_chi.statistic, expected_chi.pvalue))


def test_the_stability_index_is_zero_for_equal_shares_and_grows() -> None:
    same = stability_index(np.array([1000, 2000]), np.array([500, 1000]))
    assert same == pytest.approx(0, abs=1e-4)
    assert stability_index(np.array([1000, 2000]), np.array([1000, 500])) > 0.25


def test_kappa_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, 3, (2, 200))
    assert _kappa(one, other) == pytest.approx(cohen_kappa_score(one, other))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**16))
def test_a_column_that_names_each_row_says_nothing_out_of_fold(seed: int) -> None:
    rng = np.random.default_rng(seed)
    judge = Judge.draw("binary", rng.integers(0, 2, 400), seed)
    assert judge.strength(pd.Series([f"row {k}" for k in range(400)], dtype="str")) < 0.6
