"""The id and the target."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.scaffold.halves import Files
from pipeline.scaffold.keys import find_id, find_keys
from pipeline.scaffold.read import Raw


def words(**columns: list[Any]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([str(v) for v in values], dtype="str") for name, values in columns.items()})


def raw(train: pd.DataFrame, test: pd.DataFrame, sample: pd.DataFrame | None = None) -> Raw:
    return Raw(train, test, sample, Files("train.csv", "test.csv", "sample.csv" if sample is not None else None))


N = list(range(12))
TRAIN = words(uid=[f"a{n}" for n in N], x=[n % 3 for n in N], y=[n % 2 for n in N])
TEST = words(uid=[f"b{n}" for n in N], x=[n % 3 for n in N])


def test_the_sample_submission_tells_id_and_target() -> None:
    keys = find_keys(raw(TRAIN, TEST, words(uid=TEST["uid"], y=[0] * 12)), "toy")
    assert (keys.id.value, keys.target.value, keys.submitted) == ("uid", "y", ("y",))


def test_an_id_under_another_name_is_found_by_its_values() -> None:
    assert find_id(raw(TRAIN, TEST, words(Row=TEST["uid"], y=[0] * 12))).value == "uid"


def test_a_sample_that_counts_rows_means_no_id() -> None:
    train, test = TRAIN.drop(columns="uid"), TEST.drop(columns="uid")
    keys = find_keys(raw(train, test, words(id=N, y=[0] * 12)), "toy")
    assert keys.id.value is None and keys.target.value == "y" and keys.submitted == ("y",)


def test_without_a_sample_the_name_tells() -> None:
    assert find_id(raw(TRAIN, TEST)).value == "uid"


def test_a_column_that_is_not_unique_is_no_id() -> None:
    train = TRAIN.assign(uid=["a"] * 12).astype("str")
    assert find_id(raw(train, TEST)).value is None


def test_a_first_column_that_counts_up_is_an_id() -> None:
    train, test = TRAIN.rename(columns={"uid": "thing"}), TEST.rename(columns={"uid": "thing"})
    train["thing"], test["thing"] = [str(n) for n in N], [str(100 + n) for n in N]
    assert find_id(raw(train, test)).value == "thing"


def test_a_first_column_of_measures_is_none() -> None:
    train, test = TRAIN.rename(columns={"uid": "length"}), TEST.rename(columns={"uid": "length"})
    train["length"], test["length"] = [str(n * 37 % 101) for n in N], [str(200 - n) for n in N]
    assert find_id(raw(train, test)).value is None


def test_of_several_columns_the_sample_names_the_target() -> None:
    train = TRAIN.assign(leak=[str(n) for n in N])
    keys = find_keys(raw(train, TEST, words(uid=TEST["uid"], y=[0] * 12)), "toy")
    assert keys.target.value == "y" and keys.train_only == ("leak",)


@pytest.mark.parametrize("name", ["target", "IsLabel", "class"])
def test_of_several_columns_the_name_tells_without_a_sample(name: str) -> None:
    train = TRAIN.rename(columns={"y": name}).assign(later=[str(n) for n in N])
    assert find_keys(raw(train, TEST), "toy").target.value == name


def test_no_target_is_refused() -> None:
    with pytest.raises(PodiumError, match="must have a column that the test file lacks"):
        find_keys(raw(TEST, TEST), "toy")


def test_a_target_that_test_has_too_is_taken_from_the_sample() -> None:
    keys = find_keys(raw(TRAIN, TEST.assign(y="0"), words(uid=TEST["uid"], y=[0] * 12)), "toy")
    assert keys.target.value == "y"


def test_several_targets_are_refused() -> None:
    train = TRAIN.assign(z=[str(n) for n in N])
    with pytest.raises(PodiumError, match="must name one target; got y, z"):
        find_keys(raw(train, TEST, words(uid=TEST["uid"], y=[0] * 12, z=[0] * 12)), "toy")


def test_a_column_for_each_label() -> None:
    train = TRAIN.assign(kind=["C", "CL", "D"] * 4).drop(columns="y")
    sample = words(uid=TEST["uid"], Status_C=[0.3] * 12, Status_CL=[0.3] * 12, Status_D=[0.4] * 12)
    keys = find_keys(raw(train, TEST, sample), "toy")
    assert keys.target.value == "kind" and keys.classes == ("C", "CL", "D")
    assert keys.train_only == ()


def test_a_column_for_each_label_and_one_for_a_label_never_seen() -> None:
    train = TRAIN.assign(kind=["C", "CL", "D"] * 4)
    sample = words(uid=TEST["uid"], Status_C=[0.3] * 12, Status_CL=[0.3] * 12, Status_D=[0.4] * 12, Status_E=[0.0] * 12)
    keys = find_keys(raw(train, TEST, sample), "toy")
    assert (keys.target.value, keys.classes, keys.train_only) == ("kind", ("C", "CL", "D"), ("y",))
    assert keys.target.why.endswith("no training row has the labels of Status_E: submitted as 0")
