"""Meanings, ordered levels, outliers, silent columns, duplicates."""

from __future__ import annotations

import pytest

from tests.cleaning.files import TRAIN, cleaned, refused, roles, with_column


def test_meanings_and_other_columns_fill_what_is_missing() -> None:
    rules = {"meaning": {"colour": "none"}, "fill_from": {"size": "id"}}
    assert cleaned(clean={"meaning": rules["meaning"]}).train["colour"].tolist() == ["red", "blue", "red", "none"]
    train = TRAIN.replace("size,", "size,built,", 1).replace("1.5,", "1.5,7,").replace("2.5,", "2.5,8,")
    train = train.replace("3,,", "3,,9,").replace("4.5,", "4.5,10,")
    test = "id,size,built,colour\n5,1,2,blue\n6,2,3,red\n"
    assert cleaned(train, test, clean={"fill_from": {"size": "built"}}).train["size"].tolist() == [1.5, 2.5, 9.0, 4.5]
    assert "clean.meaning.size must be a number" in refused(clean={"meaning": {"size": "none"}})
    assert "must be of one type" in refused(clean={"fill_from": {"size": "colour"}})


def test_ordered_levels_become_ranks_and_an_unknown_one_is_refused() -> None:
    result = cleaned(clean={"ordered": {"colour": ["red", "blue"]}})
    assert result.train["colour"].tolist()[:3] == [0.0, 1.0, 0.0]
    assert roles(result)["colour"] == "ordinal"
    message = refused(clean={"ordered": {"colour": ["red", "green"]}})
    assert "clean.ordered.colour must list every level" in message
    assert "'blue'" in message and "2 rows" in message


def test_outliers_are_dropped_from_train_alone_with_a_gap_in_row_id() -> None:
    rule = {"drop": "size > 2 and label == 'yes'", "reason": "known"}
    result = cleaned(clean={"outliers": [rule]})
    assert result.train["row_id"].tolist() == result.target["row_id"].tolist() == [0, 2, 3]
    assert len(result.test) == 2
    assert result.report["outliers"] == [{"rule": rule["drop"], "reason": "known", "rows": 1}]


def test_clip_uses_training_quantiles() -> None:
    train, test = with_column("x", [str(k) for k in range(101)], ["-50", "500"])
    rule = {"clip": "x", "quantiles": [0.05, 0.95], "reason": "tails"}
    result = cleaned(train, test, clean={"outliers": [rule]})
    assert result.train["x"].min() == 5 and result.train["x"].max() == 95
    assert result.test["x"].tolist() == [5, 95]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("sizee > 2", "Did you mean size?"),
        ("size >", "must be a query"),
        ("size > 'a'", "must be a query"),
        ("size < 100 or size != size", "drops every training row"),
    ],
)
def test_bad_outlier_rules_are_refused(query: str, said: str) -> None:
    assert said.lower() in refused(clean={"outliers": [{"drop": query, "reason": "x"}]}).lower()


def test_columns_that_tell_nothing_are_dropped_with_a_note() -> None:
    same = cleaned(*with_column("x", ["7", "7", "7"], ["7"]))
    assert same.report["dropped"] == [{"column": "x", "why": "it is 7 in every row of train and test"}]
    empty = cleaned(*with_column("x", ["", "NA", ""], ["3"]))
    assert any("column x is dropped: it is all missing in train" in note for note in empty.notes)
    assert "x" not in empty.train and "x" not in empty.test
    only_here = cleaned(*with_column("x", ["7", "7", "7"], ["8"]))
    assert "x" in only_here.train


def test_duplicated_training_rows_go_only_where_declared() -> None:
    train = "id,n,x,label\n1,1,a,yes\n2,1,a,yes\n3,1,a,no\n4,2,b,no\n"
    test = "id,n,x\n5,1,a\n6,2,c\n"
    assert len(cleaned(train, test).train) == 4
    assert cleaned(train, test, clean={"duplicates": "drop"}).train["row_id"].tolist() == [0, 2, 3]
