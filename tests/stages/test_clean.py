"""``clean``: the files it writes, ids, joins, alignment, and the whole of it on real files."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import file_hash, read_json, read_table, write_json
from pipeline.dataset import read_schema
from pipeline.declaration.specs import CleanSpec
from pipeline.stages.clean import Cleaned, Raw, clean, run
from tests.cleaning.files import TEST, TRAIN, cleaned, refused, roles, spec

SHADES = {"shades": {"file": "shades.csv", "on": ["colour"], "prefix": "c_"}}


def test_tables_are_numbered_typed_and_free_of_id_and_target() -> None:
    result = cleaned()
    assert result.train.columns.tolist() == result.test.columns.tolist() == ["row_id", "size", "colour"]
    assert result.train["row_id"].tolist() == [0, 1, 2, 3]
    assert result.test["row_id"].tolist() == [4, 5]
    assert result.train["size"].isna().tolist() == [False, False, True, False]
    assert result.train["colour"].isna().sum() == 1
    assert result.target["target"].tolist() == [0, 1, 1, 0]
    assert result.schema.classes == ["no", "yes"]
    assert result.ids["id"].tolist() == ["5", "6"]
    assert roles(result) == {"size": "numeric", "colour": "categorical"}


def test_ids_too_long_for_a_number_keep_every_digit() -> None:
    ids = ["10053926221002560717", "10053926221002560718"]
    result = cleaned(test=TEST.replace("5,", ids[0] + ",", 1).replace("6,", ids[1] + ",", 1))
    assert result.ids["id"].tolist() == ids


def test_an_id_in_test_only_and_no_id_at_all() -> None:
    train = TRAIN.replace("id,", "", 1).replace("\n1,", "\n").replace("\n2,", "\n").replace("\n3,", "\n")
    assert cleaned(train.replace("\n4,", "\n")).ids["id"].tolist() == ["5", "6"]
    made = cleaned(columns={"id": None})
    assert made.ids["id"].tolist() == ["0", "1"]
    assert "numbered from 0" in made.notes[0]


def test_columns_that_only_train_has_are_dropped_but_a_renamed_column_is_refused() -> None:
    train = TRAIN.replace("size", "length", 1)
    with pytest.raises(PodiumError, match=r"must have the same columns; got .length. in train\.csv only and .size. in"):
        cleaned(train)
    told = cleaned(train, columns={"id": "id", "drop": ["length", "size"]})
    assert told.train.columns.tolist() == told.test.columns.tolist() == ["row_id", "colour"]


def test_a_side_table_is_joined_from_the_left() -> None:
    result = cleaned(sides={"shades": "colour,warm\nred,1\nblue,0\n"}, tables=SHADES)
    assert result.train["c_warm"].tolist()[:3] == [1, 0, 1]
    assert np.isnan(result.train["c_warm"].iloc[3])
    assert next(c for c in result.schema.columns if c.name == "c_warm").joined_from == "shades"
    assert result.report["joins"][0]["matched_share"] == 5 / 6


def test_join_keys_match_whether_they_are_written_with_a_point_or_not() -> None:
    table = {"more": {"file": "more.csv", "on": ["size"]}}
    result = cleaned(test=TEST, sides={"more": "size,extra\n1.50,7\n2.5,8\n1.0,9\n"}, tables=table)
    assert result.train["extra"].tolist()[:2] == [7, 8]
    assert result.test["extra"].iloc[0] == 9


def test_bad_side_tables_are_refused() -> None:
    twice = refused(sides={"shades": "colour,warm\nred,1\nred,0\n"}, tables=SHADES)
    assert "tables.shades must have each key (colour) once" in twice and "'red'" in twice
    assert "matches no row at all" in refused(sides={"shades": "colour,warm\npink,1\n"}, tables=SHADES)
    lacking = refused(sides={"shades": "color,warm\npink,1\n"}, tables=SHADES)
    assert (
        "tables.shades.on names a column that shades.csv lacks" in lacking and "did you mean color" in lacking.lower()
    )
    taken = {"shades": {"file": "shades.csv", "on": ["colour"]}}
    assert "brings size, a name that is taken" in refused(sides={"shades": "colour,size\nred,1\n"}, tables=taken)


def test_columns_of_one_file_alone_are_set_aside() -> None:
    train = TRAIN.replace("label", "label,after").replace("no\n", "no,\n").replace("yes\n", "yes,9\n")
    result = cleaned(train)
    extra = TEST.replace("colour", "colour,extra").replace("blue", "blue,1").replace("red", "red,2")
    assert [line["column"] for line in cleaned(test=extra).report["dropped"]] == ["extra"]
    assert result.train.columns.tolist() == result.test.columns.tolist() == ["row_id", "size", "colour"]
    assert result.unused.columns.tolist() == ["row_id", "id", "after"]
    assert result.unused["after"].tolist()[1:3] == [9, 9]
    assert [line["column"] for line in result.report["dropped"]] == ["after"]


def test_a_fold_column_of_train_alone_survives_there_as_ignored() -> None:
    train = TRAIN.replace("label", "label,fold").replace("no\n", "no,0\n").replace("yes\n", "yes,1\n")
    result = cleaned(train, split_columns=["fold"])
    assert result.train["fold"].tolist() == [0, 1, 1, 0]
    assert "fold" not in result.test
    assert roles(result)["fold"] == "ignore"


def test_a_dropped_column_that_the_split_needs_is_kept_as_ignored() -> None:
    result = cleaned(columns={"drop": ["size"]}, split_columns=["size"])
    assert roles(result) == {"size": "ignore", "colour": "categorical"}
    assert "size" not in cleaned(columns={"drop": ["size"]}).train


HOURS = {
    "train": "when,size,label\n2020-01-01 05:00:00,1,no\n2020-01-01 06:00:00,2,yes\n2020-01-02 07:00:00,3,no\n",
    "test": "when,size\n2020-01-03 05:00:00,4\n2020-01-03 23:30:00,5\n",
}


def hourly(split: list[str] | None = None, **columns: Any) -> Cleaned:
    return cleaned(**HOURS, columns={"id": "when", **columns}, split_columns=split or [])


@pytest.mark.parametrize("split", [[], ["when"]])
def test_an_id_with_the_role_of_a_feature_is_both(split: list[str]) -> None:
    result = hourly(split, roles={"when": "date"})
    assert roles(result) == {"when": "date", "size": "numeric"}
    assert result.train["when"].dt.hour.tolist() == [5, 6, 7]
    assert result.test["when"].tolist() == [pd.Timestamp("2020-01-03 05:00"), pd.Timestamp("2020-01-03 23:30")]
    assert result.ids["id"].tolist() == ["2020-01-03 05:00:00", "2020-01-03 23:30:00"]
    assert result.unused["when"].iloc[0] == "2020-01-01 05:00:00"
    assert result.schema.id_is_feature


@pytest.mark.parametrize("role", [None, "ignore", "group"])
def test_an_id_of_any_other_role_is_for_the_folds_at_most(role: str | None) -> None:
    declared = {"roles": {"when": role}} if role else {}
    assert roles(hourly(**declared)) == {"size": "numeric"}
    kept = hourly(["when"], **declared)
    assert roles(kept) == {"when": "ignore", "size": "numeric"}
    assert not kept.schema.id_is_feature


def test_a_dropped_id_is_no_feature_whatever_its_role() -> None:
    assert roles(hourly(roles={"when": "date"}, drop=["when"])) == {"size": "numeric"}


def _written(paths: Paths) -> Job:
    folder = paths.stage("fetch")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.csv").write_text(TRAIN)
    (folder / "test.csv").write_text(TEST.replace(",", ";"))
    write_json(spec().model_dump(mode="json"), paths.plan("clean"))
    return Job(paths, "clean")


def test_run_writes_all_files_and_the_same_bytes_again(tmp_path: Path) -> None:
    job = _written(Paths(tmp_path, "toy"))
    summary = run(job)
    assert summary == "4 training and 2 test rows; 2 columns (1 numeric, 1 categorical); 0 dropped"
    names = {file.name for file in job.out.iterdir()}
    assert names == {f"{n}.parquet" for n in ("train", "test", "target", "ids", "unused")} | {
        "schema.json",
        "report.json",
    }
    assert read_schema(job).train_rows == 4
    assert read_table(job.out / "train.parquet")["colour"].tolist()[:3] == ["red", "blue", "red"]
    before = file_hash(job.out)
    run(job)
    assert file_hash(job.out) == before


def test_a_missing_file_leaves_earlier_output_alone(tmp_path: Path) -> None:
    job = _written(Paths(tmp_path, "toy"))
    run(job)
    before = file_hash(job.out)
    job.path("fetch", "test.csv").unlink()
    with pytest.raises(PodiumError, match=r"test.csv is not among the raw files"):
        run(job)
    assert file_hash(job.out) == before


def test_parquet_files_are_read_by_their_types(tmp_path: Path) -> None:
    ours = pd.DataFrame({"id": [1, 2, 3], "when": pd.date_range("2020-01-01", periods=3), "on": [True, False, True]})
    ours["kind"] = pd.Categorical(["a", "b", "a"])
    result = clean(spec(), Raw(ours.assign(label=[0, 1, 1]), ours.assign(id=[7, 8, 9]), {}))
    assert roles(result) == {"when": "date", "on": "boolean", "kind": "categorical"}
    assert result.schema.classes == [0, 1]
    assert result.ids["id"].tolist() == ["7", "8", "9"]


@pytest.mark.shared
def test_real_files_come_out_typed(tmp_path: Path, competition_data: Path) -> None:
    paths = Paths(tmp_path, "talkingdata")
    with zipfile.ZipFile(competition_data / "talkingdata-adtracking-fraud-detection.zip") as archive:
        archive.extractall(paths.stage("fetch"))
    declared = spec(columns={"id": "click_id", "target": "is_attributed"})
    write_json(declared.model_dump(mode="json"), paths.plan("clean"))
    run(Job(paths, "clean"))
    table = read_table(paths.stage("clean") / "train.parquet")
    assert len(table) == 75_000
    assert "attributed_time" not in table
    assert read_json(paths.stage("clean") / "report.json")["dropped"][0]["column"] == "attributed_time"
    assert CleanSpec.model_validate(read_json(paths.plan("clean"))) == declared
