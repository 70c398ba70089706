"""Columns of levels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.declaration.columns import Role
from pipeline.scaffold.guess import Guess
from pipeline.scaffold.halves import Files
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.levels import Level, are_codes, find_features, find_levels, find_statistics, may_be_codes
from pipeline.scaffold.read import Raw
from pipeline.scaffold.roles import find_roles, looks

RNG = np.random.default_rng(2)
ROWS = 3000


def words(values: np.ndarray) -> pd.Series:
    return pd.Series(values.astype(str), dtype="str")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (RNG.permutation(90_000)[:300][RNG.integers(0, 300, ROWS)], True),
        (RNG.integers(18, 90, ROWS), False),
        (np.exp(RNG.normal(8, 1, ROWS)).astype(int), False),
        (10 * np.exp(RNG.normal(4, 1, ROWS)).astype(int), False),
        (RNG.integers(0, 10**6, ROWS), False),
        (RNG.normal(size=ROWS).round(2), False),
    ],
    ids=["codes", "ages", "amounts", "round amounts", "seldom twice", "decimals"],
)
def test_codes_are_told_from_amounts(values: np.ndarray, expected: bool) -> None:
    assert are_codes(words(values)) is expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (RNG.permutation(300)[RNG.zipf(1.5, ROWS) % 300], True),
        (np.arange(ROWS) % 40, True),
        (RNG.integers(1, 401, ROWS), True),
        (RNG.integers(600, 1001, ROWS), False),
        (np.minimum(RNG.geometric(0.005, ROWS), 400), False),
        (RNG.integers(18, 90, ROWS), False),
        (RNG.poisson(40, ROWS), False),
        (RNG.integers(0, 10**6, ROWS), False),
    ],
    ids=[
        "codes of unequal use",
        "a panel",
        "numbered",
        "not from 1 on",
        "fewer and fewer",
        "ages",
        "counts",
        "seldom twice",
    ],
)
def test_numbers_that_may_be_names(values: np.ndarray, expected: bool) -> None:
    assert may_be_codes(words(values)) is expected


def competition() -> tuple[Raw, list[Level]]:
    def part(rows: int, first: int) -> pd.DataFrame:
        shop, town = RNG.integers(0, 400, rows), RNG.integers(0, 30, rows)
        columns = {
            "id": np.arange(rows) + first,
            "shop_id": shop + 7000,
            "town": [f"t{k}" for k in town],
            "new": [f"n{first}-{k}" for k in RNG.integers(0, 40, rows)],
            "open": RNG.integers(0, 2, rows),
            "size": RNG.normal(size=rows),
        }
        return pd.DataFrame(columns).astype("str")

    train, test = part(ROWS, 0), part(500, ROWS)
    raw = Raw(train.assign(y="1"), test, None, Files("a", "b", None))
    keys = Keys(Guess("id", ""), Guess("y", ""))
    roles: dict[str, Guess[Role]] = find_roles(raw, keys)[0]
    assert roles["shop_id"].value == "categorical"
    return raw, find_levels(raw, looks(raw, keys), roles)


def test_wide_columns_get_counts_statistics_and_tuples() -> None:
    raw, levels = competition()
    assert [level.name for level in levels] == ["shop_id", "new", "town", "open"]
    found = [entry["columns"] for entry in find_statistics(raw, levels, {}, "binary", 2)]
    assert found[:2] == [["shop_id"], ["town"]] and ["town", "open"] in found
    assert not any("new" in columns for columns in found), "no test row has one of its levels"
    features = find_features(levels)
    assert features["keys"].value == ["shop_id"] and features["scope"].value == "train+test"


def test_many_labels_get_few_statistics() -> None:
    raw, levels = competition()
    assert len(find_statistics(raw, levels, {}, "multiclass", 30)) == 2
