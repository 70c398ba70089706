"""Numbers and sentences of the report."""

from __future__ import annotations

import doctest
from typing import Any

import pytest

from pipeline.report import marks, words

FACTS: dict[str, Any] = {
    "candidate": "mean",
    "greater_is_better": True,
    "ensemble": {"score": 0.9, "se": 0.01},
    "best_single": {"model": "xgboost", "score": 0.88, "se": 0.01},
    "holdout": {"score": 0.89, "se": 0.02, "rows": 50},
    "drivers": ["age"],
}


@pytest.mark.parametrize("module", [words, marks])
def test_the_docstrings_are_true(module: Any) -> None:
    result = doctest.testmod(module)
    assert result.failed == 0 and result.attempted > 0


def test_the_headline_says_what_was_gained() -> None:
    assert words.headline(FACTS) == (
        "It improves on the best single model, xgboost, by 0.020. The models lean most on age."
    )
    lower = FACTS | {"greater_is_better": False, "drivers": []}
    assert "scores no better than xgboost" in words.headline(lower)
    assert words.headline(FACTS | {"candidate": "best_single"}).startswith("No blend earned its place: xgboost")


def test_the_verdict_counts_standard_errors() -> None:
    assert words.holdout_verdict(FACTS) == "agrees with cross-validation: 0.4 standard errors apart"
    worse = FACTS | {"holdout": {"score": 0.7, "se": 0.02, "rows": 50}}
    assert words.holdout_verdict(worse).startswith("worse than cross-validation by 8.9")
    assert words.holdout_verdict(worse | {"greater_is_better": False}).startswith("better")


def test_small_and_missing_numbers_stay_readable() -> None:
    assert words.number(float("nan")) == "–" and words.number(-0.5, 2) == "−0.50" and words.number(0.0) == "0"
    assert words.score(0.5, 0.0) == ("0.5000", "") and words.score(None, None) == ("–", "")
    assert words.decimals_of([None, 0.0]) is None


def test_marks_stay_inside() -> None:
    scale = marks.Scale.over([1.0, 1.0])
    assert 0 <= scale.place(1.0) <= 100 and scale.place(99.0) == 100
