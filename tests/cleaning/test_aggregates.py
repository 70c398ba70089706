"""Side tables of many rows a key."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.cleaning.aggregates import aggregate
from pipeline.declaration.tables import Aggregate
from tests.cleaning.files import words

VISITS = words(
    "shop,paid,how,day,note\n7,1,card,2020-01-01,a\n8,2,cash,2020-01-03,b\n7.0,4,card,2020-01-05,c\n,9,card,,d\n8,,?,,e\n"
)


def told(**how: object) -> pd.DataFrame:
    return aggregate(VISITS, ["shop"], Aggregate.model_validate(how), ["?"]).set_index("shop")


def test_a_row_for_each_whole_key_however_it_is_written() -> None:
    found = told()
    assert found.index.tolist() == [7, 8]
    assert found["rows"].tolist() == [2, 2]


def test_numbers_pass_over_missing_values() -> None:
    found = told(numbers=["mean", "std", "min", "max", "sum", "median", "nunique", "first", "last"])
    got = {str(name).removeprefix("paid_"): values.tolist() for name, values in found.filter(like="paid_").items()}
    assert got == {
        "mean": [2.5, 2], "std": [1.5, 0], "min": [1, 2], "max": [4, 2], "sum": [5, 2], "median": [2.5, 2],
        "nunique": [2, 1], "first": [1, 2], "last": [4, 2],
    }  # fmt: skip


def test_a_key_without_a_number_has_no_sum() -> None:
    side = words("k,x,y\na,1,1\nb,,2\n")
    assert np.isnan(aggregate(side, ["k"], Aggregate(), [])["x_sum"].iloc[1])


def test_dates_are_days_and_have_no_sum() -> None:
    found = told()
    assert found["day_max"].tolist() == [18266, 18264]
    assert [name for name in found if str(name).startswith("day_")] == ["day_min", "day_max"]


def test_words_are_counted_and_shared_out() -> None:
    found = told(words=1)
    assert found["how_nunique"].tolist() == [1, 1] and found["how_mode"].tolist() == ["card", "cash"]
    assert found["how_share_card"].tolist() == [1, 0] and "how_share_cash" not in found
    assert told(words=2)["how_share_cash"].tolist() == [0, 0.5]


def test_words_that_are_all_different_make_nothing() -> None:
    assert not [name for name in told() if str(name).startswith("note")]


def test_numbers_that_are_names_are_counted_as_words() -> None:
    side = words("k,item\na,1\na,1.0\nb,2\nb,3\n")
    found = aggregate(side, ["k"], Aggregate(categorical=["item"]), [])
    assert found["item_nunique"].tolist() == [1, 2] and found["item_mode"].tolist() == ["1", "2"]


def test_a_key_of_two_columns() -> None:
    side = words("shop,day,n\na,1,1\na,1,3\na,2,9\n")
    found = aggregate(side, ["shop", "day"], Aggregate(numbers=["mean"]), [])
    assert found.to_dict("list") == {"shop": ["a", "a"], "day": [1, 2], "rows": [2, 1], "n_mean": [2, 9]}


def test_words_that_are_all_seldom_are_only_counted() -> None:
    side = pd.DataFrame({"k": ["a", "b"] * 300, "item": [f"i{row // 2}" for row in range(600)]}).astype("str")
    assert aggregate(side, ["k"], Aggregate(), []).columns.tolist() == ["k", "rows", "item_nunique"]
