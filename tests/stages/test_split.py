"""The ``split`` stage finds its column where it is, writes its files, and says what it leaves out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.screen import Silence
from pipeline.core.tables import file_hash, read_json, read_table, write_json, write_table
from pipeline.declaration.specs import SplitSpec
from pipeline.folds import Folds
from pipeline.stages import split
from tests.factory import fabricate


class Notes(Silence):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, text: str) -> None:
        self.lines.append(text)


def job(paths: Paths, task: str = "binary", screen: Silence | None = None, **section: Any) -> Job:
    spec = SplitSpec(competition=paths.competition, seed=3, task=task, split=section)  # type: ignore[arg-type]
    write_json(spec.model_dump(mode="json", exclude_unset=True), paths.plan("split"))
    return Job(paths, "split", screen=screen or Silence())


def add(paths: Paths, stage: str, name: str, values: Any) -> None:
    path = paths.stage(stage) / "train.parquet"
    write_table(read_table(path).assign(**{name: values}), path)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_folds_and_facts_are_written(tmp_path: Path, task: Any) -> None:
    paths = fabricate(tmp_path, task, rows=120)
    line = split.run(job(paths, task, folds=4, repeats=2))
    folds, facts = Folds.read(paths.stage("split") / "folds.parquet"), read_json(paths.stage("split") / "split.json")
    assert line == f"4 stratified folds, drawn 2 times, of 120 rows, split {folds.hash[:6]}"
    assert (facts["hash"], facts["kind"], facts["folds"], facts["rows"]) == (folds.hash, "stratified", 4, 120)
    assert len(facts["counts"]) == 8 and facts["counts"]["r1f3"]["train"] == 90
    assert ("classes" in facts["counts"]["r0f0"]) == (task != "regression")
    assert folds.row_id.tolist() == list(range(120))


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "multiclass", rows=90)
    hashes = []
    for _ in range(2):
        split.run(job(paths, "multiclass", folds=3))
        hashes.append(file_hash(paths.stage("split")))
    assert hashes[0] == hashes[1]


def test_a_group_built_by_features_goes_before_the_cleaned_one(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, rows=120)
    add(paths, "clean", "house", [f"h{n % 30}" for n in range(120)])
    split.run(job(paths, kind="group", group="house"))
    cleaned = Folds.read(paths.stage("split") / "folds.parquet").group
    built = pd.Categorical([f"b{n // 4}" for n in range(120)])
    add(paths, "features", "house", built)
    split.run(job(paths, kind="group", group="house"))
    group = Folds.read(paths.stage("split") / "folds.parquet").group
    assert cleaned is not None and group is not None
    assert pd.crosstab(group, built.codes).astype(bool).sum().eq(1).all()
    assert not np.array_equal(cleaned, group)


def test_time_is_read_in_full_precision_and_unscored_rows_are_told(tmp_path: Path) -> None:
    paths, notes = fabricate(tmp_path, "regression", rows=120), Notes()
    seconds = 1.4e9 + np.arange(120.0)
    add(paths, "clean", "when", seconds)
    add(paths, "features", "when", seconds.astype("float32"))
    split.run(job(paths, "regression", notes, kind="time", time="when", folds=3))
    folds = Folds.read(paths.stage("split") / "folds.parquet")
    assert folds.order is not None and folds.order.tolist() == seconds.tolist()
    assert notes.lines == ["split: 30 of 120 rows are never validated, so they have no out-of-fold prediction"]


def test_a_fold_that_lacks_a_class_to_validate_is_told(tmp_path: Path) -> None:
    paths, notes = fabricate(tmp_path, rows=120), Notes()
    target = read_table(paths.stage("clean") / "target.parquet")["target"].to_numpy()
    ids = np.where(target == 1, np.arange(120) % 2, np.arange(120) % 3)
    add(paths, "clean", "mine", ids.astype(float))
    split.run(job(paths, "binary", notes, kind="column", column="mine"))
    assert notes.lines == ["split: fold r0f2 validates no row of class yes"]


def test_an_unknown_column_names_the_nearest(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, rows=60)
    with pytest.raises(PodiumError, match=r"split\.group must name a column .*got 'color'\. Did you mean colour"):
        split.run(job(paths, kind="group", group="color"))
    assert read_json(paths.stage("split") / "split.json")["rows"] == 60
