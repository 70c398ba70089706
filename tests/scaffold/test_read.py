"""Which file is which, and what reads them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pipeline.core.errors import PodiumError
from pipeline.scaffold.halves import Files
from pipeline.scaffold.read import find_delimiter, find_encoding, find_files, read_files

HERE = Path("toy.zip")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["gender_submission.csv", "test.csv", "train.csv"], ("train.csv", "test.csv", "gender_submission.csv")),
        (["sampleSubmission.csv", "test.csv", "train.csv"], ("train.csv", "test.csv", "sampleSubmission.csv")),
        (["Train.tsv", "Test.tsv", "SampleSubmission.tsv"], ("Train.tsv", "Test.tsv", "SampleSubmission.tsv")),
        (["application_train.csv", "application_test.csv"], ("application_train.csv", "application_test.csv", None)),
        (["test_data.csv", "training.csv", "sample.csv"], ("training.csv", "test_data.csv", "sample.csv")),
        (["train.csv", "train_extra.csv", "test.csv"], ("train.csv", "test.csv", None)),
        (
            ["train.parquet", "test.parquet", "submit_example.csv"],
            ("train.parquet", "test.parquet", "submit_example.csv"),
        ),
    ],
)
def test_files_are_found_by_their_names(names: list[str], expected: tuple[str, str, str | None]) -> None:
    found = find_files(sorted(names), "toy", HERE)
    assert (found.train, found.test, found.sample) == expected


def test_other_tables_are_named() -> None:
    found = find_files(["notes.md", "store.csv", "test.csv", "train.csv"], "toy", HERE)
    assert found == Files("train.csv", "test.csv", None, ("store.csv",))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["data.csv", "more.csv"], r"must hold a table named train\* .*; got there are: data.csv, more.csv"),
        (["test.json", "train.json"], "train.json. Write train.json, and its like, as CSV or parquet"),
        ([], "there are no tables"),
    ],
)
def test_a_missing_file_is_refused(names: list[str], words: str) -> None:
    with pytest.raises(PodiumError, match=words):
        find_files(names, "toy", HERE)


def test_labels_are_not_taken_for_the_training_file() -> None:
    found = find_files(
        ["submission_format.csv", "test_values.csv", "train_labels.csv", "train_values.csv"], "toy", HERE
    )
    assert (found.train, found.test, found.others) == ("train_values.csv", "test_values.csv", ("train_labels.csv",))


def test_nothing_at_the_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PodiumError, match="--from must be a zip or a folder that is there"):
        read_files(tmp_path / "no.zip", "toy")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("id;name\n1;é".encode(), "utf-8"),
        ("\ufeffid;name\n1;é".encode(), "utf-8"),
        ("id;name\n1;é".encode("cp1252"), "cp1252"),
        ("id;name\n1;é".encode("utf-16"), "utf-16"),
        (b"id;name\n1;\x81\xe9", "latin-1"),
    ],
)
def test_the_encoding_is_found(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "train.csv"
    path.write_bytes(content)
    assert find_encoding([path]) == expected


@pytest.mark.parametrize(("mark", "expected"), [(";", None), ("\t", None), (",", None), ("~", "~"), ("^", "^")])
def test_a_delimiter_that_clean_does_not_look_for_is_found(tmp_path: Path, mark: str, expected: str | None) -> None:
    path = tmp_path / "train.csv"
    path.write_text("\n".join(mark.join(["a", "b", "c"]) for _ in range(5)) + "\n")
    assert find_delimiter(path, "utf-8") == expected


def test_a_zip_is_read_and_nothing_is_left_behind(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "toy.zip", "w") as archive:
        archive.writestr("toy/train.csv", "id~x~y\n1~2~0\n")
        archive.writestr("toy/test.csv", "id~x\n3~4\n")
    raw = read_files(tmp_path / "toy.zip", "toy")
    assert raw.delimiter == "~" and raw.sample is None
    assert raw.train.to_dict("list") == {"id": ["1"], "x": ["2"], "y": ["0"]}
    assert [p.name for p in tmp_path.iterdir()] == ["toy.zip"]
