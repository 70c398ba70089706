"""Side tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from pipeline.scaffold.guess import Guess
from pipeline.scaffold.halves import Files
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.read import Raw
from pipeline.scaffold.sides import find_sides

KEYS = Keys(Guess("id", ""), Guess("y", ""))


def sides_of(**tables: pd.DataFrame) -> tuple[dict[str, Any], dict[str, str]]:
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


def test_a_table_known_by_the_id_may_tell_of_few_rows_and_one_known_otherwise_may_not() -> None:
    some = pd.DataFrame({"id": [n * 7 for n in range(6)], "device": range(6)})
    shops = pd.DataFrame({"shop": range(3), "size": range(3)})
    joins, left = sides_of(some=some, shops=shops)
    assert joins == {"some": {"file": "some.csv", "on": ["id"]}}
    assert "have in common" in left["shops.csv"]


def test_two_columns_may_make_the_key() -> None:
    both = pd.DataFrame([(s, d, s * d) for s in range(8) for d in range(5)], columns=["shop", "day", "rain"])
    assert sides_of(weather=both)[0] == {"weather": {"file": "weather.csv", "on": ["shop", "day"]}}


def test_others_are_left_with_the_reason() -> None:
    strangers = pd.DataFrame({"id": [900, 900, 901], "who": [1, 2, 3]})
    foreign, target = pd.DataFrame({"x": [1], "z": [2]}), pd.DataFrame({"id": range(40), "y": range(40)})
    joins, left = sides_of(strangers=strangers, foreign=foreign, target=target)
    assert not joins
    assert "such as id, has keys that its rows and the competition's have in common" in left["strangers.csv"]
    assert "shares no column" in left["foreign.csv"]
    assert "holds the target" in left["target.csv"] or "no column that" in left["target.csv"]


def test_many_rows_a_key_are_aggregated_without_the_ids_of_rows_and_with_codes_as_names() -> None:
    visits = pd.DataFrame({"visit_id": range(120), "id": [n % 40 for n in range(120)], "item_id": [7, 9, 8] * 40})
    joins, left = sides_of(visits=visits.assign(paid=range(120)))
    assert not left
    assert joins["visits"] == {
        "file": "visits.csv",
        "on": ["id"],
        "prefix": "visits_",
        "columns": ["item_id", "paid"],
        "aggregate": {"categorical": ["item_id"]},
    }


def test_the_finest_key_is_taken_for_many_rows() -> None:
    sold = pd.DataFrame([(s, d, k) for s in range(8) for d in range(5) for k in range(3)], columns=["shop", "day", "n"])
    assert sides_of(sold=sold)[0]["sold"]["on"] == ["shop", "day"]


def test_many_columns_of_numbers_get_fewer_statistics() -> None:
    wide = pd.DataFrame({f"x{k}": [(k + n) / 7 for n in range(80)] for k in range(21)})
    found = sides_of(wide=wide.assign(id=[n % 40 for n in range(80)]))[0]["wide"]
    assert found["aggregate"] == {"numbers": ["mean", "min", "max"]}


def test_a_table_of_training_rows_alone_is_left() -> None:
    once = pd.DataFrame({"id": range(30), "spent": range(30)})
    many = pd.DataFrame({"id": [*range(30), *range(30)], "spent": range(60)})
    joins, left = sides_of(once=once, many=many)
    assert not joins
    assert left["once.csv"] == "by id 100% of the training rows are in it, but 0% of the test rows"
    assert left["many.csv"] == left["once.csv"]


def test_a_table_is_joined_into_the_one_that_has_its_key() -> None:
    loans = pd.DataFrame({"loan_id": range(100, 180), "id": [n % 40 for n in range(80)], "kind_id": [1, 2] * 40})
    months = pd.DataFrame({"loan_id": [100 + n % 80 for n in range(160)], "due": range(160)})
    kinds = pd.DataFrame({"kind_id": [1, 2], "rate": [3, 4]})
    joins, left = sides_of(months=months, loans=loans.assign(sum=range(80)), kinds=kinds)
    assert list(joins) == ["loans", "months", "kinds"] and not left
    assert joins["months"]["into"] == "loans" and "aggregate" in joins["months"]
    assert joins["kinds"] == {"file": "kinds.csv", "on": ["kind_id"], "into": "loans", "prefix": "kinds_"}


def test_two_halves_are_named_one_below_the_other() -> None:
    rows = pd.DataFrame({"id": range(40), "x": 0}).astype("str")
    files = Files("a", "b", None, ("train_more.csv", "test_more.csv"))
    side = pd.DataFrame({"id": range(40), "more": range(40)}).astype("str")
    raw = Raw(rows[:30].assign(y="1"), rows[30:], None, files, sides={"train_more.csv": side})
    found = find_sides(replace(raw, below={"train_more.csv": "test_more.csv"}), KEYS)
    assert found.joins["train_more"].value["more_files"] == ["test_more.csv"]
    assert not found.left and found.columns == 1


def by_day(side: pd.DataFrame) -> tuple[dict[str, Any], dict[str, str]]:
    days = pd.date_range("2020-01-01", periods=300).strftime("%Y-%m-%d")
    rows = pd.DataFrame({"day": days, "x": range(300)}).astype("str")
    raw = Raw(rows[:250].assign(y="1"), rows[250:], None, Files("a", "b", None, ("s.csv",)), sides={"s.csv": side})
    found = find_sides(raw, KEYS)
    return {name: guess.value for name, guess in found.joins.items()}, dict(found.left)


def test_a_few_days_that_are_known_ahead_are_joined() -> None:
    feasts = pd.DataFrame({"day": ["2020-04-01", "2020-05-01", "2020-12-25"], "feast": ["a", "b", "a"]})
    assert by_day(feasts)[0] == {"s": {"file": "s.csv", "on": ["day"]}}
    twice = pd.concat([feasts, feasts.assign(feast="c")])
    assert by_day(twice)[0]["s"]["aggregate"] == {}


def test_days_that_end_before_the_test_rows_are_not() -> None:
    days = pd.date_range("2020-01-01", periods=250).strftime("%Y-%m-%d")
    joins, left = by_day(pd.DataFrame({"day": days, "visits": "3"}))
    assert not joins and left["s.csv"] == "it ends with 2020-09-06, before the test rows begin"
