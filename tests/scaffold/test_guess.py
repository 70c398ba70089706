"""What a column looks like."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.scaffold.guess import ID_NAME, TIME_NAME, Kind, listed, look_at, spaced, words_of


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2", "3"], "number"),
        (["1.5", "", "NA"], "number"),
        (["1,5", "2,25"], "number"),
        (["True", "False", "True"], "boolean"),
        (["yes", "no", ""], "boolean"),
        ([f"2020-01-{day:02}" for day in range(1, 29)], "date"),
        ([f"{day:02}/03/2020 10:00" for day in range(1, 29)], "date"),
        (["red", "green", "red"], "level"),
        ([f"a long sentence about the thing number {n}" for n in range(30)], "text"),
        (["", "NA", "?"], "empty"),
    ],
)
def test_a_column_looks_like_its_kind(values: list[str], kind: Kind) -> None:
    assert look_at(words_of(pd.Series(values, dtype="str"))).kind == kind


def test_whole_numbers_are_told_from_others() -> None:
    assert look_at(pd.Series(["1", "2.0"], dtype="str")).whole
    assert not look_at(pd.Series(["1", "2.5"], dtype="str")).whole


@pytest.mark.parametrize(
    "name", ["id", "Id", "PassengerId", "customer_id", "ID", "SK_ID_CURR", "row id", "Unnamed: 0", "index"]
)
def test_names_of_ids(name: str) -> None:
    assert ID_NAME.search(spaced(name))


@pytest.mark.parametrize("name", ["idle", "width", "median", "paid", "Age", "number_of_rooms"])
def test_names_that_are_none(name: str) -> None:
    assert not ID_NAME.search(spaced(name))


@pytest.mark.parametrize(
    ("name", "is_time"), [("YearSold", True), ("click_time", True), ("timer", False), ("Date", True)]
)
def test_names_of_times(name: str, is_time: bool) -> None:
    assert bool(TIME_NAME.search(spaced(name))) is is_time


def test_long_lists_are_cut() -> None:
    assert listed([1, 2, 3], 2) == "1, 2 and 1 more"
