"""Features that a trial proves, and those that it does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.declaration.features import Features
from pipeline.scaffold.asked import Asked
from pipeline.scaffold.guess import Guess
from pipeline.scaffold.halves import Files
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.levels import find_features
from pipeline.scaffold.proved import Proved, prove
from pipeline.scaffold.read import Raw
from pipeline.scaffold.roles import looks
from pipeline.scaffold.trial import Trial

ROWS = 1500
NOTHING, UNTRIED = Proved(names=[]), Proved()


def table(**columns: Any) -> pd.DataFrame:
    """Numbers that say nothing, and these columns; one test row to two training rows."""
    rng = np.random.default_rng(3)
    return pd.DataFrame({f"noise {k}": rng.normal(size=ROWS).round(4) for k in "abc"} | columns)


def proved(frame: pd.DataFrame, y: Any, task: Any = "regression", **more: Any) -> Proved:
    """What is proved of the first thousand rows, the others being the test rows."""
    words = frame.astype("str").where(frame.notna())
    train, test = words[:1000].assign(y=pd.Series(y).astype("str")), words[1000:].reset_index(drop=True)
    raw = Raw(train, test, None, Files("train.csv", "test.csv", None))
    known = looks(raw, Keys(Guess(None, ""), Guess("y", "")))
    found = prove(Asked(raw, known, **{"roles": {}, "target": "y", "task": task, "at_random": True, **more}))
    counts = {"counts": found.counts.value} if found.counts else {}
    Features.model_validate(counts | {key: guess.value for key, guess in found.sections.items()})
    return found


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def test_a_product_is_found_and_noise_is_not(rng: np.random.Generator) -> None:
    a, b = rng.uniform(-1, 1, ROWS).round(4), rng.uniform(-1, 1, ROWS).round(4)
    found = proved(table(a=a, b=b), a * b + 0.02 * rng.normal(size=ROWS))
    entries = found.sections["arithmetic"].value
    assert {"left": "a", "right": "b", "operations": ["times"]} in entries and found.counts is None
    assert all({entry["left"], entry["right"]} <= {"a", "b"} for entry in entries)
    assert "boosted trees lose" in found.reasons["arithmetic"] and "±" in found.reasons["arithmetic"]
    assert proved(table(a=a, b=b), rng.normal(size=ROWS)) == NOTHING


def test_how_often_a_number_stands_is_found(rng: np.random.Generator) -> None:
    often = np.arange(1, 151).repeat(5)
    seldom = np.arange(1000, 1750)
    x = rng.permutation(np.concatenate([often, seldom])) * 7919 % 10007 / 100
    counts = pd.Series(x).map(pd.Series(x).value_counts())
    found = proved(table(x=x, z=rng.permutation(x)), np.where(counts > 1, "yes", "no"), "binary")
    assert found.counts is not None and found.counts.value == ["x"]
    features = {key: guess.value for key, guess in find_features([], found.counts).items()}
    assert features == {"scope": "train+test", "counts": ["x"]}


def test_numbers_that_may_be_names_are_so_where_the_target_goes_by_them(rng: np.random.Generator) -> None:
    x, worth = rng.integers(1, 60, ROWS), rng.normal(size=60)
    y = worth[x] + rng.normal(size=ROWS)
    assert proved(table(x=x, z=rng.permutation(x)), y, perhaps=["x", "z"]).names == ["x"]
    assert proved(table(x=x), 0.1 * x + rng.normal(size=ROWS), perhaps=["x"]).names == []
    labels = np.digitize(y, [-0.5, 0.5])
    assert proved(table(x=x), [*map(str, labels)], "multiclass", perhaps=["x"]).names == ["x"]
    assert proved(table(x=x), y, perhaps=["x"], at_random=False).names is None


def test_a_sum_over_columns_alike_is_found(rng: np.random.Generator) -> None:
    items = {f"item_{k:02d}": rng.poisson(1.0, ROWS) for k in range(12)}
    total = np.sum(list(items.values()), axis=0)
    found = proved(table(**items), total + 0.5 * rng.normal(size=ROWS))
    (entry,) = found.sections["row_statistics"].value
    assert entry["name"] == "item" and entry["columns"] == list(items) and "sum" in entry["make"]


def test_a_number_against_its_levels_mean_is_found_and_levels_that_say_nothing_are_not(
    rng: np.random.Generator,
) -> None:
    level, base = rng.integers(0, 40, ROWS), 10 * rng.normal(size=40)
    x = base[level] + rng.normal(size=ROWS)
    words = np.array([f"level {k}" for k in level])
    found = proved(
        table(x=x.round(4), level=words), np.where(x - base[level] + 0.2 * rng.normal(size=ROWS) > 0, 1, 0), "binary"
    )
    assert found.sections["groups"].value == [{"by": ["level"], "columns": ["x"], "statistics": ["difference"]}]
    assert "groups" not in proved(table(x=x.round(4), level=rng.permutation(words)), x).sections


def test_directions_across_columns_are_found(rng: np.random.Generator) -> None:
    hidden = rng.normal(size=ROWS)
    frame = pd.DataFrame({f"x{letter}": (hidden + rng.normal(size=ROWS)).round(4) for letter in "abcdefghijkl"})
    found = proved(frame, np.sin(2 * hidden) + 0.05 * rng.normal(size=ROWS))
    (entry,) = found.sections["components"].value
    assert entry["columns"] == list(frame) and entry["count"] == 6


def test_more_columns_of_noise_prove_nothing(rng: np.random.Generator) -> None:
    frame = pd.DataFrame({f"x{k}": rng.uniform(size=ROWS).round(3) for k in range(20)})
    y = 10 * np.sin(np.pi * frame["x0"] * frame["x1"]) + 10 * frame["x3"] + rng.normal(size=ROWS)
    assert proved(frame, y).counts is None


def test_nothing_is_tried_where_folds_would_flatter_or_rows_are_few(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = rng.uniform(-1, 1, ROWS).round(4), rng.uniform(-1, 1, ROWS).round(4)
    assert "arithmetic" not in proved(table(a=a, b=b), a * b, placed=frozenset({"a", "b"})).sections
    monkeypatch.setattr(Trial, "gain_over", lambda *_: pytest.fail("it was tried"))
    assert proved(table(a=a, b=b), a * b, at_random=False) == UNTRIED
    assert proved(table(a=a, b=b)[:500], a[:500] * b[:500]) == UNTRIED
    assert proved(table(a=a, b=b), [*map(str, range(40))] * 38, "multiclass") == UNTRIED


def test_odd_columns_and_targets_are_taken_as_they_are(rng: np.random.Generator) -> None:
    a, gone = rng.normal(size=ROWS).round(4), np.full(ROWS, np.nan)
    gone[-1] = 1.0
    odd = {"huge": a * 1e300, "constant": 1.0, "endless": np.where(a > 1, np.inf, a), "gone": gone, "wrong": a > 0}
    assert proved(table(a=a, **odd), a > rng.normal(size=ROWS), "binary").counts is None
    assert proved(table(a=a, **odd), np.ones(ROWS)) == NOTHING
    assert proved(table(a=a), np.where(a > 0, "x", None), "binary") == UNTRIED


def test_names_that_are_taken_are_left_alone(rng: np.random.Generator) -> None:
    a, b = rng.uniform(-1, 1, ROWS).round(4), rng.uniform(-1, 1, ROWS).round(4)
    found = proved(table(a=a, b=b, a_times_b=rng.normal(size=ROWS).round(4)), a * b + 0.02 * rng.normal(size=ROWS))
    names = [f"{e['left']}_{e['operations'][0]}_{e['right']}" for guess in found.sections.values() for e in guess.value]
    assert names and "a_times_b" not in names


def test_a_gain_that_is_open_is_asked_again(rng: np.random.Generator) -> None:
    x, noise = rng.normal(size=ROWS), rng.normal(size=ROWS)
    y = (x + rng.normal(size=ROWS) > 0).astype(int)
    bare = Trial({"noise": noise}, y, "binary")
    assert bare.with_columns({"x": x}).gain_over(bare).sure and 1 not in bare._known
    assert not bare.with_columns({"more": noise[::-1]}).gain_over(bare).sure
    assert bare.residuals.shape == (ROWS, 1) and abs(bare.residuals.mean()) < 0.05
    three = Trial({"x": x}, np.digitize(x, [-0.5, 0.5]), "multiclass")
    assert three.residuals.shape == (ROWS, 3) and sum(three.gains.values()) == pytest.approx(1.0)
