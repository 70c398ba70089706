"""Patterns, hashed n-grams and word vectors."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from pipeline.declaration.builders import Ngrams, Pattern, WordVectors
from pipeline.features.ngrams import HashedNgrams
from pipeline.features.patterns import Patterns
from pipeline.features.vectors import MeanVectors
from tests.features.build import made, words

NAMES = pd.DataFrame({"name": words("Braund, Mr. Owen", "Heikkinen, Miss. Laina", "none", None)})


def test_a_group_gives_a_category_and_none_a_flag() -> None:
    patterns = [
        Pattern(name="title", column="name", regex=r", (\w+)\."),
        Pattern(name="married", column="name", regex=r"\bMr"),
    ]
    columns = made(Patterns(patterns), NAMES)
    assert columns == {"title": ["Mr", "Miss", None, None], "married": [1, 0, 0, None]}


def test_what_a_group_takes_may_be_a_number() -> None:
    frame = pd.DataFrame({"cabin": words("B/012/P", "B/x/P", "B//P", "none", None, "C/7/S", "C/inf/S", "C/-2.5/S")})
    (cabin,) = Patterns([Pattern(name="n", column="cabin", regex="/(.*)/", numeric=True)]).transform(frame)
    assert cabin.role == "numeric" and cabin.values.dtype == np.float64
    assert cabin.values == pytest.approx([12, *[np.nan] * 4, 7, np.nan, -2.5], nan_ok=True)


def test_an_optional_group_that_took_nothing_is_no_number() -> None:
    frame = pd.DataFrame({"code": words("A", "A5")})
    columns = made(Patterns([Pattern(name="n", column="code", regex="A([0-9])?", numeric=True)]), frame)
    assert columns == {"n": [None, 5]}


def test_a_pattern_searches_dates_and_numbers_as_words() -> None:
    frame = pd.DataFrame({"day": pd.to_datetime(["2020-03-01", None]), "price": [12.0, np.nan]})
    patterns = [
        Pattern(name="month", column="day", regex=r"-(\d+)-", numeric=True),
        Pattern(name="month_word", column="day", regex=r"-(\d+)-"),
        Pattern(name="cents", column="price", regex=r"(\d)$", numeric=True),
    ]
    expected = {"month": [3, None], "month_word": ["03", None], "cents": [2, None]}
    assert made(Patterns(patterns), frame) == expected


def test_a_number_is_asked_of_a_group() -> None:
    with pytest.raises(ValueError, match=r"numeric needs a regex with a group in parentheses.*: \^A"):
        Pattern(name="x", column="name", regex="^A", numeric=True)


def test_a_broken_pattern_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a regular expression"):
        Pattern(name="x", column="name", regex="(")


def test_words_that_are_alike_have_like_ngrams() -> None:
    frame = pd.DataFrame({"city": words("Berlin", "Berlyn", "Paris", None)})
    columns = made(HashedNgrams([Ngrams(columns=["city"], buckets=64)]), frame)
    rows = np.array([columns[f"city_ngrams_{k}"][:3] for k in range(1, 65)], dtype=float).T
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1)
    assert rows[0] @ rows[1] > 0.3 > abs(rows[0] @ rows[2])
    assert {values[3] for values in columns.values()} == {None}


def texts() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    topics = (["red", "blue", "green", "pink"], ["cat", "dog", "horse", "mouse"])
    return pd.DataFrame({"note": words(*(" ".join(rng.choice(topics[k % 2], 6)) for k in range(200)), "", None)})


VECTORS = MeanVectors([WordVectors(columns=["note"], size=8, epochs=20)], seed=3)


def test_texts_of_one_topic_lie_together() -> None:
    columns = made(VECTORS, texts())
    rows = np.array(list(columns.values()), dtype=float).T
    unit = rows[:200] / np.linalg.norm(rows[:200], axis=1, keepdims=True)
    same, other = unit[::2] @ unit[::2].T, unit[::2] @ unit[1::2].T
    assert same.mean() > other.mean() + 0.05
    assert not rows[200].any() and np.isnan(rows[201]).all()


def test_vectors_are_the_same_bytes_in_another_process() -> None:
    script = (
        "from tests.features.test_words_of_texts import *\n"
        "print(np.array(list(made(VECTORS, texts()).values()), dtype=float)[:, 0].tobytes().hex())"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    ours = np.array(list(made(VECTORS, texts()).values()), dtype=float)[:, 0].tobytes().hex()
    assert run.stdout.strip() == ours


def test_without_words_there_are_no_vectors() -> None:
    columns = made(VECTORS, pd.DataFrame({"note": words("!", "once")}))
    assert all(values == [0.0, 0.0] for values in columns.values())
