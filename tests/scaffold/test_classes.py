"""The target by the sample submission's columns."""

from __future__ import annotations

import pandas as pd

from pipeline.scaffold.classes import classes_of, find_classes
from pipeline.scaffold.halves import Files
from pipeline.scaffold.read import Raw

KIND = pd.Series(["C", "CL", "D"] * 4, dtype="str")
TEST = pd.DataFrame({"x": ["1"]})


def raw(**columns: list[str]) -> Raw:
    return Raw(pd.DataFrame(columns).astype("str"), TEST, None, Files("train.csv", "test.csv", "sample.csv"))


def test_each_column_stands_for_one_label_or_for_none() -> None:
    assert classes_of(KIND, ["Status_D", "Status_C", "Status_CL"]) == ["D", "C", "CL"]
    assert classes_of(KIND, ["C", "CL", "D", "E"]) == ["C", "CL", "D", ""]


def test_labels_without_a_column_do_not_match() -> None:
    assert classes_of(KIND, ["C", "CL"]) == []
    assert classes_of(KIND, ["C", "CL", "X"]) == []
    assert classes_of(KIND, ["C", "CL", "X", "Y"]) == []


def test_a_column_with_every_label_goes_before_one_with_some() -> None:
    files = raw(rough=["a", "b"] * 3, fine=["a", "b", "c"] * 2)
    found = find_classes(files, ["rough", "fine"], ["a", "b", "c"])
    assert found is not None and (found.target.value, found.labels) == ("fine", ("a", "b", "c"))
    found = find_classes(files, ["rough"], ["a", "b", "c"])
    assert found is not None and (found.target.value, found.labels) == ("rough", ("a", "b"))


def test_columns_that_train_has_itself_are_targets_and_no_label_never_seen() -> None:
    files = raw(kind=["a", "b"] * 3, c=["0", "1"] * 3)
    assert find_classes(files, ["kind", "c"], ["a", "b", "c"]) is None
    assert find_classes(files, ["kind"], ["a"]) is None
