"""Codes put together of parts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.declaration.builders import Pattern
from pipeline.declaration.columns import Role
from pipeline.features.patterns import Patterns
from pipeline.scaffold.guess import Guess
from pipeline.scaffold.halves import Files
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.parts import MOST_COLUMNS, build_of, find_parts, is_made_of_groups, with_levels
from pipeline.scaffold.read import Raw
from pipeline.scaffold.roles import looks
from tests.features.build import made

RNG = np.random.default_rng(4)
KEYS = Keys(Guess(None, ""), Guess("y", ""))
ROWS = 600
DECKS, SIDES, NUMBERS = RNG.choice([*"ABCDEF"], ROWS), RNG.choice([*"PS"], ROWS), RNG.integers(0, 90, ROWS)
CABINS = [f"{d}/{n}/{s}" for d, n, s in zip(DECKS, NUMBERS, SIDES, strict=True)]


def files(**columns: list[str] | np.ndarray) -> Raw:
    train = pd.DataFrame(columns).astype("str")
    return Raw(train.assign(y="1"), train.iloc[:200].reset_index(drop=True), None, Files("a", "b", None))


def found(roles: dict[str, Guess[Role]] | None = None, **columns: list[str] | np.ndarray) -> list[Pattern]:
    raw = files(**columns)
    guess = find_parts(raw, looks(raw, KEYS), roles or {}, raw.train.columns, None).get("patterns")
    return [Pattern.model_validate(entry) for entry in guess.value] if guess else []


def parts(**columns: list[str]) -> dict[str, set[object]]:
    """The values of each part that is found, None apart."""
    values = made(Patterns(found(**columns)), pd.DataFrame(columns).astype("str"))
    return {name: {*part} - {None} for name, part in values.items()}


@pytest.mark.parametrize("mark", [*"/|:_-. "])
def test_three_parts_are_taken_apart_whatever_stands_between(mark: str) -> None:
    whole = parts(cabin=[cabin.replace("/", mark) for cabin in CABINS * 2])
    assert whole == {"cabin_part1": {*"ABCDEF"}, "cabin_part2": {*map(float, NUMBERS)}, "cabin_part3": {*"PS"}}
    assert [pattern.numeric for pattern in found(cabin=CABINS)] == [False, True, False]


def test_letters_and_digits() -> None:
    codes = [f"{d}{n}" for d, n in zip(DECKS, NUMBERS, strict=True)] + ["B96 B98", "D", "F G73"]
    taken = parts(cabin=codes)
    assert taken == {"cabin_letters": {*"ABCDEF"}, "cabin_number": {*map(float, NUMBERS), 96.0}}


def test_a_few_values_may_be_built_otherwise_and_miss_their_parts() -> None:
    frame = pd.DataFrame({"cabin": [*CABINS, "none", "B/1"]}).astype("str")
    values = made(Patterns(found(cabin=frame["cabin"].to_numpy())), frame)
    assert [column[-2:] for column in values.values()] == [[None, None]] * 3


@pytest.mark.parametrize(("others", "expected"), [(4, True), (6, False)])
def test_at_most_one_value_in_twenty_is_built_otherwise(others: int, expected: bool) -> None:
    codes = [f"{deck}/{number}" for deck in "ABCDE" for number in range(20)]
    assert (build_of(codes[others:] + ["so", "it", "is", "not", "at", "all"][:others]) is not None) is expected


def test_a_mark_with_nothing_before_it_parts_nothing() -> None:
    build = build_of([f"/{deck}-{number}" for deck in "ABC" for number in range(9)])
    assert build is not None and build.what == "2 parts with - between them"


def test_few_numbers_are_levels() -> None:
    members = [f"{n:04}_{k:02}" for n in range(150) for k in range(1, 5)]
    assert parts(group=members) == {"group_part1": {*map(float, range(150))}, "group_part2": {"01", "02", "03", "04"}}


@pytest.mark.parametrize(
    "values",
    [
        ["TRAPPIST-1e", "55 Cancri e", "PSO J318.5-22"] * 200,
        ["Private", "Self-emp-not-inc", "Self-emp-inc", "Local-gov", "State-gov", "Federal-gov", "Never-worked"] * 50,
        ["New York", "Texas", "Ohio", "Utah", "Iowa", "Maine", "Oregon", "Alaska", "Hawaii", "Nevada", "Idaho"] * 40,
        [f"{deck}-{side}" for deck in "ABCDE" for side in "PS"] * 40,
        [f"user_{n}" for n in range(600)],
        [f"{n}-{n}" for n in range(100)] * 6,
        [f"{a} {b}" for a, b in zip("abcdefghijklmnop", "bcdefghijklmnopq", strict=True)] * 20,
        [f"{n}.{n + 1}.{n % 7}.{n % 3}.{n % 2}" for n in range(600)],
        [f"/{n}/x" for n in range(90)] * 6,
    ],
    ids=["planets", "work", "states", "ten values", "one part", "twice the same", "no level twice", "five", "empty"],
)
def test_plain_levels_are_left_whole(values: list[str]) -> None:
    assert found(level=values) == []


def test_a_part_that_says_an_earlier_one_again_is_left_out() -> None:
    again = [f"{d}/{n}/{d.lower()}" for d, n in zip(DECKS, NUMBERS, strict=True)]
    assert set(parts(cabin=again)) == {"cabin_part1", "cabin_part2"}


def test_names_that_are_taken_get_a_number() -> None:
    names = [pattern.name for pattern in found(cabin=CABINS, cabin_part1=SIDES)]
    assert names == ["cabin_part1_2", "cabin_part2", "cabin_part3"]


def test_no_more_than_a_few_columns_and_none_with_a_role() -> None:
    columns = {f"c{n}": [*CABINS] for n in range(MOST_COLUMNS + 2)}
    roles: dict[str, Guess[Role]] = {"c1": Guess("ignore", "")}
    assert {pattern.column for pattern in found(roles, **columns)} == {"c0", "c2", "c3", "c4"}


def test_dates_and_numbers_are_no_codes() -> None:
    days = pd.date_range("2020-01-01", periods=ROWS).strftime("%Y-%m-%d").to_numpy()
    assert found(day=days, price=RNG.normal(size=ROWS).round(2)) == []


def test_ten_values_are_too_few_to_tell() -> None:
    codes = [f"{deck}/{side}" for deck in "ABCDEF" for side in "PS"]
    assert build_of(codes[:10]) is None and build_of(codes[:11]) is not None


def test_levels_among_the_parts_stand_beside_the_columns() -> None:
    raw = files(cabin=CABINS)
    seen = looks(raw, KEYS)
    wide, more = with_levels(raw, seen, find_parts(raw, seen, {}, set(), None))
    assert [*more] == ["cabin", "cabin_part1", "cabin_part3"] and (more["cabin_part1"].distinct) == 6
    assert wide.train["cabin_part1"].tolist() == DECKS.tolist()
    assert wide.test["cabin_part3"].tolist() == SIDES[:200].tolist()
    assert "cabin_part1" not in raw.train


def test_an_id_is_made_of_groups_where_several_rows_share_a_part() -> None:
    groups = [f"{row // 2:04}_{row % 2 + 1:02}" for row in range(ROWS)]
    assert is_made_of_groups(pd.Series(groups))
    assert not is_made_of_groups(pd.Series([f"train_{row}" for row in range(ROWS)]))
    assert not is_made_of_groups(pd.Series([f"id{row:05}" for row in range(ROWS)]))
    assert not is_made_of_groups(pd.Series([f"{row * 7:08x}-{row * 11:08x}" for row in range(ROWS)]))


def test_the_parts_of_an_id_are_levels_though_it_has_a_role() -> None:
    raw = files(key=[f"{row // 2:04}_{row % 2 + 1:02}" for row in range(ROWS)])
    seen = looks(raw, KEYS)
    roles = {"key": Guess[Role]("categorical", "")}
    assert find_parts(raw, seen, roles, set(), None) == {}
    entries = find_parts(raw, seen, roles, set(), "key")["patterns"].value
    assert [(entry["name"], "numeric" in entry) for entry in entries] == [("key_part1", False), ("key_part2", False)]
