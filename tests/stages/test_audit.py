"""``audit``: what is planted is found by name, and nothing is cried where nothing is."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import file_hash, read_json, read_table, write_json, write_table
from pipeline.dataset import Column, Feature, Schema
from pipeline.declaration.metric import Task
from pipeline.declaration.specs import AuditSpec, CleanSpec, FeaturesSpec
from pipeline.stages import clean, features
from pipeline.stages.audit import Audit, Material, audit, run


def material(task: Task = "binary", rows: int = 400, **extra: Any) -> Material:
    """A clean pair of files, a weak signal in ``a``; ``extra`` changes columns of ``train``, ``test`` or ``unused``."""
    rng = np.random.default_rng(5)
    both = pd.DataFrame({"row_id": np.arange(rows + rows // 2)})
    both["a"], both["b"] = rng.normal(size=(2, len(both))).astype("float32")
    both["c"] = pd.Categorical(rng.choice(list("xyz"), len(both)))
    noisy = both["a"].to_numpy()[:rows] + rng.normal(size=rows)
    target = noisy if task == "regression" else np.digitize(noisy, [0.5] if task == "binary" else [-0.5, 0.5])
    train, test = both.iloc[:rows].reset_index(drop=True), both.iloc[rows:].reset_index(drop=True)
    train = train.assign(**{k: v(train, target) for k, v in extra.get("train", {}).items()})
    test = test.assign(**{k: v(test) for k, v in extra.get("test", {}).items()})
    unused = train[["row_id"]].assign(**{k: v(train, target) for k, v in extra.get("unused", {}).items()})
    lines = []
    for name in train.columns.drop("row_id"):
        kind = "categorical" if train[name].dtype == "category" else "numeric"
        lines.append(Feature(name=name, kind=kind, builder="clean", source=name))
    classes = [] if task == "regression" else list(range(int(target.max()) + 1))
    schema = Schema(task=task, target="y", id="id", classes=classes, columns=[], train_rows=rows, test_rows=rows // 2)
    return Material(train, test, target, unused, lines, schema)


def audited(task: Task = "binary", **extra: Any) -> Audit:
    return audit(AuditSpec(competition="toy", seed=1, task=task), material(task, **extra))


def found(result: Audit) -> set[tuple[str, str]]:
    return {(warning.kind, warning.column) for warning in result.warnings}


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_a_clean_pair_of_files_raises_nothing(task: Task) -> None:
    result = audited(task)
    assert result.warnings == []
    assert result.adversarial is not None
    assert abs(result.adversarial.auc - 0.5) < 4 * max(result.adversarial.se, 0.01)
    assert next(iter(result.strengths)) == "a"


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_a_column_that_knows_the_target_is_a_leak(task: Task) -> None:
    same = {"train": {"b": lambda frame, y: y.astype("float32")}}
    assert ("leak", "b") in found(audited(task, **same))


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_a_column_of_train_alone_that_tells_the_target_is_named(task: Task) -> None:
    told = {"unused": {"after": lambda frame, y: y * 1.0, "noise": lambda frame, y: frame["b"]}}
    assert found(audited(task, **told)) == {("leak", "after"), ("train_only", "noise")}


def test_gaps_alone_may_tell_the_target() -> None:
    when = pd.Timestamp("2020-01-01")
    gaps = {"unused": {"after": lambda frame, y: pd.Series(np.where(y == 1, when, np.datetime64("NaT")))}}
    assert ("leak", "after") in found(audited(**gaps))


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_a_file_sorted_by_its_target_is_noticed(task: Task) -> None:
    whole = material(task)
    order = np.argsort(whole.target, kind="stable")
    sorted_ = Material(
        whole.train.iloc[order].assign(row_id=np.arange(len(order))).reset_index(drop=True),
        whole.test,
        whole.target[order],
        whole.unused,
        whole.features,
        whole.schema,
    )
    result = audit(AuditSpec(competition="toy", seed=1, task=task), sorted_)
    assert ("order", "") in found(result)


def test_an_id_in_another_order_is_judged_too() -> None:
    ids = {"unused": {"id": lambda frame, y: pd.Series(np.argsort(np.argsort(y + 0.1 * frame["b"]))).astype("str")}}
    assert ("order", "id") in found(audited(**ids))


def test_an_id_that_is_a_feature_is_judged_as_one() -> None:
    ids = {"unused": {"id": lambda frame, y: pd.Series(np.argsort(np.argsort(y + 0.1 * frame["b"]))).astype("str")}}
    whole = material(**ids)
    spec = AuditSpec(competition="toy", seed=1, task="binary")
    for role, told in (("numeric", False), ("ignore", True)):
        columns = [Column(name="id", role=role)]
        declared = replace(whole, schema=whole.schema.model_copy(update={"columns": columns}))
        assert (("order", "id") in found(audit(spec, declared))) is told


def test_drift_and_adversarial_validation_name_the_column() -> None:
    result = audited(test={"b": lambda frame: frame["b"] + 2})
    assert {("adversarial", "b"), ("drift", "b")} <= found(result)
    assert result.drift["column"].iloc[0] == "b"
    assert result.drift["psi"].iloc[0] > 1 and result.drift["p_value"].iloc[0] < 1e-6
    assert result.adversarial is not None and next(iter(result.adversarial.shares)) == "b"


def test_new_levels_constants_twins_and_duplicates() -> None:
    levels = pd.CategoricalDtype(["new", "x", "y", "z"])
    result = audited(
        train={
            "c": lambda frame, y: frame["c"].astype(levels),
            "twin": lambda frame, y: frame["b"],
            "flat": lambda frame, y: np.float32(1),
        },
        test={
            "c": lambda frame: pd.Series(np.where(frame.index % 3 == 0, "new", "x")).astype(levels),
            "twin": lambda frame: frame["b"],
            "flat": lambda frame: np.float32(1),
        },
    )
    assert {("unseen", "c"), ("twin", "twin"), ("constant", "flat")} <= found(result)
    few = {name: lambda frame, *y: np.float32(frame["row_id"] % 10) for name in ("a", "b")}
    flat = {"c": lambda frame, *y: pd.Series(["x"] * len(frame), dtype=levels)}
    repeated = audited(train=few | flat, test=few | flat)
    assert repeated.duplicates.train == 390 and repeated.duplicates.across == 200
    assert repeated.duplicates.disagreeing == 400
    assert ("duplicates", "") in found(repeated)


def test_leaving_one_row_out_of_large_groups_is_said() -> None:
    known = material()
    n = len(known.train)
    known = replace(known, train=known.train.assign(pair=np.arange(n) // 2, half=np.arange(n) % 2))
    spec = AuditSpec(competition="toy", seed=1, task="binary", leave_one_out=[["pair"], ["half"], ["pair", "half"]])
    (found,) = [line for line in audit(spec, known).warnings if line.kind == "leave_one_out"]
    assert found.column == "half" and "groups of 200 rows" in found.what and "inner_folds" in found.advice


def test_a_few_values_far_out_are_said_with_what_to_do() -> None:
    def spoiled(frame: pd.DataFrame, *y: Any) -> pd.Series:
        return frame["a"].where(frame.index != 7, 400).astype("float32")

    result = audited(train={"a": spoiled})
    assert ("outliers", "a") in found(result)
    lines = result.described.set_index("column")
    assert lines.index[0] == "y" and lines.loc["a", "farthest"] > 100 and lines.loc["b", "farthest"] < 10


def test_every_warning_says_what_to_do_about_it() -> None:
    shown = audited(
        train={"a": lambda frame, y: y.astype("float32"), "flat": lambda frame, y: np.float32(1)},
        test={"b": lambda frame: frame["b"] + 2, "flat": lambda frame: np.float32(1)},
        unused={"after": lambda frame, y: y * 1.0, "noise": lambda frame, y: frame["b"]},
    )
    assert len({warning.kind for warning in shown.warnings}) >= 5
    assert all(warning.what and len(warning.advice) > 15 for warning in shown.warnings)


def test_too_few_rows_are_no_error() -> None:
    result = audit(AuditSpec(competition="toy", seed=1, task="binary"), material(rows=12))
    assert result.adversarial is None


def test_run_writes_json_and_table_and_the_same_bytes_again(tmp_path: Path) -> None:
    paths = Paths(tmp_path, "toy")
    whole = material()
    for name, frame in (("features/train", whole.train), ("features/test", whole.test), ("clean/unused", whole.unused)):
        write_table(frame, paths.data / f"{name}.parquet")
    target = whole.train[["row_id"]].assign(target=whole.target)
    write_table(target, paths.stage("clean") / "target.parquet")
    write_json([line.model_dump() for line in whole.features], paths.stage("features") / "columns.json")
    write_json(whole.schema.model_dump(mode="json"), paths.stage("clean") / "schema.json")
    write_json(AuditSpec(competition="toy", seed=1, task="binary").model_dump(), paths.plan("audit"))
    job = Job(paths, "audit")
    assert run(job).endswith("; 0 warnings")
    content = read_json(job.out / "audit.json")
    assert content["top"] and set(content["top"]) == set(content["top_shares"])
    assert content["warnings"] == []
    assert len(read_table(job.out / "drift.parquet")) == 3
    described = read_table(job.out / "describe.parquet")
    assert described["column"].tolist() == ["y", "a", "b", "c"] and content["shift"] is None
    page = (job.out / "index.html").read_text()
    assert "Audit: toy" in page and "Nothing to warn of" in page and "No time is declared" in page
    assert not (job.out / "shift.parquet").exists()
    before = file_hash(job.out)
    run(job)
    assert file_hash(job.out) == before


def test_a_declared_time_is_read_and_what_it_tells_is_written(tmp_path: Path) -> None:
    paths = Paths(tmp_path, "toy")
    whole = material(rows=1200)
    late = np.arange(1200) >= 960
    train = whole.train.assign(b=whole.train["b"] + 3 * late)
    day = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(1800), unit="D")
    for name, frame in (("features/train", train), ("features/test", whole.test), ("clean/unused", whole.unused)):
        write_table(frame, paths.data / f"{name}.parquet")
    write_table(train[["row_id"]].assign(day=day[:1200]), paths.data / "clean" / "train.parquet")
    write_table(whole.test[["row_id"]].assign(day=day[1200:]), paths.data / "clean" / "test.parquet")
    write_table(train[["row_id"]].assign(target=whole.target), paths.stage("clean") / "target.parquet")
    write_json([line.model_dump() for line in whole.features], paths.stage("features") / "columns.json")
    schema = whole.schema.model_copy(update={"columns": [Column(name="day", role="date")]})
    write_json(schema.model_dump(mode="json"), paths.stage("clean") / "schema.json")
    for split in ("time", "auto"):
        spec = AuditSpec(competition="toy", seed=1, task="binary", title="A <b>toy</b>", split=split)
        spec = spec.model_copy(update={"time": "day" if split == "time" else None})
        write_json(spec.model_dump(), paths.plan("audit"))
        run(Job(paths, "audit"))
        content = read_json(paths.stage("audit") / "audit.json")
        kinds = {warning["kind"] for warning in content["warnings"]}
        assert (content["shift"] is not None) == (split == "time") == ("forward" not in kinds)
        assert ("covariate_shift" in kinds) == (split == "time")
        page = (paths.stage("audit") / "index.html").read_text()
        assert ("Through time" in page) == (split == "time") and "<b>toy" not in page


@pytest.mark.shared
def test_the_known_leak_of_a_real_competition_is_caught_by_name(tmp_path: Path, competition_data: Path) -> None:
    paths = Paths(tmp_path, "clicks")
    with zipfile.ZipFile(competition_data / "talkingdata-adtracking-fraud-detection.zip") as archive:
        archive.extractall(paths.stage("fetch"))
    columns = {"id": "click_id", "target": "is_attributed"}
    base: dict[str, Any] = {"competition": "clicks", "seed": 1}
    rest = {"files": {}, "delimiter": None, "encoding": "utf-8", "tables": {}, "clean": {}, "transform": "identity"}
    specs = {
        "clean": CleanSpec.model_validate({**base, **rest, "task": "binary", "columns": columns, "split_columns": []}),
        "features": FeaturesSpec.model_validate({**base, "features": {}}),
        "audit": AuditSpec(task="binary", **base),
    }
    for stage, spec in specs.items():
        write_json(spec.model_dump(mode="json"), paths.plan(stage))
    clean.run(Job(paths, "clean"))
    features.run(Job(paths, "features"))
    run(Job(paths, "audit"))
    warnings = json.loads((paths.stage("audit") / "audit.json").read_text())["warnings"]
    assert [w["column"] for w in warnings if w["kind"] == "leak"] == ["attributed_time"]
