"""``evaluate``: its outputs for each task, made of fabricated upstream outputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import file_hash, read_json, read_table, write_json, write_table
from pipeline.stages import evaluate
from tests.factory import add_variant, fabricate

ALWAYS = {"folds", "summary", "leaderboard", "candidates", "importance", "class_counts", "with_without"} | {
    "associations",
    "calibrations",
    "class_levels",
    "correlation",
    "correlations",
    "curves",
    "distributions",
    "periods",
    "drift",
    "levels",
    "slices",
    "target",
    "taught",
    "worth",
}
CURVES = {"roc", "roc_by_fold", "precision_recall", "precision_recall_by_fold"}
RANKED = CURVES | {"calibration", "histogram", "gain", "confusion"}
SELECTED = {"stability", "selection_gain"}
REGRESSION = {"residuals", "residual_sample", "residual_spread", "deciles", "worst"}
CASES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "binary": ({"task": "binary", "oversample": "smote", "select": "filter"}, RANKED | {"thresholds", *SELECTED}),
    "binary labels": ({"task": "binary", "metric": "accuracy", "also": ("auc",)}, RANKED | {"thresholds"}),
    "multiclass": ({"task": "multiclass", "also": ("accuracy",)}, RANKED),
    "multiclass labels": ({"task": "multiclass", "metric": "balanced_accuracy"}, RANKED),
    "ordered": ({"task": "multiclass", "metric": "qwk"}, {"confusion"}),
    "regression": ({"task": "regression", "also": ("mae",)}, REGRESSION),
    "plain regression": ({"task": "regression", "metric": "rmse", "solution": False}, REGRESSION),
}


def run(root: Path, **options: Any) -> Paths:
    paths = fabricate(root, **options)
    evaluate.run(Job(paths, "evaluate"))
    return paths


def refuse_constant(word: str) -> float:
    raise AssertionError(f"{word} in JSON")


@pytest.mark.parametrize("case", CASES)
def test_each_task_gets_its_tables_and_only_finite_json(case: str, tmp_path: Path) -> None:
    options, tables = CASES[case]
    folder = run(tmp_path, **options).stage("evaluate")
    assert {p.stem for p in (folder / "tables").glob("*.parquet")} == ALWAYS | tables
    for path in folder.rglob("*.json"):
        json.loads(path.read_text(), parse_constant=refuse_constant)
    for path in (folder / "plots").glob("*.csv"):
        plot = pd.read_csv(path)
        assert list(plot) == ["series", "axes", "mark", "x", "y"]
        assert np.isfinite(plot[["x", "y"]].to_numpy()).all()


def test_metrics_are_the_models_own_and_the_ensembles_nested(tmp_path: Path) -> None:
    paths = run(tmp_path, task="binary")
    metrics = read_json(paths.stage("evaluate") / "metrics.json")
    target = read_table(paths.stage("clean") / "target.parquet")["target"]
    oof = read_table(paths.stage("train", "linear") / "oof.parquet")["linear"]
    marks = read_table(paths.stage("split") / "folds.parquet").filter(like="r0f")
    scores = [roc_auc_score(target[marks[f] == 2], oof[marks[f] == 2]) for f in marks]
    assert metrics["metric"] == "auc"
    assert metrics["models"]["linear"]["score"] == pytest.approx(np.mean(scores), abs=1e-6)
    assert metrics["models"]["linear"]["se"] == pytest.approx(np.std(scores, ddof=1) / np.sqrt(5), abs=1e-6)
    nested = read_table(paths.stage("ensemble") / "folds.parquet").query("candidate == 'mean'")["score"]
    assert metrics["ensemble"]["score"] == pytest.approx(nested.mean(), abs=1e-6)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_every_variant_of_a_model_has_its_own_line(tmp_path: Path, task: str) -> None:
    paths = fabricate(tmp_path, task)  # type: ignore[arg-type]
    name = add_variant(paths, "linear")
    evaluate.run(Job(paths, "evaluate"))
    folder = paths.stage("evaluate")
    assert set(read_json(folder / "metrics.json")["models"]) == {"lightgbm", "linear", name}
    assert name in set(read_table(folder / "tables" / "leaderboard.parquet")["model"])
    assert name in (folder / "report" / "index.html").read_text(encoding="utf-8")


def test_what_the_folds_go_by_is_sliced_first(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "regression")
    plan = paths.plan("evaluate")
    write_json(read_json(plan) | {"split_columns": ["x2", "gone"]}, plan)
    evaluate.run(Job(paths, "evaluate"))
    tables = {name: read_table(paths.stage("evaluate") / "tables" / f"{name}.parquet") for name in ("slices", "levels")}
    for table in tables.values():
        assert list(dict.fromkeys(table["column"])) == ["x2", "day", "x1", "colour"]
    assert tables["slices"]["bias"].notna().all()


def test_a_date_that_is_a_key_of_the_features_too_is_shown_as_a_date(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "regression")
    for part in ("train", "test"):
        file = paths.stage("features") / f"{part}.parquet"
        days = read_table(paths.stage("clean") / f"{part}.parquet")["day"].astype("str").astype("category")
        write_table(read_table(file).assign(day=days), file)
    evaluate.run(Job(paths, "evaluate"))
    periods = read_table(paths.stage("evaluate") / "tables" / "periods.parquet")
    assert periods["train"].sum() > 0 and periods["test"].sum() > 0
    assert set(periods["column"]) >= {"day", "day by weekday"}


def test_the_hold_out_score_is_joined_on_id(tmp_path: Path) -> None:
    paths = run(tmp_path, task="binary")
    solution = pd.read_csv(paths.stage("fetch") / "solution.csv").set_index("id")["label"]
    ids = read_table(paths.stage("clean") / "ids.parquet")
    truth = (solution.loc[ids["id"]] == "yes").to_numpy()
    test = read_table(paths.stage("ensemble") / "test.parquet")["prediction"]
    held = read_json(paths.stage("evaluate") / "metrics.json")["holdout"]
    assert held["score"] == pytest.approx(roc_auc_score(truth, test), abs=1e-6)
    assert held["rows"] == 60 and held["se"] > 0


def test_labels_are_scored_as_submitted(tmp_path: Path) -> None:
    paths = run(tmp_path, task="binary", metric="accuracy")
    solution = pd.read_csv(paths.stage("fetch") / "solution.csv").set_index("id")["label"]
    ids = read_table(paths.stage("clean") / "ids.parquet")
    decided = read_table(paths.stage("ensemble") / "decided.parquet")["prediction"].to_numpy()
    right = ((solution.loc[ids["id"]] == "yes").to_numpy() == decided).mean()
    assert read_json(paths.stage("evaluate") / "metrics.json")["holdout"]["score"] == pytest.approx(right, abs=1e-6)


def test_without_answers_there_is_no_hold_out(tmp_path: Path) -> None:
    paths = run(tmp_path, task="regression", solution=False)
    assert "holdout" not in read_json(paths.stage("evaluate") / "metrics.json")
    assert "Hold-out" not in (paths.stage("evaluate") / "report" / "index.html").read_text()


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (run(tmp_path / name, task="multiclass").stage("evaluate") for name in ("a", "b"))
    assert file_hash(first) == file_hash(second)


def test_rows_that_no_fold_validates_are_left_out(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "regression", rows=100)
    folds = read_table(paths.stage("split") / "folds.parquet")
    early = folds["row_id"] < 20
    folds.loc[early, folds.filter(like="r0f").columns] = 1
    folds.to_parquet(paths.stage("split") / "folds.parquet")
    for folder in (paths.stage("train", "linear"), paths.stage("ensemble")):
        oof = read_table(folder / "oof.parquet")
        oof.loc[early, "prediction"] = np.nan
        oof.to_parquet(folder / "oof.parquet")
    evaluate.run(Job(paths, "evaluate"))
    assert len(read_table(paths.stage("evaluate") / "tables" / "residuals.parquet")) == 80


def test_a_candidate_that_took_no_part_stands_with_its_reason(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "binary")
    table = read_table(paths.stage("ensemble") / "candidates.parquet").assign(note="")
    out = {"name": "rank_mean", "simplicity": 2, "chosen": False, "note": "does not apply: a reason"}
    pd.concat([table, pd.DataFrame([out])]).to_parquet(paths.stage("ensemble") / "candidates.parquet")
    evaluate.run(Job(paths, "evaluate"))
    assert "does not apply: a reason" in (paths.stage("evaluate") / "report" / "index.html").read_text()


def test_a_metric_of_another_task_is_refused_and_nothing_written(tmp_path: Path) -> None:
    paths = fabricate(tmp_path, "binary", also=("rmse",))
    with pytest.raises(PodiumError, match=r"toy-binary: evaluate\.also rmse must score a binary task"):
        evaluate.run(Job(paths, "evaluate"))
    assert not paths.stage("evaluate").exists()


def test_the_summary_says_the_score_and_the_hold_out(tmp_path: Path) -> None:
    text = evaluate.run(Job(fabricate(tmp_path, "binary"), "evaluate"))
    assert text.startswith("auc 0.") and "± 0." in text and "(mean), hold-out 0." in text
