"""What a raw column is taken for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.cleaning.files import cleaned, refused, roles, with_column


@pytest.mark.parametrize(
    ("values", "role"),
    [
        (["1", "2", "30", "4"], "numeric"),
        (["1.5", "", "-3e2", ".5"], "numeric"),
        (["yes", "no", "", "Yes"], "boolean"),
        (["true", "false", "true", "true"], "boolean"),
        (["T", "F", "T", "F"], "boolean"),
        (["0", "1", "0", "1"], "numeric"),
        (["2020-01-31", "2020-02-01", "", "2021-05-06"], "date"),
        (["2020-01-31 10:11:12", "2020-02-01 00:00:00", "", "2021-05-06 01:01:01"], "date"),
        (["31/01/2020", "01/02/2020", "13/12/2021", ""], "date"),
        (["Jan 5, 2020", "Feb 6, 2021", "", "Mar 17, 2022"], "date"),
        (["1,5", "2,25", "3", "4,0"], "numeric"),
        (["1,500", "2,250", "3", "4,000"], "categorical"),
        (["12345678901234567", "22345678901234567", "1", "2"], "categorical"),
        (["a b", "a c", "b", "c"], "categorical"),
        (["1", "2", "3", "many"], "categorical"),
    ],
)
def test_roles_are_inferred(values: list[str], role: str) -> None:
    assert roles(cleaned(*with_column("x", values, values[:2])))["x"] == role


def test_sentences_are_text_and_hashes_are_levels() -> None:
    sentences = [f"item number {k} is here" for k in range(40)]
    hashes = [f"a{k * 7919:x}" for k in range(40)]
    assert roles(cleaned(*with_column("x", sentences, ["one more of these"])))["x"] == "text"
    assert roles(cleaned(*with_column("x", hashes, ["beef"])))["x"] == "categorical"


def test_mixed_types_are_said_with_their_number() -> None:
    result = cleaned(*with_column("x", ["1", "2", "3", "many", "5"], ["6"]))
    assert result.report["mixed"] == [{"column": "x", "words": 1, "values": 6}]
    assert any("1 of 6 values are not numbers ('many')" in note for note in result.notes)


def test_a_declared_number_makes_words_missing() -> None:
    result = cleaned(*with_column("x", ["1", "2", "3", "many"], ["6"]), clean={"types": {"x": "numeric"}})
    assert result.train["x"].tolist()[:3] == [1, 2, 3]
    assert np.isnan(result.train["x"].iloc[3])


@pytest.mark.parametrize(
    ("written", "read"),
    [("20141021", "2014-10-21"), ("14102103", "2014-10-21 03:00"), ("1413849600", "2014-10-21")],
)
def test_digits_are_dates_only_where_declared(written: str, read: str) -> None:
    files = with_column("x", [written, str(int(written) + 1)], [written])
    assert roles(cleaned(*files))["x"] == "numeric"
    dates = cleaned(*files, clean={"types": {"x": "date"}}).train["x"]
    assert dates.iloc[0] == pd.Timestamp(read)


def test_a_declared_date_that_is_none_is_refused() -> None:
    files = with_column("x", ["red", "blue"], ["red"])
    assert "column x must hold dates as declared; got 'red', 'blue'" in refused(*files, clean={"types": {"x": "date"}})
    assert "words of truth" in refused(*files, clean={"types": {"x": "boolean"}})


def test_codes_with_and_without_a_point_are_one_level() -> None:
    result = cleaned(*with_column("x", ["60", "20", "60"], ["60.0", "20.0", ""]), clean={"types": {"x": "categorical"}})
    assert result.train["x"].tolist() == ["60", "20", "60"]
    assert result.test["x"].tolist()[:2] == ["60", "20"]


def test_infinite_values_become_missing() -> None:
    result = cleaned(*with_column("x", ["1", "inf", "3"], ["-inf"]))
    assert result.train["x"].isna().tolist() == [False, True, False]
    assert any("2 infinite values" in note for note in result.notes)
