"""Synthetic rows are made of the part's rows, and what does not suit a method is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.errors import PodiumError
from pipeline.dataset import Kind
from pipeline.declaration.oversample import Oversample
from pipeline.resampling import Part, Resampled, class_weights, grown, shrunk
from pipeline.resampling.samplers import resample
from pipeline.resampling.space import Space

NUMERIC: dict[str, Kind] = {"a": "numeric", "b": "numeric"}
MIXED: dict[str, Kind] = {**NUMERIC, "c": "categorical", "k": "key"}
PLAIN = ("smote", "borderline_smote", "adasyn", "smote_tomek", "smote_enn")
pytestmark = pytest.mark.filterwarnings("error")


def part(seed: int = 0, rows: int = 200, classes: int = 2, mixed: bool = False, missing: float = 0.0) -> Part:
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat(np.arange(classes), [rows - 30 * (classes - 1), *[30] * (classes - 1)]))
    frame = pd.DataFrame({"a": rng.normal(size=rows) + y, "b": 1e6 * rng.exponential(size=rows)}).astype("float32")
    frame["c"] = pd.Categorical(rng.choice(["x", "y", "z"], rows))
    frame["k"] = pd.Categorical(rng.choice([f"k{n}" for n in range(40)], rows))
    frame.loc[rng.random(rows) < missing, ["a", "c"]] = np.nan
    return Part("toy", "r0f0", frame[list(MIXED if mixed else NUMERIC)], MIXED, y, ["no", "yes", "maybe"], seed)


def made(of: Part, method: str, **section: Any) -> Resampled:
    return resample(of, Oversample(method=method, **section))  # type: ignore[arg-type]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), classes=st.integers(2, 3), ratio=st.sampled_from([0.5, 1.0]))
def test_smote_rows_lie_on_a_segment_between_two_rows_of_their_class(seed: int, classes: int, ratio: float) -> None:
    of = part(seed, classes=classes)
    resampled = made(of, "smote", ratio=ratio)
    space = Space.fit(of)
    real, scale = of.frame.to_numpy(np.float64), space.scale
    for row, code in zip(resampled.rows.to_numpy(np.float64), resampled.y, strict=True):
        own = real[of.y == code] / scale
        start = row / scale - own[:, None, :]
        along = own[None, :, :] - own[:, None, :]
        area = np.abs(start[..., 0] * along[..., 1] - start[..., 1] * along[..., 0])
        length = np.hypot(*np.moveaxis(along, -1, 0))
        assert (area <= 1e-4 * (length + 1e-3)).any()
        assert (own.min(axis=0) - 1e-5 <= row / scale).all() and (row / scale <= own.max(axis=0) + 1e-5).all()


@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("method", PLAIN)
def test_numeric_methods_stay_within_the_class_and_fill_missing_values(method: str, missing: float) -> None:
    of = part(3, missing=missing)
    resampled = made(of, method)
    filled = of.frame.fillna(of.frame.median())[of.y == 1]
    assert len(resampled.rows) and (resampled.y == 1).all()
    assert resampled.rows.notna().all(axis=None)
    assert (resampled.rows <= filled.max() * (1 + 1e-5)).all(axis=None)
    assert (resampled.rows >= filled.min() - 1e-3).all(axis=None)
    assert (resampled.rows.dtypes == of.frame.dtypes).all()
    assert bool(len(resampled.dropped)) == (method in ("smote_tomek", "smote_enn"))


@pytest.mark.parametrize("method", [*PLAIN, "random", "random_under"])
def test_the_same_seed_makes_the_same_rows(method: str) -> None:
    first, again = made(part(5), method), made(part(5), method)
    pd.testing.assert_frame_equal(first.rows, again.rows)
    assert np.array_equal(first.dropped, again.dropped)


@pytest.mark.parametrize("ratio", [0.4, 1.0])
@pytest.mark.parametrize("method", ["random", "smote", "smotenc", "borderline_smote"])
def test_over_sampling_reaches_the_ratio(method: str, ratio: float) -> None:
    of = part(classes=3, mixed=method in ("random", "smotenc"))
    resampled = made(of, method, ratio=ratio)
    after = np.bincount(of.y) + np.bincount(resampled.y, minlength=3)
    assert dict(enumerate(after.tolist())) == grown(of.counts(), ratio)


def test_copies_are_whole_rows_with_their_keys() -> None:
    of = part(mixed=True, missing=0.3)
    resampled = made(of, "random")
    assert len(resampled.rows) == 140
    pd.testing.assert_frame_equal(resampled.rows, of.frame.loc[resampled.rows.index])
    assert (of.y[resampled.rows.index] == resampled.y).all()


def test_under_sampling_only_drops_common_rows() -> None:
    of = part(mixed=True, missing=0.3)
    resampled = made(of, "random_under", ratio=0.5)
    assert len(resampled.rows) == 0 and len(resampled.dropped) == 110 and not of.y[resampled.dropped].any()
    assert shrunk({0: 170, 1: 30}, 0.5) == {0: 60, 1: 30}


def test_smotenc_takes_levels_of_its_class_and_no_keys() -> None:
    of = part(mixed=True, missing=0.5)
    common = np.flatnonzero(of.y == 0)
    frame = of.frame.assign(c=of.frame["c"].cat.add_categories(["common"]))
    frame.loc[common, "c"] = "common"
    of = Part(of.competition, of.name, frame, of.kinds, of.y, of.labels, of.seed)
    resampled = made(of, "smotenc")
    assert len(resampled.rows) == 140
    assert "common" not in set(resampled.rows["c"]) and set(resampled.rows["c"].dropna()) == {"x", "y", "z"}
    assert resampled.rows["k"].isna().all() and resampled.rows["c"].isna().any()
    assert (resampled.rows.dtypes == frame.dtypes).all()


def test_a_cleaner_drops_real_rows_and_keeps_the_rest() -> None:
    of = part(2)
    tomek, enn, smote = (made(of, method) for method in ("smote_tomek", "smote_enn", "smote"))
    assert 0 < len(tomek.dropped) < len(enn.dropped)
    assert len(enn.rows) < len(tomek.rows) <= len(smote.rows)
    rows = {tuple(row) for row in smote.rows.to_numpy()}
    assert {tuple(row) for row in tomek.rows.to_numpy()} <= rows


def test_balanced_classes_are_left_alone() -> None:
    of = part()
    assert len(made(of, "smote", ratio=0.1, neighbours=100).rows) == 0


def test_weights_count_as_over_sampling_would() -> None:
    from sklearn.utils.class_weight import compute_class_weight

    of = part(classes=3)
    balanced = compute_class_weight("balanced", classes=np.arange(3), y=of.y)
    assert np.allclose(list(class_weights(of.counts(), 1.0).values()), balanced)
    half = class_weights({0: 100, 1: 10}, 0.5)
    assert half[1] * 10 / (half[0] * 100) == pytest.approx(0.5)
    assert half[1] * 10 + half[0] * 100 == pytest.approx(110)


@pytest.mark.parametrize(
    ("of", "section", "message"),
    [
        (part(mixed=True), {"method": "smote"}, "must be smotenc or random, because there are categorical columns (c)"),
        (part(mixed=True), {"method": "smote_enn"}, "must be smotenc or random"),
        (part(), {"method": "smotenc"}, "no column is categorical"),
        (part(), {"method": "smote", "neighbours": 30}, "must be at most 29, because class 'yes' has 30 rows"),
        (part(rows=32, classes=2), {"method": "smote", "neighbours": 2}, "must be at most 1, because class 'no'"),
        (part(rows=31, classes=2), {"method": "adasyn"}, "because class 'no' has 1 row to learn from"),
    ],
)
def test_what_does_not_suit_is_said(of: Part, section: dict[str, Any], message: str) -> None:
    with pytest.raises(PodiumError) as refused:
        made(of, **section)
    assert message in str(refused.value) and "fold r0f0" in str(refused.value)


@pytest.mark.parametrize("method", ["adasyn", "borderline_smote"])
def test_a_sampler_that_makes_nothing_is_an_error(method: str) -> None:
    of = part()
    apart = Part(of.competition, "full", of.frame.assign(a=100.0 * of.y), of.kinds, of.y, of.labels, 0)
    with pytest.raises(PodiumError, match=r"oversample\.method must .*the full training table.*smote"):
        made(apart, method)


def test_a_table_too_wide_for_smotenc_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.resampling.samplers.MOST_BYTES", 2**10)
    with pytest.raises(PodiumError, match=r"one-hot columns.*write method: random"):
        made(part(mixed=True), "smotenc")
