"""How different two submissions are, whatever their rows' order and their numbers' spelling."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.submission.compare import comparable, difference, same
from pipeline.submission.lint import Rules

NUMBERS = Rules("toy", "id", "number")
LABELS = Rules("toy", "id", "label", frozenset({"a", "b"}))
RANKING = Rules("toy", "id", "ranking", frozenset({"a", "b"}), most=2)


def frame(ids: str, *values: str) -> pd.DataFrame:
    return pd.DataFrame({"id": list(ids), "y": list(values)}, dtype="str")


def test_numbers_by_rank() -> None:
    ours = frame("1234", "0.1", "0.2", "0.3", "0.4")
    assert difference(ours, frame("4321", "40", "30", "20", "10"), NUMBERS) == pytest.approx(0)
    assert difference(ours, frame("1234", "4", "3", "2", "1"), NUMBERS) == pytest.approx(2)
    assert difference(ours, frame("1234", "1", "1", "1", "1"), NUMBERS) == 1


def test_labels_and_rankings_by_share() -> None:
    assert difference(frame("1234", *"aabb"), frame("4321", *"abaa"), LABELS) == 0.25
    assert difference(frame("12", "a b", "b a"), frame("12", "a", "a b"), RANKING) == 0.5


def test_the_same_answers_however_written() -> None:
    assert same(frame("12", "0.5", "1"), frame("21", "1.0", "0.50"), NUMBERS)
    assert not same(frame("12", "0.5", "1"), frame("21", "0.5", "1"), NUMBERS)
    assert same(frame("12", *"ab"), frame("21", *"ba"), LABELS) and not same(
        frame("12", *"ab"), frame("12", *"aa"), LABELS
    )


def test_without_ids_rows_match_by_place() -> None:
    rules = Rules("toy", None, "number")
    ours, theirs = (pd.DataFrame({"y": values}, dtype="str") for values in (["1", "2"], ["2", "1"]))
    assert comparable(ours, theirs, rules) and not same(ours, theirs, rules)


@pytest.mark.parametrize(
    "other", [frame("123", *"aab"), frame("13", *"ab"), frame("12", *"ab").rename(columns={"y": "z"})]
)
def test_other_rows_or_columns_do_not_compare(other: pd.DataFrame) -> None:
    assert not comparable(frame("12", *"ab"), other, LABELS)
