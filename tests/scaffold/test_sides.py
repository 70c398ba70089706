"""Side tables."""

from __future__ import annotations

import pandas as pd

from pipeline.scaffold.guess import Guess
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.read import Files, Raw
from pipeline.scaffold.sides import find_sides

KEYS = Keys(Guess("id", ""), Guess("y", ""))


def sides_of(**tables: pd.DataFrame) -> tuple[dict[str, object], dict[str, str]]:
    rows = pd.DataFrame({"id": range(40), "shop": [n % 8 for n in range(40)], "day": [n // 8 for n in range(40)]})
    train, test = (part.astype("str") for part in (rows[:30].assign(y=1), rows[30:]))
    named = {f"{name}.csv": table.astype("str") for name, table in tables.items()}
    found = find_sides(Raw(train, test, None, Files("a", "b", None, tuple(named)), sides=named), KEYS)
    return {name: guess.value for name, guess in found.joins.items()}, dict(found.left)


def test_one_row_a_key_is_joined_and_names_that_are_taken_get_a_prefix() -> None:
    shops = pd.DataFrame({"shop": range(8), "size": range(8)})
    days = pd.DataFrame({"day": range(5), "size": range(5)})
    joins, left = sides_of(shops=shops, days=days)
    assert joins == {
        "shops": {"file": "shops.csv", "on": ["shop"]},
        "days": {"file": "days.csv", "on": ["day"], "prefix": "days_"},
    }
    assert not left


def test_two_columns_may_make_the_key() -> None:
    both = pd.DataFrame([(s, d, s * d) for s in range(8) for d in range(5)], columns=["shop", "day", "rain"])
    assert sides_of(weather=both)[0] == {"weather": {"file": "weather.csv", "on": ["shop", "day"]}}


def test_others_are_left_with_the_reason() -> None:
    visits = pd.DataFrame({"shop": [0, 0, 1], "who": [1, 2, 3]})
    foreign, target = pd.DataFrame({"x": [1], "z": [2]}), pd.DataFrame({"id": range(40), "y": range(40)})
    joins, left = sides_of(visits=visits, foreign=foreign, target=target)
    assert not joins
    assert "many rows for each shop" in left["visits.csv"]
    assert "shares no column" in left["foreign.csv"]
    assert "holds the target" in left["target.csv"] or "no column that" in left["target.csv"]
