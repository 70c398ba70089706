"""Fields: every row has one level of each column, and what training rows did not have gets a code after theirs."""

import numpy as np
import pandas as pd
import pytest

from pipeline.models._fields import Field, Fields


def column(values: list[object], levels: list[str]) -> pd.Series:
    return pd.Series(pd.Categorical(values, categories=levels))


def test_a_category_has_the_levels_that_training_rows_have() -> None:
    own = Field.of(column(["b", "a", "b"], ["a", "b", "never"]), 5)
    assert (own.levels, own.size) == (["a", "b"], 2)
    assert own.codes(column(["new", "b", "a", None], ["b", "new", "a"])).tolist() == [2, 1, 0, 2]


def test_missing_is_a_level_where_training_rows_miss_some() -> None:
    own = Field.of(column(["a", None], ["a"]), 5)
    assert own.size == 2
    assert own.codes(column([None, "new", "a"], ["new", "a"])).tolist() == [1, 2, 0]


def test_few_values_are_levels_and_many_are_bins_of_as_many_rows() -> None:
    few = Field.of(pd.Series([3.0, 1.0, 3.0, 7.0]), 5)
    assert few.codes(pd.Series([1.0, 3.0, 7.0, 2.0, 100.0, -5.0])).tolist() == [0, 1, 2, 0, 2, 0]
    many = Field.of(pd.Series(np.random.default_rng(0).lognormal(size=1000)), 4)
    assert np.bincount(many.codes(pd.Series(np.random.default_rng(0).lognormal(size=1000)))).tolist() == [250] * 4


def test_ties_make_fewer_bins_and_no_empty_one() -> None:
    values = pd.Series([0.0] * 90 + list(range(1, 11)))
    own = Field.of(values, 4)
    assert np.bincount(own.codes(values), minlength=own.size).min() > 0


@pytest.mark.parametrize("values", [[5.0, 5.0], [np.nan, np.nan]])
def test_a_constant_and_an_empty_column_are_fields_too(values: list[float]) -> None:
    own = Field.of(pd.Series(values), 4)
    assert set(own.codes(pd.Series(values)).tolist()) <= set(range(own.size))


def test_an_id_that_hardly_ever_comes_twice_is_no_field_beside_others() -> None:
    ids = column([str(k) for k in range(100)], [str(k) for k in range(100)])
    both = pd.DataFrame({"id": ids, "x": np.arange(100) % 3})
    assert Fields.of(both, 5).columns == ("x",)
    assert Fields.of(both[["id"]], 5).columns == ("id",)


def test_the_state_gives_the_same_codes() -> None:
    frame = pd.DataFrame({"c": column(["a", None, "b"], ["a", "b"]), "x": [0.1, np.nan, 3.0]})
    own = Fields.of(frame, 5)
    np.testing.assert_array_equal(Fields.from_state(own.to_state()).codes(frame), own.codes(frame))
