"""Raw files as frames: every delimiter, every kind of broken file."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.errors import PodiumError
from pipeline.reading import DELIMITERS, read_header, read_raw, sniff_delimiter


def written(folder: Path, content: str | bytes, name: str = "train.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(path: Path, **options: str) -> str:
    with pytest.raises(PodiumError) as caught:
        read_raw(path, "toy", **options)
    return str(caught.value)


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_each_delimiter_is_found_out(tmp_path: Path, delimiter: str) -> None:
    rows = [["id", "text", "n"], ["1", "a; b, c", "2.50"], ["2", "", "007"]]
    quoted = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    path = written(tmp_path, quoted + "\n")
    frame = read_raw(path, "toy")
    assert frame.columns.tolist() == read_header(path, "toy") == rows[0]
    assert frame["n"].tolist() == ["2.50", "007"]
    assert frame["text"].iloc[0] == "a; b, c"
    assert frame["text"].isna().tolist() == [False, True]


def test_decimal_commas_do_not_hide_a_semicolon() -> None:
    assert sniff_delimiter(["a;b", "1,5;2,5", "2,5;3,5"]) == ";"


def test_quotes_newlines_byte_order_marks_and_gzip(tmp_path: Path) -> None:
    text = 'id,text\n1,"two\nlines, ""quoted"""\n2,plain\n'
    for name, content in (("a.csv", b"\xef\xbb\xbf" + text.encode()), ("b.csv.gz", gzip.compress(text.encode()))):
        frame = read_raw(written(tmp_path, content, name), "toy")
        assert frame.columns.tolist() == ["id", "text"]
        assert frame["text"].iloc[0] == 'two\nlines, "quoted"'


def test_words_that_pandas_takes_for_missing_stay(tmp_path: Path) -> None:
    frame = read_raw(written(tmp_path, "id,x\n1,NA\n2,None\n3,\n"), "toy")
    assert frame["x"].tolist()[:2] == ["NA", "None"]
    assert frame["x"].isna().tolist() == [False, False, True]


def test_a_column_without_a_name_gets_one(tmp_path: Path) -> None:
    assert read_raw(written(tmp_path, ",a\n0,1\n"), "toy").columns.tolist() == ["Unnamed: 0", "a"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "must not be empty; got 0 bytes"),
        ("\n\n \n", "must not be empty"),
        ("a,b\n", "must have rows; got a header alone"),
        ("a\n1\n2\n", "must have two columns or more"),
        ("a,b\n1,2\n3\n4,5\n", "must have 2 fields a row; got 1 fields in line 3"),
        ("a,b\n1,2,3\n", "got 3 fields in line 2"),
        ("a,b,a\n1,2,3\n", "must name each column once; got 'a' more than once"),
        (b"a,b\n1,caf\xe9\n", "must be utf-8 text; got byte 0xe9 in line 2, at offset 9. Declare source.encoding"),
        (b"a,b\n" + b"1,2\n" * 100_000 + b"1,\xff\n", "in line 100002, at offset 400006"),
    ],
)
def test_broken_files_get_one_sentence(tmp_path: Path, content: str | bytes, said: str) -> None:
    assert said in refused(written(tmp_path, content))


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    written(tmp_path, "a,b\n1,2\n", "Train.csv")
    assert "Did you mean Train.csv?" in refused(tmp_path / "train.csv")


def test_a_wrong_delimiter_is_refused_with_the_right_one(tmp_path: Path) -> None:
    message = refused(written(tmp_path, "a;b\n1;2\n"), delimiter=",")
    assert "source.delimiter must part train.csv into columns" in message
    assert "a semicolon" in message


def test_other_encodings_are_read_where_declared(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,café\n".encode("cp1252"))
    assert read_raw(path, "toy", encoding="cp1252")["b"].tolist() == ["café"]
    assert "source.encoding is not a known encoding; got utf-9" in refused(path, encoding="utf-9")


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    assert "not a whole parquet file" in refused(written(tmp_path, b"PAR1 cut off", "train.parquet"))


CELL = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=8)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8), st.sampled_from(DELIMITERS))
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, rows: list, delimiter: str) -> None:
    path = tmp_path_factory.mktemp("cells") / "train.csv"
    frame = pd.DataFrame(rows, columns=["first", "second"], dtype="str")
    frame.to_csv(path, index=False, sep=delimiter, quoting=1)
    again = read_raw(path, "toy", delimiter=delimiter)
    assert again.fillna("").to_numpy().tolist() == frame.to_numpy().tolist()
