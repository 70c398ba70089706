"""The ``oversample`` stage: only synthetic rows, from each fold's training rows only; ``none`` costs nothing."""

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
from pipeline.declaration.specs import OversampleSpec
from pipeline.folds import Folds
from pipeline.stages import oversample
from tests.factory import fabricate

NUMERIC_ONLY = ("smote", "borderline_smote", "adasyn", "smote_tomek", "smote_enn")
ALL = (*NUMERIC_ONLY, "smotenc", "random", "random_under")


def job(paths: Paths, method: str, **section: Any) -> Job:
    given = {"method": method, **section}
    task: Any = paths.competition.removeprefix("toy-")
    spec = OversampleSpec(competition=paths.competition, seed=3, task=task, oversample=given)  # type: ignore[arg-type]
    write_json(spec.model_dump(mode="json", exclude_unset=True), paths.plan("oversample"))
    return Job(paths, "oversample")


def toy(root: Path, method: str, task: Any = "binary") -> Paths:
    """A toy in which class 0 has four rows in five; without categorical columns where the method takes none."""
    paths = fabricate(root, task, rows=150, folds=3)
    path, rows = paths.stage("clean") / "target.parquet", np.arange(150)
    rare = rows % 5 == 0
    codes = rare.astype(np.int64) + (0 if task == "binary" else rows % 15 == 0)
    write_table(read_table(path).assign(target=codes), path)
    if method in NUMERIC_ONLY:
        for part in ("train", "test"):
            path = paths.stage("features") / f"{part}.parquet"
            write_table(read_table(path).drop(columns="colour"), path)
        lines = [Feature(name=name, kind="numeric", builder="toy").model_dump() for name in ("x1", "x2")]
        write_json(lines, paths.stage("features") / "columns.json")
    return paths


def parts_of(paths: Paths) -> dict[str, np.ndarray]:
    folds = Folds.read(paths.stage("split") / "folds.parquet")
    return {fold.name: fold.train for fold in folds} | {"full": np.arange(len(folds.row_id))}


@pytest.mark.parametrize("task", ["binary", "multiclass"])
@pytest.mark.parametrize("method", ALL)
def test_counts_tell_what_the_tables_hold(tmp_path: Path, method: str, task: str) -> None:
    paths = toy(tmp_path, method, task)
    line = oversample.run(job(paths, method))
    folder = paths.stage("oversample")
    counts, target = read_json(folder / "counts.json"), read_table(paths.stage("clean") / "target.parquet")["target"]
    made = read_table(folder / "synthetic.parquet") if method != "random_under" else None
    dropped = read_table(folder / "dropped.parquet") if (folder / "dropped.parquet").exists() else None
    assert (dropped is not None) == (method in ("smote_tomek", "smote_enn", "random_under"))
    assert counts.pop("method") == method and line.startswith(f"{method}: full table's classes ")
    assert set(counts) == {"r0f0", "r0f1", "r0f2", "full"}
    for name, rows in parts_of(paths).items():
        after = np.bincount(target[rows])
        assert counts[name]["before"] == {str(code): n for code, n in enumerate(after.tolist())}
        if made is not None:
            after = after + np.bincount(made.loc[made["fold"] == name, "target"], minlength=len(after))
        if dropped is not None:
            gone = dropped.loc[dropped["fold"] == name, "row_id"]
            assert set(gone) <= set(rows)
            after = after - np.bincount(target[gone], minlength=len(after))
        assert counts[name]["after"] == {str(code): n for code, n in enumerate(after.tolist())}
    if made is not None:
        features = read_table(paths.stage("features") / "train.parquet").drop(columns="row_id")
        assert list(made) == ["fold", "target", *features] and (made[list(features)].dtypes == features.dtypes).all()


@pytest.mark.parametrize("method", ALL)
def test_a_fold_does_not_look_at_its_validation_rows(tmp_path: Path, method: str) -> None:
    paths = toy(tmp_path, method)
    tables = [name for name in ("synthetic", "dropped") if not (method == "random_under" and name == "synthetic")]
    oversample.run(job(paths, method))
    folder = paths.stage("oversample")
    before = {name: read_table(folder / f"{name}.parquet") for name in tables if (folder / f"{name}.parquet").exists()}
    valid = next(iter(Folds.read(paths.stage("split") / "folds.parquet"))).valid
    features, target = paths.stage("features") / "train.parquet", paths.stage("clean") / "target.parquet"
    frame = read_table(features)
    frame.loc[valid, "x1"] += 1.5
    write_table(frame, features)
    codes = read_table(target)
    codes.loc[valid, "target"] = np.roll(codes.loc[valid, "target"], 1)
    write_table(codes, target)
    oversample.run(job(paths, method))
    for name, table in before.items():
        after, own = read_table(folder / f"{name}.parquet"), table["fold"] == "r0f0"
        pd.testing.assert_frame_equal(table[own], after[after["fold"] == "r0f0"])
        assert not table[~own].reset_index(drop=True).equals(after[after["fold"] != "r0f0"].reset_index(drop=True))


@pytest.mark.parametrize("method", ["random", "smotenc", "smote_tomek", "class_weight"])
def test_the_same_seed_writes_the_same_bytes(tmp_path: Path, method: str) -> None:
    paths = toy(tmp_path, method, "multiclass")
    hashes = []
    for _ in range(2):
        oversample.run(job(paths, method))
        hashes.append(file_hash(paths.stage("oversample")))
    assert hashes[0] == hashes[1]


def test_class_weights_and_their_counts(tmp_path: Path) -> None:
    paths = toy(tmp_path, "class_weight", "multiclass")
    oversample.run(job(paths, "class_weight"))
    folder = paths.stage("oversample")
    weights, counts = read_json(folder / "weights.json"), read_json(folder / "counts.json")
    for name, rows in parts_of(paths).items():
        after = counts[name]["after"]
        assert list(after.values()) == pytest.approx([len(rows) / 3] * 3)
        assert after == {code: pytest.approx(weights[name][code] * n) for code, n in counts[name]["before"].items()}
    assert not (folder / "synthetic.parquet").exists()


def test_none_imports_nothing_heavy(tmp_path: Path) -> None:
    paths = toy(tmp_path, "none")
    job(paths, "none")
    program = (
        "import sys; from pathlib import Path; from pipeline.core.job import Job;"
        "from pipeline.core.paths import Paths;"
        "from pipeline.stages import oversample;"
        f"print(oversample.run(Job(Paths(Path({str(tmp_path)!r}), 'toy-binary'), 'oversample')));"
        "print(sorted({'numpy', 'pandas', 'sklearn', 'imblearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["none: every model trains on the rows as they are", "[]"]
    assert read_json(paths.stage("oversample") / "counts.json") == {"method": "none"}


def test_a_refused_method_leaves_what_was_there(tmp_path: Path) -> None:
    paths = toy(tmp_path, "smotenc")
    oversample.run(job(paths, "smotenc"))
    before = file_hash(paths.stage("oversample"))
    with pytest.raises(PodiumError, match=r"toy-binary: oversample\.method must be smotenc or random"):
        oversample.run(job(paths, "smote"))
    assert file_hash(paths.stage("oversample")) == before
