"""Files in two halves, and which of them are train and test."""

from __future__ import annotations

import pandas as pd

from pipeline.scaffold.halves import Files, by_sample, together, twin_of


def table(rows: int, *columns: str) -> pd.DataFrame:
    return pd.DataFrame({name: range(rows) for name in columns}).astype("str")


READ = {
    "train_identity.csv": table(3, "id", "id_01"),
    "test_identity.csv": table(2, "id", "id-01"),
    "train_deal.csv": table(9, "id", "sum", "y"),
    "test_deal.csv": table(6, "id", "sum"),
}
FILES = Files("train_identity.csv", "test_identity.csv", "sample.csv", ("train_deal.csv", "test_deal.csv", "notes.csv"))


def test_the_sample_names_the_test_file() -> None:
    found = by_sample(FILES, table(6, "id", "y"), READ)
    assert (found.train, found.test) == ("train_deal.csv", "test_deal.csv")
    assert found.others == ("train_identity.csv", "test_identity.csv", "notes.csv")


def test_files_that_fit_or_cannot_be_told_apart_stay() -> None:
    assert by_sample(FILES, table(2, "id", "y"), READ) is FILES
    assert by_sample(FILES, None, READ) is FILES
    assert by_sample(FILES, table(99, "id", "y"), READ) is FILES


def test_a_twin_is_found_by_name_in_its_folder() -> None:
    there = {"a/train_x.csv": READ["train_deal.csv"]}
    assert twin_of("a/test_x.csv", there) == "a/train_x.csv"
    assert twin_of("b/test_x.csv", there) is None and twin_of("a/other.csv", there) is None


def test_two_halves_become_one_table_under_the_first_names() -> None:
    whole, below = together({name: READ[name] for name in (FILES.train, str(FILES.test))})
    assert below == {"train_identity.csv": "test_identity.csv"}
    assert list(whole) == ["train_identity.csv"] and len(whole["train_identity.csv"]) == 5
    assert list(whole["train_identity.csv"]) == ["id", "id_01"]


def test_halves_of_other_columns_stay_apart() -> None:
    halves = {name: READ[name] for name in ("train_deal.csv", "test_deal.csv")}
    assert together(halves) == (halves, {})
