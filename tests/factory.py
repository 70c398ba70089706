"""A whole ``data/<competition>/`` of stage outputs, fabricated from a seed, for tests of the stages that read them.

Usage: ``paths = fabricate(tmp_path, "binary")``; then ``Job(paths, "evaluate")`` finds every input, its spec included.
Predictions are the truth with noise, so that scores are good and not perfect; no model is fitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.paths import Paths
from pipeline.core.tables import read_json, read_table, write_json, write_table
from pipeline.dataset import Column, Feature, Schema, prediction_table
from pipeline.declaration.columns import Columns
from pipeline.declaration.ensemble import Ensemble
from pipeline.declaration.evaluate import Evaluate
from pipeline.declaration.metric import Metric, Task
from pipeline.declaration.source import Files
from pipeline.declaration.specs import EnsembleSpec, EvaluateSpec, SubmitSpec
from pipeline.declaration.submit import Submit
from pipeline.folds import TRAIN, VALID, Folds
from pipeline.members import members_table
from pipeline.metrics import fold_scores
from pipeline.selection.stability import stability_table

METRICS = {"binary": "auc", "multiclass": "log_loss", "regression": "rmsle"}
CLASSES: dict[str, list[Any]] = {"binary": ["no", "yes"], "multiclass": ["ant", "bee", "cat"], "regression": []}
NOISE = {"linear": 0.9, "lightgbm": 0.5}


@dataclass(frozen=True)
class Toy:
    """What to fabricate.

    ``models`` maps names to the noise of their predictions; ``oversample`` and ``select`` are methods' names;
    ``solution`` adds held-out answers; ``also`` names further metrics.
    """

    task: Task = "binary"
    metric: str | None = None
    rows: int = 200
    test_rows: int = 60
    folds: int = 5
    models: tuple[str, ...] = ("lightgbm", "linear")
    oversample: str = "none"
    select: str = "none"
    solution: bool = True
    also: tuple[str, ...] = ()
    warnings: int = 2
    seed: int = 7

    @property
    def scored(self) -> Metric:
        """The competition's metric."""
        return Metric.model_validate(self.metric or METRICS[self.task])

    @property
    def classes(self) -> list[Any]:
        """The labels."""
        return CLASSES[self.task]


@dataclass(frozen=True)
class World:
    """The toy's truth: train rows first, then test rows."""

    frame: pd.DataFrame
    signal: np.ndarray
    target: np.ndarray


def fabricate(root: Path, task: Task = "binary", **options: Any) -> Paths:
    """Write every stage's outputs for a toy competition ``toy-<task>``; gives its paths."""
    toy = Toy(task=task, **options)
    paths = Paths(root, f"toy-{task}")
    world = make_world(toy)
    folds = make_folds(toy)
    _write_plan(paths, toy)
    _write_fetch(paths, toy, world)
    _write_clean(paths, toy, world)
    _write_features(paths, toy, world)
    _write_split(paths, toy, folds)
    _write_select(paths, toy, folds)
    _write_oversample(paths, toy, world, folds)
    _write_audit(paths, toy)
    oof, test = _write_train(paths, toy, world, folds)
    _write_ensemble(paths, toy, world, folds, oof, test)
    _write_submit(paths, toy)
    return paths


def make_world(toy: Toy) -> World:
    """Features, a signal of shape (n,) or (n, classes), and the target of train and test rows."""
    draw, n = np.random.default_rng(toy.seed), toy.rows + toy.test_rows
    x1, x2, colour = draw.normal(size=n), draw.normal(size=n), draw.integers(0, 3, n)
    frame = pd.DataFrame({"row_id": np.arange(n), "x1": x1, "x2": np.where(draw.random(n) < 0.1, np.nan, x2)})
    frame["colour"] = pd.Series(np.array(["red", "green", "blue"])[colour]).astype("str")
    base = x1 + 0.5 * (colour == 0)
    if toy.task == "binary":
        return World(frame, base, (draw.random(n) < _sigmoid(2 * base - 0.5)).astype(np.int64))
    if toy.task == "regression":
        return World(frame, 4 + 0.4 * base, np.exp(4 + 0.4 * base + draw.normal(0, 0.1, n)))
    scores = np.stack([base, x2, -base], axis=1) * 1.5
    noisy = scores + draw.gumbel(size=scores.shape)
    return World(frame, scores, noisy.argmax(axis=1).astype(np.int64))


def make_folds(toy: Toy) -> Folds:
    """Plain random folds ``r0f0``, ``r0f1``, ..."""
    number = np.random.default_rng(toy.seed + 1).permutation(np.arange(toy.rows) % toy.folds)
    marks = {f"r0f{k}": np.where(number == k, VALID, TRAIN).astype(np.int8) for k in range(toy.folds)}
    return Folds(np.arange(toy.rows), marks)


def predict(toy: Toy, world: World, model: str) -> np.ndarray:
    """A model's predictions for all rows: probabilities of shape (n,) or (n, classes), or values of shape (n,)."""
    draw = np.random.default_rng([toy.seed, *model.encode()])
    noise = NOISE.get(model, 0.7)
    noisy = world.signal + noise * draw.normal(size=world.signal.shape) * (0.1 if toy.task == "regression" else 1)
    if toy.scored.facts.ordered:
        return world.target + 0.4 * noise * draw.normal(size=len(world.target))
    if toy.task == "binary":
        return _sigmoid(2 * noisy - 0.5)
    if toy.task == "regression":
        return np.exp(noisy)
    grown = np.exp(noisy)
    return grown / grown.sum(axis=1, keepdims=True)


def decided(toy: Toy, prediction: np.ndarray) -> np.ndarray:
    """What is submitted: codes for a metric of labels, else the prediction."""
    if toy.scored.facts.needs != "label":
        return prediction
    if toy.scored.facts.ordered:
        return np.clip(np.rint(prediction), 0, len(toy.classes) - 1).astype(np.int64)
    return (prediction > 0.5).astype(np.int64) if prediction.ndim == 1 else prediction.argmax(axis=1)


def raw_target(toy: Toy, target: np.ndarray) -> np.ndarray:
    """The target as the raw files hold it: labels or values."""
    return np.array(toy.classes)[target] if toy.classes else target


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _write_plan(paths: Paths, toy: Toy) -> None:
    know = {"competition": paths.competition, "seed": toy.seed, "task": toy.task, "metric": toy.scored}
    files = Files(solution="solution.csv" if toy.solution else None)
    columns = Columns(id="id", target="label", positive="yes" if toy.task == "binary" else None)
    evaluate = EvaluateSpec(
        **know,
        title=f"A toy {toy.task} competition",
        models=list(toy.models),
        evaluate=Evaluate(also=[Metric(name=name) for name in toy.also]),
        columns=columns,
        files=files,
        oversample=toy.oversample,
        select=toy.select,
        scope="train",
        limited_by_time=False,
    )
    write_json(evaluate.model_dump(mode="json", exclude_unset=True), paths.plan("evaluate"))
    ensemble = EnsembleSpec(**know, models=list(toy.models), ensemble=Ensemble())
    write_json(ensemble.model_dump(mode="json", exclude_unset=True), paths.plan("ensemble"))
    submit = SubmitSpec(**know, columns=columns, files=files, submit=Submit())
    write_json(submit.model_dump(mode="json", exclude_unset=True), paths.plan("submit"))


def _write_fetch(paths: Paths, toy: Toy, world: World) -> None:
    folder = paths.stage("fetch")
    folder.mkdir(parents=True, exist_ok=True)
    raw = world.frame.rename(columns={"row_id": "id"}).assign(label=raw_target(toy, world.target))
    raw["id"] += 1000
    train, test = raw.iloc[: toy.rows], raw.iloc[toy.rows :]
    train.to_csv(folder / "train.csv", index=False)
    test.drop(columns="label").to_csv(folder / "test.csv", index=False)
    test[["id"]].assign(label=train["label"].iloc[0]).to_csv(folder / "sample_submission.csv", index=False)
    if toy.solution:
        test[["id", "label"]].iloc[::-1].to_csv(folder / "solution.csv", index=False)
    write_json({"kind": "path", "from": "a toy", "files": {}}, folder / "source.json")


def _write_clean(paths: Paths, toy: Toy, world: World) -> None:
    folder = paths.stage("clean")
    columns = [Column(name="x1", role="numeric"), Column(name="x2", role="numeric")]
    columns += [Column(name="colour", role="categorical"), Column(name="day", role="date")]
    frame = world.frame.assign(day=pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(len(world.frame)), "D"))
    schema = Schema(
        task=toy.task,
        target="label",
        id="id",
        classes=toy.classes,
        columns=columns,
        train_rows=toy.rows,
        test_rows=toy.test_rows,
    )
    ids = world.frame["row_id"].iloc[toy.rows :]
    write_table(frame.iloc[: toy.rows], folder / "train.parquet")
    write_table(frame.iloc[toy.rows :], folder / "test.parquet")
    target = pd.DataFrame({"row_id": np.arange(toy.rows), "target": world.target[: toy.rows]})
    write_table(target, folder / "target.parquet")
    write_table(pd.DataFrame({"row_id": ids, "id": ids + 1000}), folder / "ids.parquet")
    write_json(schema.model_dump(mode="json"), folder / "schema.json")
    write_json({"dropped": []}, folder / "report.json")


def _write_features(paths: Paths, toy: Toy, world: World) -> None:
    frame = world.frame.astype({"x1": "float32", "x2": "float32", "colour": "category"})
    write_table(frame.iloc[: toy.rows], paths.stage("features") / "train.parquet")
    write_table(frame.iloc[toy.rows :], paths.stage("features") / "test.parquet")
    lines = [Feature(name=name, kind="numeric", builder="clean", source=name) for name in ("x1", "x2")]
    lines.append(Feature(name="colour", kind="categorical", builder="clean", source="colour"))
    write_json([line.model_dump() for line in lines], paths.stage("features") / "columns.json")


def _write_split(paths: Paths, toy: Toy, folds: Folds) -> None:
    folds.write(paths.stage("split") / "folds.parquet")
    facts = {"kind": "random", "folds": toy.folds, "repeats": 1, "hash": folds.hash, "rows": toy.rows}
    write_json(facts, paths.stage("split") / "split.json")


def _write_select(paths: Paths, toy: Toy, folds: Folds) -> None:
    folder = paths.stage("select")
    if toy.select == "none":
        write_json({"all": True}, folder / "columns.json")
        return
    names, columns = [*folds.names, "full"], ["x1", "x2", "colour"]
    chosen = {name: columns[: 2 + number % 2] for number, name in enumerate(names)}
    write_json(chosen, folder / "columns.json")
    lines = [
        {"fold": name, "column": column, "score": 1 / (place + 1 + 0.1 * number), "chosen": column in chosen[name]}
        for number, name in enumerate(names)
        for place, column in enumerate(columns)
    ]
    scores = pd.DataFrame(lines)
    write_table(scores, folder / "scores.parquet")
    write_table(stability_table(chosen, scores), folder / "stability.parquet")
    summary = {"method": toy.select, "test_rows_seen": False, "judged": 3, "kept": 2.4, "steadiness": 0.3}
    write_json(summary, folder / "summary.json")


def _write_oversample(paths: Paths, toy: Toy, world: World, folds: Folds) -> None:
    counts: dict[str, Any] = {"method": toy.oversample}
    if toy.oversample != "none":
        target = world.target[: toy.rows]
        for name, rows in {**{f.name: f.train for f in folds}, "full": np.arange(toy.rows)}.items():
            before = np.bincount(target[rows], minlength=len(toy.classes))
            counts[name] = {
                "before": {str(k): int(n) for k, n in enumerate(before)},
                "after": {str(k): int(before.max()) for k in range(len(before))},
            }
    write_json(counts, paths.stage("oversample") / "counts.json")


def _write_audit(paths: Paths, toy: Toy) -> None:
    known = [
        {"kind": "drift", "column": "x2", "what": "its mean moves by 0.4 standard deviations", "advice": "Look at it"},
        {"kind": "duplicates", "column": "", "what": "3 training rows stand twice", "advice": "Group them"},
    ]
    audit = {"adversarial_auc": 0.53, "adversarial_se": 0.02, "top": ["x2"], "warnings": known[: toy.warnings]}
    write_json(audit, paths.stage("audit") / "audit.json")
    (paths.stage("audit") / "index.html").write_text("<!doctype html><title>The audit</title>")
    moved = pd.DataFrame({"column": ["x2", "x1", "colour"], "psi": [0.31, 0.12, 0.01]})
    moved["missing_train"], moved["missing_test"] = [0.1, 0.0, 0.0], [0.12, 0.0, 0.0]
    write_table(moved, paths.stage("audit") / "drift.parquet")


def _write_train(paths: Paths, toy: Toy, world: World, folds: Folds) -> tuple[dict, dict]:
    oof, test = {}, {}
    for model in toy.models:
        folder, prediction = paths.stage("train", model), predict(toy, world, model)
        oof[model], test[model] = prediction[: toy.rows], prediction[toy.rows :]
        write_table(members_table(folds.row_id, {model: oof[model]}), folder / "oof.parquet")
        rows = np.arange(toy.rows, len(prediction))
        write_table(members_table(rows, {model: test[model]}), folder / "test.parquet")
        scores = {"metric": toy.scored.label, "scores": [0.5] * toy.folds, "mean": 0.5, "se": 0.01}
        scores |= {"resampling": toy.oversample, "rounds": {name: None for name in folds.names}}
        if toy.oversample != "none":
            scores["without_resampling"] = [0.45 + 0.01 * k for k in range(toy.folds)]
        if toy.select != "none":
            scores["without_selection"] = [0.49 + 0.01 * k for k in range(toy.folds)]
        write_json({model: scores}, folder / "scores.json")
        card = {"model": model, "versions": {"scikit-learn": "1.9.1"}, "split": folds.hash, "rows": toy.rows}
        write_json(card | {"members": {model: {"device": "cpu", "params": {}}}}, folder / "model.json")
        timing = {"folds": dict.fromkeys(folds.names, 0.25), "seconds": 1.25}
        write_json({model: timing | {"with_selection": 1.0, "without_selection": 2.5}}, folder / "timing.json")
        gains = pd.DataFrame({"member": model, "column": ["x1", "colour", "x2"], "importance": [0.6, 0.3, 0.1]})
        write_table(gains, folder / "importance.parquet")
        write_table(_curves(toy, model), folder / "curves.parquet")
        write_json({"params": {}, "kept": [{}], "trials": 0}, paths.stage("tune", model) / "best.json")
    return oof, test


def _curves(toy: Toy, model: str) -> pd.DataFrame:
    """A falling and rising loss on every fold for boosted trees; nothing for models without rounds."""
    rounds = np.arange(1, 41 if model == "lightgbm" else 1)
    parts = [pd.DataFrame({"member": model, "fold": f"r0f{k}", "repeat": 0, "round": rounds}) for k in range(toy.folds)]
    table = pd.concat(parts, ignore_index=True).assign(measure="toy loss").astype({"member": "str", "fold": "str"})
    value = 0.3 + ((table["round"] - 30) / 100) ** 2
    return table.assign(value=value.astype("float64"), kept=table["round"] == 30)


def _se(scores: Any) -> float:
    return float(np.std(scores, ddof=1) / np.sqrt(len(scores)))


def _write_ensemble(paths: Paths, toy: Toy, world: World, folds: Folds, oof: dict, test: dict) -> None:
    folder, target = paths.stage("ensemble"), world.target[: toy.rows]
    ours, theirs = (np.mean(list(part.values()), axis=0) for part in (oof, test))
    best = fold_scores(toy.scored, target, oof[toy.models[0]], folds.outer).scores
    mean = fold_scores(toy.scored, target, ours, folds.outer).scores
    scores = np.array([best, mean])
    order = scores.mean(axis=1) * (1 if toy.scored.greater_is_better else -1)
    apart = scores - scores[order.argmax()]
    candidates = pd.DataFrame({"name": ["best_single", "mean"], "simplicity": [1, 0]})
    candidates["score"], candidates["se"] = scores.mean(axis=1), [_se(s) for s in scores]
    candidates["difference"], candidates["difference_se"] = apart.mean(axis=1), [_se(d) for d in apart]
    candidates["note"] = ""
    write_table(candidates.assign(chosen=[False, True]), folder / "candidates.parquet")
    lines = [pd.DataFrame({"candidate": name, "fold": range(toy.folds), "score": scores})
             for name, scores in (("best_single", best), ("mean", mean))]  # fmt: skip
    write_table(pd.concat(lines), folder / "folds.parquet")
    rows = np.arange(toy.rows, toy.rows + toy.test_rows)
    write_table(prediction_table(np.arange(toy.rows), ours), folder / "oof.parquet")
    write_table(prediction_table(rows, theirs), folder / "test.parquet")
    write_table(prediction_table(rows, decided(toy, theirs)), folder / "decided.parquet")
    names = list(oof)
    pairs = [(a, b, 1.0 if a == b else 0.6) for a in names for b in names]
    write_table(pd.DataFrame(pairs, columns=["member", "other", "correlation"]), folder / "correlation.parquet")
    worth = pd.DataFrame({"member": names, "marginal": 0.01, "marginal_se": 0.004, "cost": 0.002, "cost_se": 0.003})
    write_table(worth.assign(climbed=toy.scored.label), folder / "worth.parquet")
    kinds = pd.DataFrame({"kind": ["none"], "score": [0.5], "se": [0.1], "difference": [0.0], "difference_se": [0.0]})
    write_table(kinds.assign(chosen=True).iloc[:0], folder / "calibrations.parquet")
    weights = {model: 1 / len(toy.models) for model in toy.models}
    write_json({"candidate": "mean", "weights": weights, "decision": {"kind": "none"}}, folder / "weights.json")


def _write_submit(paths: Paths, toy: Toy) -> None:
    folder = paths.stage("submit")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "submission.csv").write_text("id,label\n")
    write_json({"rows": toy.test_rows, "sha256": "0" * 64}, folder / "check.json")


def add_variant(paths: Paths, model: str) -> str:
    """A second member of a model, a little apart from its first in every prediction; gives its name."""
    folder, name = paths.stage("train", model), f"{model}-2"
    for part in ("oof", "test"):
        table = read_table(folder / f"{part}.parquet")
        own = [column for column in table if column != "row_id"]
        apart = table[own] * 0.98 + table[own].mean() * 0.02
        further = apart.rename(columns=lambda column: column.replace(model, name))
        write_table(pd.concat([table, further], axis=1), folder / f"{part}.parquet")
    for file in ("scores.json", "timing.json"):
        notes = read_json(folder / file)
        write_json(notes | {name: notes[model]}, folder / file)
    record = read_json(folder / "model.json")
    write_json(record | {"members": record["members"] | {name: record["members"][model]}}, folder / "model.json")
    table = read_table(folder / "importance.parquet")
    write_table(pd.concat([table, table.assign(member=name)], ignore_index=True), folder / "importance.parquet")
    return name
