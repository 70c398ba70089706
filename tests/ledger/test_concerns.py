"""What speaks against sending: nearly constant, otherwise distributed, sent before; and nothing against a good file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import read_json, read_table, write_json, write_table
from pipeline.dataset import prediction_array, prediction_table
from pipeline.declaration.read import read_declaration
from pipeline.ledger.concerns import find_concerns
from pipeline.ledger.entry import Entry
from pipeline.ledger.form import form_of
from pipeline.ledger.parcel import pack
from pipeline.stages import submit
from tests.ledger.made import finished

KINDS: list[tuple[str, str]] = [
    ("binary", "auc"), ("binary", "accuracy"), ("multiclass", "log_loss"), ("multiclass", "accuracy"),
    ("regression", "rmse"), ("multiclass", "qwk"),
]  # fmt: skip


def concerns(paths: Paths, earlier: tuple[Entry, ...] = ()) -> list[str]:
    parcel, form = pack(paths, read_declaration(paths.declaration), "x"), form_of(paths)
    return find_concerns(parcel, form, form.read(parcel.file), earlier)


def predict(paths: Paths, change: Any) -> None:
    """Put other test predictions in, and submit them."""
    for name in ("test", "decided"):
        path = paths.stage("ensemble") / f"{name}.parquet"
        table = read_table(path)
        write_table(prediction_table(table["row_id"].to_numpy(), change(prediction_array(table))), path)
    submit.run(Job(paths, "submit"))


@pytest.mark.parametrize(("task", "metric"), KINDS)
def test_a_good_file_has_nothing_against_it(tmp_path: Path, task: str, metric: str) -> None:
    paths = finished(tmp_path, task, metric=metric)
    if metric == "accuracy":
        kind = {"kind": "threshold", "values": [0.5]} if task == "binary" else {"kind": "argmax"}
        write_json({"candidate": "mean", "decision": kind}, paths.stage("ensemble") / "weights.json")
    if metric == "qwk":
        kind = {"kind": "cuts", "values": [0.5, 1.5]}
        write_json({"candidate": "mean", "decision": kind}, paths.stage("ensemble") / "weights.json")
    assert concerns(paths) == []


def test_numbers_that_hardly_differ(toy: Paths) -> None:
    predict(toy, lambda p: 0.5 + 1e-4 * p)
    assert concerns(toy)[0].startswith("label is nearly constant: mean 0.5 and standard deviation")
    predict(toy, lambda p: np.full_like(p, 0.5))
    assert "nearly constant" in concerns(toy)[0]


def test_values_that_are_known_are_not_held_against_those_out_of_fold(tmp_path: Path) -> None:
    paths = finished(tmp_path, "regression", metric="rmse")
    rule = {"where": "x2 > 0", "value": 0, "reason": "closed"}
    write_json({**read_json(paths.plan("submit")), "submit": {"known": [rule]}}, paths.plan("submit"))
    predict(paths, lambda p: p)
    form = form_of(paths)
    sent = form.read(pack(paths, read_declaration(paths.declaration), "x").file)
    assert (sent["label"] == "0.0").sum() > 10
    assert concerns(paths) == []
    predict(paths, lambda p: np.full_like(p, 70.0))
    assert concerns(paths)[0].startswith("label is nearly constant: mean 70 and")
    rule["where"] = "x1 > -99"
    write_json({**read_json(paths.plan("submit")), "submit": {"known": [rule]}}, paths.plan("submit"))
    predict(paths, lambda p: p)
    assert concerns(paths) == []  # every value is known: nothing is left to compare


def test_one_label_for_all_rows(tmp_path: Path) -> None:
    paths = finished(tmp_path, metric="accuracy")
    kind = {"candidate": "mean", "decision": {"kind": "threshold", "values": [0.5]}}
    write_json(kind, paths.stage("ensemble") / "weights.json")
    predict(paths, lambda p: np.zeros(len(p), dtype=np.int64))
    assert concerns(paths)[0].startswith("label is nearly constant: no in 100.0% of the rows, out of fold in ")


@pytest.mark.parametrize("change", [lambda p: 1 - 0.3 * p, lambda p: 1e-3 * p, lambda p: p**6])
def test_numbers_that_lie_elsewhere(toy: Paths, change: Any) -> None:
    predict(toy, change)
    assert "label is not distributed as out of fold: PSI" in concerns(toy)[0] or "nearly constant" in concerns(toy)[0]


def test_the_same_answers_as_an_earlier_file(toy: Paths) -> None:
    parcel = pack(toy, read_declaration(toy.declaration), "the first")
    parcel.put_aside()
    earlier = parcel.entry.model_copy(update={"time": "2026-01-01T00:00:00Z"})
    table = read_table(toy.plan("submit").parent.parent / "ensemble" / "test.parquet")
    assert concerns(toy, (earlier,)) == [
        "it answers as the submission of 2026-01-01T00:00:00Z (the first) does, row by row"
    ]
    assert concerns(toy, (earlier.model_copy(update={"status": "error"}),)) == []
    predict(toy, lambda p: p[::-1])
    assert len(table) == 60 and concerns(toy, (earlier,)) == []
