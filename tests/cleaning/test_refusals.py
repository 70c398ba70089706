"""Each input that ``clean`` refuses, and the sentence it gets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cleaning.files import TEST, TRAIN, cleaned, refused

NUMBERS = "id,n,label\n1,1,2.5\n2,2,{}\n3,3,4\n"
NUMBERS_TEST = "id,n\n4,1\n5,2\n"


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"columns": {"target": "labell"}}, "columns.target names a column that train.csv lacks; got 'labell'"),
        ({"columns": {"id": "Id"}}, "columns.id names a column that test.csv lacks"),
        ({"columns": {"drop": ["sizes"]}}, "columns.drop names a column that train.csv or test.csv lacks"),
        ({"columns": {"roles": {"sizee": "numeric"}}}, "Did you mean size?"),
        ({"columns": {"roles": {"label": "numeric"}}}, "columns.roles must not name the target"),
        ({"clean": {"types": {"colr": "text"}}}, "clean.types names a column that train.csv lacks"),
        ({"clean": {"meaning": {"colr": "none"}}}, "clean.meaning names a column"),
        ({"clean": {"ordered": {"colr": ["a"]}}}, "clean.ordered names a column"),
        ({"clean": {"fill_from": {"size": "colr"}}}, "clean.fill_from names a column"),
        ({"clean": {"outliers": [{"clip": "colr", "reason": "x"}]}}, "clean.outliers.clip names a column"),
        ({"columns": {"roles": {"colour": "ordinal"}}}, "Declare clean.ordered.colour"),
        ({"columns": {"positive": "maybe"}}, "columns.positive must be one of the labels 'no', 'yes'; got 'maybe'"),
    ],
)
def test_declared_names_that_the_files_lack(sections: dict[str, Any], said: str) -> None:
    assert said in refused(**sections)


def test_a_declared_column_of_train_alone_is_refused() -> None:
    train = TRAIN.replace("label", "label,after").replace("no\n", "no,1\n").replace("yes\n", "yes,2\n")
    assert "columns.roles names a column that test.csv lacks; got 'after'" in refused(
        train, columns={"roles": {"after": "numeric"}}
    )


def test_no_shared_columns() -> None:
    assert "train and test must share columns; got 'size', 'colour' and 'weight'" in refused(
        test="id,weight\n5,1\n6,2\n"
    )


def test_ids_that_are_missing_or_stand_twice() -> None:
    assert "got 1 more than once: '5'" in refused(test=TEST.replace("6,", "5,"))
    assert "(train.csv)" in refused(TRAIN.replace("\n2,", "\n1,"))
    assert "got none in data rows 2 (test.csv)" in refused(test=TEST.replace("6,", ","))


def test_missing_and_infinite_targets() -> None:
    assert "got 2 missing, in data rows 2, 3 (train.csv)" in refused(TRAIN.replace("yes", ""))
    missing = refused(NUMBERS.format("NA"), NUMBERS_TEST, task="regression")
    assert "target label must have a value in every training row; got 1 missing, in data row 2" in missing
    assert "must be finite; got 1 infinite" in refused(NUMBERS.format("inf"), NUMBERS_TEST, task="regression")
    assert "must vary" in refused("id,n,label\n1,1,2\n2,2,2\n", NUMBERS_TEST, task="regression")


def test_a_target_of_words_is_no_regression() -> None:
    message = refused(NUMBERS.format("many"), NUMBERS_TEST, task="regression")
    assert "must be a number for a regression" in message and "'many'" in message


@pytest.mark.parametrize(
    ("transform", "value", "fine"),
    [
        ("log1p", "-1", False),
        ("log1p", "-0.5", True),
        ("log", "-0.5", False),
        ("log", "0", True),
        ("identity", "-9", True),
    ],
)
def test_targets_outside_the_transform(transform: str, value: str, fine: bool) -> None:
    files = (NUMBERS.format(value), NUMBERS_TEST)
    if fine:
        assert cleaned(*files, task="regression", transform=transform).target["target"].iloc[1] == float(value)
    else:
        assert "for this metric" in refused(*files, task="regression", transform=transform)


def test_labels_that_do_not_fit_the_task() -> None:
    three = TRAIN.replace("4,4.5,NA,no", "4,4.5,NA,maybe")
    message = refused(three)
    assert "must have two labels for task binary; got 3: 'maybe', 'no', 'yes'" in message
    assert "Declare task: multiclass" in message
    assert cleaned(three, task="multiclass").schema.classes == ["maybe", "no", "yes"]
    assert "got 1: 'no'" in refused(TRAIN.replace("yes", "no"))


@pytest.mark.parametrize(
    ("words", "positive", "classes"),
    [
        (("no", "yes"), None, ["no", "yes"]),
        (("no", "yes"), "no", ["yes", "no"]),
        (("no", "yes"), True, ["no", "yes"]),
        (("0", "1"), None, [0, 1]),
        (("0", "1"), 0, [1, 0]),
        (("-1", "1"), "1", [-1, 1]),
        (("True", "False"), None, [False, True]),
        (("true", "false"), True, ["false", "true"]),
        (("1.5", "0.5"), None, [0.5, 1.5]),
        (("07", "08"), None, [7.0, 8.0]),
        (("None", "some"), None, ["None", "some"]),
    ],
)
def test_labels_keep_their_form(words: tuple[str, str], positive: Any, classes: list[Any]) -> None:
    train = TRAIN.replace(",no\n", f",{words[0]}\n").replace(",yes\n", f",{words[1]}\n")
    result = cleaned(train, columns={"positive": positive})
    assert result.schema.classes == classes
    assert [type(label) for label in result.schema.classes] == [type(label) for label in classes]
    first = result.target["target"].iloc[0]
    assert str(classes[first]) == words[0] or float(classes[first]) == float(words[0])
