"""The ``select`` stage: per fold, from its training rows only; ``none`` costs nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import file_hash, read_json, read_table, write_json, write_table
from pipeline.dataset import Feature
from pipeline.declaration.select import WAYS, Select
from pipeline.declaration.specs import SelectSpec
from pipeline.folds import Folds
from pipeline.stages import select
from tests.factory import fabricate

METHODS = ("filter", "wrapper", "embedded", "null_importance")
SECTIONS = [{"method": method} for method in (*METHODS, "adversarial")]
SECTIONS += [{"method": method, "by": way} for method, ways in WAYS.items() for way in ways[1:]]


def job(paths: Paths, task: Any = "binary", **section: Any) -> Job:
    given = {"rounds": 10, "shuffles": 5, "keep": 2} | section if section["method"] != "none" else section
    spec = SelectSpec(competition=paths.competition, seed=3, task=task, select=given)  # type: ignore[arg-type]
    write_json(spec.model_dump(mode="json", exclude_unset=True), paths.plan("select"))
    return Job(paths, "select")


def add_key(paths: Paths) -> None:
    """A key among the features, which selection must never drop."""
    for part in ("train", "test"):
        path = paths.stage("features") / f"{part}.parquet"
        frame = read_table(path)
        write_table(frame.assign(ticket=pd.Categorical(["t"] * len(frame))), path)
    path = paths.stage("features") / "columns.json"
    write_json([*read_json(path), Feature(name="ticket", kind="key", builder="toy").model_dump()], path)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("method", METHODS)
def test_columns_and_scores_are_written(tmp_path: Path, method: Any, task: Any) -> None:
    paths = fabricate(tmp_path, task, rows=100, folds=3)
    add_key(paths)
    line = select.run(job(paths, task, method=method, always=["x2"]))
    columns = read_json(paths.stage("select") / "columns.json")
    scores = read_table(paths.stage("select") / "scores.parquet")
    assert list(scores) == ["fold", "column", "score", "chosen"] and len(scores) == 4 * 3
    assert set(columns) == {"r0f0", "r0f1", "r0f2", "full"} and line.startswith(Select(method=method).label)
    stability = read_table(paths.stage("select") / "stability.parquet").set_index("column")
    assert stability.loc["x2", "kept"] == sum("x2" in columns[fold] for fold in ("r0f0", "r0f1", "r0f2"))
    summary = read_json(paths.stage("select") / "summary.json")
    assert summary["judged"] == 3 and summary["kept"] <= 3 and summary["method"] == Select(method=method).label
    for names in columns.values():
        assert {"x2", "ticket"} <= set(names) <= {"x1", "x2", "colour", "ticket"}
        assert names == [name for name in ("x1", "x2", "colour", "ticket") if name in names]


@pytest.mark.parametrize("section", SECTIONS, ids=str)
def test_a_fold_does_not_look_at_its_validation_rows(tmp_path: Path, section: dict[str, str]) -> None:
    paths = fabricate(tmp_path, "binary", rows=100, folds=3)
    keep = 1.0 if section.get("by") == "forward" else 0.1
    select.run(job(paths, **section, keep=keep))
    before = read_table(paths.stage("select") / "scores.parquet")
    valid = next(iter(Folds.read(paths.stage("split") / "folds.parquet"))).valid
    target = read_table(paths.stage("clean") / "target.parquet")
    target.loc[valid, "target"] = 1 - target.loc[valid, "target"]
    write_table(target, paths.stage("clean") / "target.parquet")
    train = read_table(paths.stage("features") / "train.parquet")
    train.loc[valid, "x1"] = 99
    write_table(train, paths.stage("features") / "train.parquet")
    select.run(job(paths, **section, keep=keep))
    after = read_table(paths.stage("select") / "scores.parquet")
    first = before["fold"] == "r0f0"
    pd.testing.assert_frame_equal(before[first], after[first])
    assert section["method"] == "adversarial" or not before[~first].equals(after[~first])


@pytest.mark.parametrize("section", SECTIONS, ids=str)
def test_the_same_seed_writes_the_same_bytes(tmp_path: Path, section: dict[str, str]) -> None:
    paths = fabricate(tmp_path, "multiclass", rows=90, folds=2)
    hashes = []
    for _ in range(2):
        select.run(job(paths, "multiclass", **section))
        hashes.append(file_hash(paths.stage("select")))
    assert hashes[0] == hashes[1]


def test_none_keeps_all_and_imports_nothing_heavy(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, rows=60)
    job(paths, method="none")
    program = (
        "import sys; from pathlib import Path; from pipeline.core.job import Job;"
        "from pipeline.core.paths import Paths;"
        "from pipeline.stages import select;"
        f"print(select.run(Job(Paths(Path({str(tmp_path)!r}), 'toy-binary'), 'select')));"
        "print(sorted({'numpy', 'pandas', 'sklearn', 'lightgbm'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["none: every fold keeps all columns", "[]"]
    assert read_json(paths.stage("select") / "columns.json") == {"all": True}
    assert not (paths.stage("select") / "scores.parquet").exists()


def test_an_unknown_column_to_keep_always_names_the_nearest(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, rows=60)
    with pytest.raises(
        PodiumError, match=r"select\.always must name feature columns; got 'colours'\. Did you mean colour"
    ):
        select.run(job(paths, method="filter", always=["colours"]))


@pytest.mark.parametrize(("by", "fits"), [("forward", "1,962"), ("backward", "5,490")])
def test_a_search_of_too_many_fits_is_refused_with_their_number(tmp_path: Path, by: str, fits: str) -> None:
    paths = fabricate(tmp_path, rows=60, folds=3)
    names = [f"w{k}" for k in range(57)]
    more = [Feature(name=name, kind="numeric", builder="toy").model_dump() for name in names]
    path = paths.stage("features") / "columns.json"
    write_json([*read_json(path), *more], path)
    for part in ("train", "test"):
        path = paths.stage("features") / f"{part}.parquet"
        write_table(read_table(path).assign(**dict.fromkeys(names, np.float32(0))), path)
    with pytest.raises(PodiumError) as caught:
        select.run(job(paths, method="wrapper", by=by, keep=12, most_fits=1500))
    assert "must take at most 1,500 fits a fold" in str(caught.value) and "elimination" in str(caught.value)
    assert f"up to {fits} for" in str(caught.value) and "for each of 4 parts" in str(caught.value)


def test_too_few_test_rows_to_tell_from_train_are_refused(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, rows=60, test_rows=6)
    with pytest.raises(PodiumError, match=r"select\.method adversarial needs at least 10 test rows; got 6"):
        select.run(job(paths, method="adversarial"))


def test_a_way_of_another_method_is_refused() -> None:
    with pytest.raises(ValueError, match="by must be one of elimination, forward, backward for method wrapper; got l1"):
        Select(method="wrapper", by="l1")
    with pytest.raises(ValueError, match="by has no effect with method none"):
        Select(by="l1")
