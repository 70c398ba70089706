from pathlib import Path

import numpy as np

from pipeline.core.job import Job
from pipeline.core.tables import read_json, write_json, write_table
from pipeline.members import (
    member_name,
    members_arrays,
    members_table,
    read_importances,
    read_members,
    read_notes,
    read_records,
)
from tests.factory import fabricate


def test_tables_give_back_what_was_put_in() -> None:
    draw = np.random.default_rng(0)
    for shape in ((6,), (6, 2), (6, 12)):
        predictions = {member_name("toy", number): draw.random(shape) for number in range(3)}
        table = members_table(np.arange(6), predictions)
        back = members_arrays(table)
        assert list(back) == ["toy", "toy-2", "toy-3"]
        assert all(np.array_equal(back[name], predictions[name]) for name in back)


def test_members_are_read_in_the_order_of_their_record(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "multiclass")
    folder = paths.stage("train", "linear")
    (only,) = read_members(folder)
    record = read_json(folder / "model.json")
    for part, ids, values in (("oof", only.row_id, only.oof), ("test", only.test_row_id, only.test)):
        write_table(members_table(ids, {"linear": values, "linear-2": values[::-1]}), folder / f"{part}.parquet")
    write_json(record | {"members": {"linear": {}, "linear-2": {}}}, folder / "model.json")
    first, second = read_members(folder)
    assert (first.name, second.name, second.model) == ("linear", "linear-2", "linear")
    assert np.array_equal(first.oof, only.oof) and np.array_equal(second.test, only.test[::-1])
    assert first.split == record["split"]


def test_records_hold_for_every_member_of_every_model(tmp_path: Path) -> None:
    job = Job(fabricate(tmp_path, "binary"), "evaluate")
    models = ["lightgbm", "linear"]
    records, scores = read_records(job, models), read_notes(job, models, "scores.json")
    assert list(records) == list(scores) == models
    assert records["linear"]["device"] == "cpu" and records["linear"]["versions"] == {"scikit-learn": "1.9.1"}
    tables = read_importances(job, models)
    assert list(tables) == models and tables["linear"].columns.tolist() == ["column", "importance"]
