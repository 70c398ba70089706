"""The target's past: by hand, against a slow reference, and blind to every validation day."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.declaration.preprocess import Preprocess, TargetLag
from pipeline.models import Wants
from pipeline.preprocess import Preprocessor
from pipeline.preprocess.lags import TargetPast, names_of, numbers_of

EVERYTHING = TargetLag(
    by=["store"],
    time="day",
    horizon=2,
    lags=[2, 3],
    windows=[2, 5],
    expanding=True,
    statistics=["mean", "std", "count"],
    last=True,
)


def sales(rows: list[tuple[str, float, float]]) -> tuple[pd.DataFrame, np.ndarray]:
    frame = pd.DataFrame(rows, columns=["store", "day", "y"]).astype({"store": "category", "day": "float32"})
    return frame.drop(columns="y"), frame["y"].to_numpy()


def fitted(frame: pd.DataFrame, y: np.ndarray, lag: TargetLag = EVERYTHING) -> TargetPast:
    return TargetPast.fit(frame, y[:, None], lag, names_of(lag), [""])


def table(past: TargetPast, frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(past.transform(frame), columns=past.columns)


def slowly(frame: pd.DataFrame, y: np.ndarray, store: str, day: float) -> dict[str, float]:
    """The same by looking at each training row."""
    own, days = (frame["store"] == store).to_numpy(), frame["day"].to_numpy(dtype=float)
    said: dict[str, float] = {}
    for lag in (2, 3):
        at = y[own & (days == day - lag)]
        said[f"target_lag_{lag}_by_store"] = at.mean() if len(at) else np.nan
    for span, window in (("2", 2.0), ("5", 5.0), ("all", np.inf)):
        past = y[own & (days <= day - 2) & (days > day - 2 - window)]
        said[f"target_mean_{span}_by_store"] = past.mean() if len(past) else np.nan
        said[f"target_std_{span}_by_store"] = past.std() if len(past) else np.nan
        said[f"target_count_{span}_by_store"] = len(past)
    usable = own & (days <= day - 2)
    latest = days[usable].max() if usable.any() else np.nan
    said["target_last_by_store"] = y[own & (days == latest)].mean() if usable.any() else np.nan
    said["target_last_age_by_store"] = day - latest
    return said


ROW = st.tuples(st.sampled_from("ab"), st.integers(0, 9), st.integers(-3, 3))


@settings(max_examples=40, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=25))
def test_the_past_agrees_with_looking_at_each_row(rows: list) -> None:
    frame, y = sales(rows)
    found = table(fitted(frame, y), frame)
    expected = pd.DataFrame([slowly(frame, y, store, day) for store, day, _ in rows])
    pd.testing.assert_frame_equal(found, expected[found.columns].astype("float32"), rtol=1e-4, atol=1e-3)


def test_no_target_younger_than_the_horizon_is_seen() -> None:
    rows = [("a", day, float(day)) for day in range(20)]
    frame, y = sales(rows)
    changed = np.where(frame["day"] > 10, 1e6, y)
    before = frame["day"].to_numpy() <= 12
    one, other = (fitted(frame, target).transform(frame)[before] for target in (y, changed))
    assert np.allclose(one, other, equal_nan=True, rtol=1e-4, atol=1e-3)
    assert np.nanmax(fitted(frame, changed).transform(frame)[~before]) >= 1e5


def test_a_training_row_never_meets_its_own_target() -> None:
    times = [1000 + hour / 24 for hour in range(60)]
    frame, y = sales([("a", time, 0.0) for time in times])
    lag = TargetLag(by=["store"], time="day", horizon=1 / 24, lags=[1 / 24], expanding=True, last=True)
    for row in (0, 7, 59):
        told = y.copy()
        told[row] = 1.0
        centred = fitted(frame, told, lag).transform(frame)[row]
        assert np.allclose(np.nan_to_num(centred[:-1]), 0.0, atol=1e-6)


@pytest.mark.parametrize("order", ["forward", "shuffled"])
def test_validation_rows_get_the_same_whatever_their_own_targets_are(order: str) -> None:
    rng = np.random.default_rng(1)
    frame, y = sales([(str(rng.choice(["a", "b"])), float(day), float(rng.normal())) for day in range(80)])
    mark = np.arange(80) < 60 if order == "forward" else rng.random(80) < 0.7
    options = Preprocess(target_lags=[EVERYTHING])

    def made(target: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
        server = Preprocessor(Wants(), {"store": "key", "day": "numeric"}, options, "regression", 0)
        fit = server.fit_transform(frame[mark], target[mark])
        return fit, server.transform(frame[~mark])

    ours, theirs = made(y), made(np.where(mark, y, 1e9))
    for one, other in zip(ours, theirs, strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert ours[1].notna().any().all()


def test_classes_and_states_and_names_that_are_taken() -> None:
    frame, y = sales([("a", day, day % 3) for day in range(12)] + [("b", 3, 0), ("b", np.nan, 1)])
    frame = frame.assign(target_last_by_store_0=1.0)
    lag = {"by": ["store"], "time": "day", "horizon": 1, "last": True}
    options = Preprocess.model_validate({"target_lags": [lag]})
    kinds: dict[str, Any] = {"store": "key", "day": "key", "target_last_by_store_0": "numeric"}
    server = Preprocessor(Wants(missing=True), kinds, options, "multiclass", 3)
    made = server.fit_transform(frame, y.astype(int))
    expected = [f"target_last{part}_by_store__{k}" for k in (0, 1) for part in ("", "_age")]
    assert made.columns.tolist() == ["target_last_by_store_0", *expected]
    assert made.iloc[1:12, 1].tolist() == [1.0 if (day - 1) % 3 == 0 else 0.0 for day in range(1, 12)]
    assert made.iloc[[0, 12, 13], 1:].isna().all(axis=None)
    again = Preprocessor.from_state(json.loads(json.dumps(server.to_state())))
    pd.testing.assert_frame_equal(again.transform(frame), made)


def test_times_are_numbers_or_keys_of_numbers_or_dates() -> None:
    assert numbers_of(pd.Series(["10", "9.5", None], dtype="category")).tolist()[:2] == [10.0, 9.5]
    dates = pd.Series(["1970-01-03", "1970-01-01 12:00:00", None], dtype="category")
    assert numbers_of(dates)[:2].tolist() == [2.0, 0.5] and np.isnan(numbers_of(dates)[2])
    with pytest.raises(ValueError):
        numbers_of(pd.Series(["a"], dtype="category"))


def test_without_a_time_anywhere_all_is_missing() -> None:
    frame, y = sales([("a", np.nan, 1.0), ("b", np.nan, 2.0)])
    assert np.isnan(fitted(frame, y).transform(frame)).all()


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"lags": [3]}, "lags must be at least the horizon, 7; got 3"),
        ({"windows": [0]}, "windows must be above 0"),
        ({}, "must ask for something"),
        ({"horizon": 0, "last": True}, "greater than 0"),
    ],
)
def test_a_declaration_that_would_look_ahead_is_refused(declared: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        TargetLag.model_validate({"by": ["store"], "time": "day", "horizon": 7, **declared})
