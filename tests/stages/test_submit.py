"""The stage on fabricated outputs: layouts, spellings, and every refusal."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import read_json, read_table, write_json, write_table
from pipeline.dataset import prediction_table
from pipeline.stages import submit
from tests.factory import fabricate
from tests.stages.test_ensemble import Ear

IDS = [str(k) for k in range(1200, 1260)]


def toy(root: Path, task: str, name: str, **spec: Any) -> Paths:
    """A toy competition with the ensemble's tables in place; ``spec`` changes its submit spec."""
    paths = fabricate(root, task, metric=name)  # type: ignore[arg-type]
    write_json({**read_json(paths.plan("submit")), **spec}, paths.plan("submit"))
    return paths


def put_sample(paths: Paths, frame: pd.DataFrame, sep: str = ",") -> None:
    frame.to_csv(paths.stage("fetch") / "sample_submission.csv", index=False, sep=sep)


def put_predictions(paths: Paths, prediction: np.ndarray) -> None:
    rows = np.arange(200, 200 + len(prediction))
    for name in ("test", "decided"):
        write_table(prediction_table(rows, prediction), paths.stage("ensemble") / f"{name}.parquet")


def change_schema(paths: Paths, **content: Any) -> None:
    path = paths.stage("clean") / "schema.json"
    write_json({**read_json(path), **content}, path)


def submitted(paths: Paths, sep: str = ",") -> pd.DataFrame:
    submit.run(Job(paths, "submit"))
    return pd.read_csv(paths.stage("submit") / "submission.csv", dtype="str", keep_default_na=False, sep=sep)


def refusal(paths: Paths) -> str:
    (paths.stage("submit") / "submission.csv").unlink(missing_ok=True)
    with pytest.raises(PodiumError) as caught:
        submit.run(Job(paths, "submit"))
    assert not (paths.stage("submit") / "submission.csv").exists()
    return str(caught.value)


def test_labels_in_their_own_spelling_and_a_check(tmp_path: Path) -> None:
    paths = toy(tmp_path, "binary", "accuracy")
    frame = submitted(paths)
    codes = read_table(paths.stage("ensemble") / "decided.parquet")["prediction"]
    assert frame["id"].tolist() == IDS
    assert frame["label"].tolist() == [["no", "yes"][code] for code in codes]
    check = read_json(paths.stage("submit") / "check.json")
    assert check["rows"] == 60 and check["columns"] == ["id", "label"]
    assert check["predictions"]["label"] == frame["label"].value_counts().to_dict()
    text = (paths.stage("submit") / "submission.csv").read_bytes()
    assert check["sha256"] == hashlib.sha256(text).hexdigest()


@pytest.mark.parametrize(
    ("classes", "shown", "wanted"),
    [
        ([False, True], "False", {"False", "True"}),
        ([False, True], "true", {"false", "true"}),
        ([0, 1], "0", {"0", "1"}),
        (["True ", "x"], "x", {"True ", "x"}),
    ],
)
def test_spellings(tmp_path: Path, classes: list, shown: str, wanted: set[str]) -> None:
    paths = toy(tmp_path, "binary", "accuracy")
    change_schema(paths, classes=classes)
    put_sample(paths, pd.DataFrame({"id": IDS, "label": shown}))
    assert set(submitted(paths)["label"]) == wanted


def test_probabilities_read_back_exactly(tmp_path: Path) -> None:
    paths = toy(tmp_path, "binary", "auc")
    frame = submitted(paths)
    exact = read_table(paths.stage("ensemble") / "test.parquet")["prediction"]
    assert frame["label"].astype(float).tolist() == exact.tolist()


def test_the_samples_order_and_spelling_of_ids(tmp_path: Path) -> None:
    paths = toy(tmp_path, "binary", "auc")
    shuffled = np.random.default_rng(0).permutation(60)
    put_sample(paths, pd.DataFrame({"ID": [f"00{IDS[k]}" for k in shuffled], "target": "0"}))
    frame = submitted(paths)
    exact = read_table(paths.stage("ensemble") / "test.parquet")["prediction"].to_numpy()
    assert list(frame.columns) == ["ID", "target"]
    assert frame["ID"].tolist() == [f"00{IDS[k]}" for k in shuffled]
    assert frame["target"].astype(float).tolist() == exact[shuffled].tolist()


def test_the_samples_delimiter(tmp_path: Path) -> None:
    paths = toy(tmp_path, "binary", "auc")
    put_sample(paths, pd.DataFrame({"id": IDS, "label": "0"}), sep=";")
    assert list(submitted(paths, sep=";").columns) == ["id", "label"]


@pytest.mark.parametrize("columns", [["cat", "ant", "bee"], ["Class_bee", "Class_cat", "Class_ant"]])
def test_a_column_for_each_class(tmp_path: Path, columns: list[str]) -> None:
    paths = toy(tmp_path, "multiclass", "log_loss")
    put_sample(paths, pd.DataFrame({"id": IDS, **dict.fromkeys(columns, "0")}))
    frame = submitted(paths)
    exact = read_table(paths.stage("ensemble") / "test.parquet")
    for column in columns:
        code = ["ant", "bee", "cat"].index(column.removeprefix("Class_"))
        assert frame[column].astype(float).tolist() == exact[f"p{code}"].tolist()


def test_classes_that_no_training_row_has_are_submitted_as_zero_and_named(tmp_path: Path) -> None:
    paths = toy(tmp_path, "multiclass", "log_loss")
    put_sample(paths, pd.DataFrame({"id": IDS, **dict.fromkeys(["dog", "cat", "ant", "eel", "bee"], "0")}))
    ear = Ear()
    submit.run(Job(paths, "submit", screen=ear))
    frame = pd.read_csv(paths.stage("submit") / "submission.csv").drop(columns="id")
    exact = read_table(paths.stage("ensemble") / "test.parquet")
    assert list(frame.columns) == ["dog", "cat", "ant", "eel", "bee"]
    assert frame[["dog", "eel"]].to_numpy().max() == 0 and frame["bee"].tolist() == exact["p1"].tolist()
    assert frame.sum(axis=1).to_numpy() == pytest.approx(1)
    assert "no training row has the class of dog, eel: submitted as 0" in ear.notes
    assert read_json(paths.stage("submit") / "check.json")["unseen"] == ["dog", "eel"]


def test_two_columns_for_two_classes(tmp_path: Path) -> None:
    paths = toy(tmp_path, "binary", "log_loss")
    put_sample(paths, pd.DataFrame({"id": IDS, "p_yes": "0", "p_no": "0"}))
    frame = submitted(paths).drop(columns="id").astype(float)
    exact = read_table(paths.stage("ensemble") / "test.parquet")["prediction"].to_numpy()
    assert frame["p_yes"].to_numpy() == pytest.approx(exact) and frame.sum(axis=1).to_numpy() == pytest.approx(1)


def test_a_ranking_names_k_labels(tmp_path: Path) -> None:
    paths = toy(tmp_path, "multiclass", "map_at_k", metric={"name": "map_at_k", "k": 2})
    put_predictions(paths, np.tile([0.2, 0.3, 0.5], (60, 1)))
    assert set(submitted(paths)["label"]) == {"cat bee"}


def test_ordered_labels(tmp_path: Path) -> None:
    paths = toy(tmp_path, "multiclass", "qwk")
    change_schema(paths, classes=[1, 2, 3])
    codes = read_table(paths.stage("ensemble") / "decided.parquet")["prediction"]
    assert submitted(paths)["label"].tolist() == [str(code + 1) for code in codes]


def test_values_decimals_clipping_and_negative_ones_of_rmsle(tmp_path: Path) -> None:
    paths = toy(tmp_path, "regression", "rmse", submit={"decimals": 2, "low": 0.0, "high": 9.0, "clip": True})
    put_predictions(paths, np.linspace(-1, 10, 60))
    frame = submitted(paths)
    assert frame["label"].iloc[[0, -1]].tolist() == ["0.00", "9.00"]
    paths = toy(tmp_path / "b", "regression", "rmsle")
    put_predictions(paths, np.full(60, -0.1))
    assert set(submitted(paths)["label"]) == {"0.0"}


def test_no_sample_submission_at_all(tmp_path: Path) -> None:
    for task, metric, columns in (
        ("binary", "auc", ["id", "label"]),
        ("multiclass", "log_loss", ["id", "ant", "bee", "cat"]),
        ("multiclass", "accuracy", ["id", "label"]),
    ):
        paths = toy(tmp_path / metric, task, metric)
        files = {**read_json(paths.plan("submit"))["files"], "sample": None}
        write_json({**read_json(paths.plan("submit")), "files": files}, paths.plan("submit"))
        ear = Ear()
        submit.run(Job(paths, "submit", screen=ear))
        assert any("no sample submission" in note for note in ear.notes)
        frame = pd.read_csv(paths.stage("submit") / "submission.csv", dtype="str")
        assert list(frame.columns) == columns and frame["id"].tolist() == IDS


@pytest.mark.parametrize("first", [0, 1, 200])
def test_without_ids_rows_are_numbered_as_the_sample_numbers_them(tmp_path: Path, first: int) -> None:
    paths = toy(tmp_path, "binary", "auc")
    change_schema(paths, id=None)
    rows = np.arange(200, 260)
    write_table(pd.DataFrame({"row_id": rows, "id": (rows - 200).astype(str)}), paths.stage("clean") / "ids.parquet")
    put_sample(paths, pd.DataFrame({"row": np.arange(60) + first, "label": 0}))
    frame = submitted(paths)
    exact = read_table(paths.stage("ensemble") / "test.parquet")["prediction"]
    assert frame["label"].astype(float).tolist() == exact.tolist()


def test_missing_and_extra_ids(tmp_path: Path) -> None:
    paths = toy(tmp_path, "binary", "auc")
    put_sample(paths, pd.DataFrame({"id": [*IDS[:-1], "77"], "label": 0}))
    assert "ids (id) must be the sample's; got 1 missing: 77" in refusal(paths)
    put_sample(paths, pd.DataFrame({"id": IDS[:-2], "label": 0}))
    assert "ids (id) must be the sample's; got 2 extra: 1258, 1259" in refusal(paths)


def test_duplicate_ids(tmp_path: Path) -> None:
    paths = toy(tmp_path, "binary", "auc")
    table = read_table(paths.stage("clean") / "ids.parquet").astype({"id": "str"})
    table.loc[1, "id"] = "1200"
    write_table(table, paths.stage("clean") / "ids.parquet")
    assert "must each stand once; got 1 duplicate: 1200" in refusal(paths)


def test_wrong_columns(tmp_path: Path) -> None:
    paths = toy(tmp_path, "multiclass", "log_loss")
    put_sample(paths, pd.DataFrame({"id": IDS, "ant": 0, "bee": 0, "dog": 0}))
    assert "must have a column for each class, ant, bee, cat for metric log_loss" in refusal(paths)
    paths = toy(tmp_path / "b", "regression", "rmse")
    put_sample(paths, pd.DataFrame({"id": IDS, "u": 0, "v": 0}))
    assert "an id and one column of predictions" in refusal(paths)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.nan, "1 missing (NaN)"),
        (np.inf, "1 infinite: inf"),
        (1.5, "1 out of range: 1.5"),
        (-0.5, "out of range: -0.5"),
    ],
)
def test_bad_values(tmp_path: Path, value: float, words: str) -> None:
    paths = toy(tmp_path, "binary", "auc")
    prediction = np.full(60, 0.5)
    prediction[4] = value
    put_predictions(paths, prediction)
    assert words in refusal(paths)


def test_an_absent_sample_lists_what_is_there(tmp_path: Path) -> None:
    paths = toy(tmp_path, "binary", "auc")
    (paths.stage("fetch") / "sample_submission.csv").unlink()
    assert "sample_submission.csv is not among the raw files" in refusal(paths)


def test_known_values_take_the_place_of_predictions(tmp_path: Path) -> None:
    rule = {"where": "x1 > 0", "value": 0, "reason": "known"}
    paths = toy(tmp_path, "regression", "rmse", submit={"known": [rule]})
    put_predictions(paths, np.full(60, 7.5))
    known = read_table(paths.stage("clean") / "test.parquet").set_index("row_id").loc[range(200, 260), "x1"] > 0
    assert submitted(paths).iloc[:, 1].astype(float).tolist() == np.where(known, 0.0, 7.5).tolist()


def test_an_id_of_several_columns_goes_out_as_the_sample_has_it(tmp_path: Path) -> None:
    paths = toy(tmp_path, "regression", "rmse", columns={"id": "key", "id_from": ["shop", "day"], "target": "y"})
    ids = read_table(paths.stage("clean") / "ids.parquet")
    shops, days = [str(k % 7) for k in range(len(ids))], [str(k // 7) for k in range(len(ids))]
    made = [f"{shop}_{day}" for shop, day in zip(shops, days, strict=True)]
    write_table(ids.assign(id=pd.Series(made, dtype="str")), paths.stage("clean") / "ids.parquet")
    change_schema(paths, id="key")
    put_predictions(paths, np.arange(len(ids)) / 4)
    put_sample(paths, pd.DataFrame({"day": days, "y": 0, "shop": shops}).iloc[::-1])
    found = submitted(paths)
    assert list(found.columns) == ["day", "y", "shop"]
    assert found["y"].astype(float).tolist() == (np.arange(len(ids)) / 4)[::-1].tolist()
    assert found["shop"].tolist() == shops[::-1]
