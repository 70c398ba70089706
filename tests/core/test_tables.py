import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.core.tables import file_hash, read_json, read_table, write_json, write_table, written_whole


def test_a_table_reads_back_and_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    frame = pd.DataFrame({"row_id": [0, 1], "a": ["x", None], "b": pd.Categorical(["u", "v"])})
    write_table(frame, tmp_path / "one.parquet")
    write_table(frame, tmp_path / "two.parquet")
    pd.testing.assert_frame_equal(read_table(tmp_path / "one.parquet"), frame)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_json_refuses_what_json_has_no_word_for(tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        write_json({"a": float("inf")}, tmp_path / "a.json")
    assert not (tmp_path / "a.json").exists()


def test_json_is_sorted(tmp_path: Path) -> None:
    write_json({"b": 1, "a": [1.5, None]}, tmp_path / "a.json")
    assert list(json.loads((tmp_path / "a.json").read_text())) == ["a", "b"]
    assert read_json(tmp_path / "a.json") == {"a": [1.5, None], "b": 1}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PodiumError, match=r"gone\.json is not there"):
        read_json(tmp_path / "gone.json")


def test_a_missing_output_says_whose_run_is_to_be_finished(tmp_path: Path) -> None:
    with pytest.raises(PodiumError) as caught:
        read_table(tmp_path / "data" / "toy" / "train" / "mlp" / "oof.parquet")
    assert str(caught.value).startswith(
        "toy: data/toy/train/mlp/oof.parquet is not there. Finish the run first: make toy"
    )


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "old").write_text("old")
    with pytest.raises(KeyboardInterrupt), written_whole(folder) as aside:
        (aside / "half").write_text("half")
        raise KeyboardInterrupt
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["old"]
    with written_whole(folder) as aside:
        (aside / "new").write_text("new")
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["new"]


def test_the_hash_tells_names_and_contents_apart(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").write_text("x")
    assert file_hash(tmp_path / "a") != file_hash(tmp_path / "b")
    before = file_hash(tmp_path)
    (tmp_path / "b").write_text("y")
    assert file_hash(tmp_path) != before


@pytest.mark.parametrize("columns", [None, ["c", "a"], []])
def test_a_table_read_in_parts_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: list[str] | None
) -> None:
    frame = pd.DataFrame({f"x{k}": np.arange(4, dtype=np.float32) for k in range(21)})
    frame["a"] = pd.Categorical(["x", None, "y", "x"])
    frame["c"] = pd.Series(["s", "t", None, "u"], dtype="str")
    frame["d"] = pd.Timestamp("2020-01-01")
    write_table(frame, tmp_path / "t.parquet")
    whole = read_table(tmp_path / "t.parquet", columns)
    monkeypatch.setattr("pipeline.core.tables.LARGE", 0)
    pd.testing.assert_frame_equal(read_table(tmp_path / "t.parquet", columns), whole)
