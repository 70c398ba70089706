"""The roles that get a line."""

from __future__ import annotations

import pandas as pd

from pipeline.scaffold.guess import Guess
from pipeline.scaffold.halves import Files
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.read import Raw
from pipeline.scaffold.roles import MOST_LINES, find_roles

KEYS = Keys(Guess("id", ""), Guess("y", ""))


def roles_of(frame: pd.DataFrame) -> tuple[dict[str, str], int]:
    words = frame.astype("str")
    found, more = find_roles(Raw(words, words.drop(columns="y", errors="ignore"), None, Files("a", "b", None)), KEYS)
    return {column: guess.value for column, guess in found.items()}, more


def test_only_what_is_not_plain_gets_a_role() -> None:
    n = range(60)
    frame = pd.DataFrame(
        {
            "id": n,
            "age": [i % 40 for i in n],
            "colour": ["red", "blue"] * 30,
            "paid": ["yes", "no"] * 30,
            "when": [f"2021-{i % 12 + 1:02}-03" for i in n],
            "order_date": [20210101 + i % 28 for i in n],
            "zip_code": [10 + i % 9 for i in n],
            "review": [f"this thing number {i} was rather good for its price" for i in n],
            "ticket_id": [f"T{i}" for i in n],
            "y": [0, 1] * 30,
        }
    )
    expected = {
        "when": "date",
        "order_date": "date",
        "zip_code": "categorical",
        "review": "text",
        "ticket_id": "ignore",
    }
    assert roles_of(frame) == (expected, 0)


def test_wide_files_do_not_get_a_line_for_each_column() -> None:
    frame = pd.DataFrame({f"d{k}": [f"2021-{i % 12 + 1:02}-03" for i in range(30)] for k in range(MOST_LINES + 7)})
    found, more = roles_of(frame)
    assert (len(found), more) == (MOST_LINES, 7)


def test_an_id_of_dates_is_a_feature_and_stands_first() -> None:
    days = [f"2021-{i % 12 + 1:02}-03" for i in range(60)]
    hours = [str(hour) for hour in pd.date_range("2021-01-01", periods=60, freq="h")]
    frame = pd.DataFrame({f"d{k}": days for k in range(MOST_LINES)} | {"id": hours})
    found, more = roles_of(frame)
    assert (next(iter(found)), found["id"], len(found), more) == ("id", "date", MOST_LINES, 1)
    assert "id" not in roles_of(frame.assign(id=[f"a{k}" for k in range(60)]))[0]
    assert "id" not in roles_of(frame.assign(id=range(20210101, 20210161)))[0]


def test_an_id_of_groups_is_a_category() -> None:
    groups = [f"{row // 2:04}_{row % 2 + 1:02}" for row in range(60)]
    assert roles_of(pd.DataFrame({"id": groups, "x": range(60)}))[0] == {"id": "categorical"}
