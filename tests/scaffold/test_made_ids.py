"""Ids that several columns make."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.scaffold.made_ids import counts_rows, find_made_id

TEST = pd.DataFrame([(s, d) for s in range(4) for d in range(3)], columns=["shop", "day"]).astype("str")


def test_columns_of_the_sample_make_the_id() -> None:
    found = find_made_id(TEST, TEST.assign(y="0"))
    assert (found.name, found.columns) == ("shop_day", ("shop", "day"))


@pytest.mark.parametrize("mark", ["_", "-", ""])
def test_texts_put_together_make_the_id(mark: str) -> None:
    sample = pd.DataFrame({"key": TEST["day"] + mark + TEST["shop"], "y": "0"}).iloc[::-1]
    found = find_made_id(TEST, sample)
    assert (found.name, found.columns, found.separator) == ("key", ("day", "shop"), mark)


def test_other_ids_are_not_made_up() -> None:
    assert find_made_id(TEST, pd.DataFrame({"key": [f"k{n}" for n in range(12)], "y": "0"})).columns == ()


def test_row_numbers_are_known() -> None:
    assert counts_rows(pd.DataFrame({"row": [str(n + 1) for n in range(5)], "y": "0"}), 5)
    assert not counts_rows(pd.DataFrame({"row": ["4", "2", "9", "1", "7"], "y": "0"}), 5)
