"""Declared expressions over a table's rows, and what is wrong with them in words."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.core.query import matching

FRAME = pd.DataFrame({"open": [1.0, 0.0, None], "kind": ["a", "b", "a"]}, index=[3, 5, 8])


def test_rows_are_named_by_the_index() -> None:
    assert matching("toy", "key", FRAME, "open == 0", "the rows").tolist() == [5]
    assert matching("toy", "key", FRAME, "kind == 'a' and open == 1", "the rows").tolist() == [3]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("opn == 0", "toy: key names a column that the rows lack; got 'opn' .* Did you mean open"),
        ("open ==", "toy: key must be a query that gives true or false"),
        ("open + 1", "toy: key must be a query that gives true or false"),
    ],
)
def test_what_is_no_query(query: str, said: str) -> None:
    with pytest.raises(PodiumError, match=said):
        matching("toy", "key", FRAME, query, "the rows")
