"""Each kind of bad submission is refused by name."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.submission.lint import Rules, lint

SAMPLE = pd.DataFrame({"id": ["1", "2", "3"], "y": ["0", "0", "0"]})
NUMBERS = Rules("toy", "id", "number", low=0.0, high=1.0)
LABELS = Rules("toy", "id", "label", frozenset({"no", "yes"}))
RANKING = Rules("toy", "id", "ranking", frozenset({"a", "b", "c"}), most=2)


def told(rules: Rules, **columns: list) -> list[str]:
    return [str(problem) for problem in lint(pd.DataFrame(columns, dtype="str"), SAMPLE, rules)]


def test_good_ones_pass_in_any_order() -> None:
    assert told(NUMBERS, id=["3", "1", "2"], y=["0", "1e-3", "1"]) == []
    assert told(LABELS, id=["1", "2", "3"], y=["yes", "no", "no"]) == []
    assert told(RANKING, id=["1", "2", "3"], y=["a b", "c", "b a"]) == []


@pytest.mark.parametrize(
    ("rules", "columns", "words"),
    [
        (NUMBERS, {"id": ["1", "2"], "y": ["0", "0"]}, "1 missing: 3"),
        (NUMBERS, {"id": ["1", "2", "3", "4"], "y": ["0"] * 4}, "1 extra: 4"),
        (NUMBERS, {"id": ["1", "2", "3", "3"], "y": ["0"] * 4}, "1 duplicate: 3"),
        (NUMBERS, {"id": ["1", "2", "3"], "z": ["0"] * 3}, "lacking y; beside it z"),
        (NUMBERS, {"id": ["1", "2", "3"], "y": ["0"] * 3, "z": ["0"] * 3}, "beside it z"),
        (NUMBERS, {"y": ["0"] * 3, "id": ["1", "2", "3"]}, "must stand in the sample's order"),
        (NUMBERS, {"id": ["1", "2", "3"], "y": ["0", "nan", "1"]}, "1 missing (NaN), the first in row 2"),
        (NUMBERS, {"id": ["1", "2", "3"], "y": ["0", None, "1"]}, "1 missing (NaN), the first in row 2"),
        (NUMBERS, {"id": ["1", "2", "3"], "y": ["0", "", "1"]}, "1 missing (NaN), the first in row 2"),
        (NUMBERS, {"id": ["1", "2", "3"], "y": ["0", "inf", "-inf"]}, "2 infinite: inf, -inf"),
        (NUMBERS, {"id": ["1", "2", "3"], "y": ["0", "high", "1"]}, "1 that are none: high"),
        (NUMBERS, {"id": ["1", "2", "3"], "y": ["0", "1.01", "-2"]}, "must be at least 0 and at most 1; got 2 out of"),
        (LABELS, {"id": ["1", "2", "3"], "y": ["yes", "maybe", "no"]}, "known labels, no, yes; got 1 unknown: maybe"),
        (LABELS, {"id": ["1", "2", "3"], "y": ["yes", "Yes", "no"]}, "1 unknown: Yes"),
        (RANKING, {"id": ["1", "2", "3"], "y": ["a b c", "a", "b"]}, "must name at most 2 labels; got a b c"),
        (RANKING, {"id": ["1", "2", "3"], "y": ["a a", "a", "b"]}, "must name a label once in a row; got a a"),
        (RANKING, {"id": ["1", "2", "3"], "y": ["a d", "a", "b"]}, "1 unknown: d"),
    ],
)
def test_refused_by_name(rules: Rules, columns: dict, words: str) -> None:
    problems = told(rules, **columns)
    assert len(problems) == 1
    assert problems[0].startswith("toy: submission: ") and words in problems[0]


def test_all_that_is_wrong_is_told() -> None:
    problems = told(NUMBERS, id=["1", "1", "9"], y=["2", "inf", "x"])
    assert len(problems) == 6


def test_labels_that_look_missing_are_labels() -> None:
    rules = Rules("toy", "id", "label", frozenset({"None", "some"}))
    assert told(rules, id=["1", "2", "3"], y=["None", "some", "None"]) == []


def test_without_ids_only_the_number_of_rows_counts() -> None:
    sample, rules = SAMPLE[["y"]], Rules("toy", None, "number")
    assert lint(sample, sample, rules) == []
    assert "must be the sample's 3; got 2" in str(lint(sample.iloc[:2], sample, rules)[0])
