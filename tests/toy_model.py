"""A tiny model of the zoo's shape, and the upstream outputs that ``tune`` and ``train`` read, for their tests."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline import models
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import read_json, read_table, write_json, write_table
from pipeline.dataset import Dataset, Feature, Schema, read_dataset
from pipeline.declaration.metric import METRICS
from pipeline.declaration.specs import ModelSpec, TrainSpec, TuneSpec
from pipeline.folds import TRAIN, VALID, Folds
from pipeline.models import Curve, Model, Range, Rows, Setting, Wants
from tests.factory import fabricate


@dataclass
class Ridge:
    """Least squares on indicators or values, with a ridge; probabilities are clipped and normed."""

    setting: Setting
    weights: np.ndarray | None = None
    rounds: int = 0
    seen: list[Rows] = field(default_factory=list)


def design(X: pd.DataFrame) -> np.ndarray:
    return np.column_stack([X.to_numpy(dtype=np.float64), np.ones(len(X))])


def fit(model: Ridge, training: Rows, stopping: Rows | None) -> None:
    if model.setting.params.get("fails"):
        model.weights = np.full((training.X.shape[1] + 1, max(model.setting.classes, 1)), np.nan)
        return
    y = np.asarray(training.y, dtype=np.float64)[:, None]
    if model.setting.classes:
        y = (training.y[:, None] == np.arange(model.setting.classes)).astype(np.float64)
    A, w = design(training.X), np.ones(len(y)) if training.weight is None else training.weight
    noise = np.random.default_rng(model.setting.seed).normal(1, 1e-3, A.shape[1])
    penalty = np.diag(noise) * model.setting.params["alpha"]
    model.weights = np.linalg.solve((A * w[:, None]).T @ A + penalty, (A * w[:, None]).T @ y)
    model.rounds, model.seen = len(training.y), [training] if stopping is None else [training, stopping]


def predict(model: Ridge, X: pd.DataFrame) -> np.ndarray:
    assert model.weights is not None
    raw = design(X) @ model.weights
    if not model.setting.classes:
        return raw[:, 0]
    raw = np.clip(raw, 1e-3, None)
    return raw / raw.sum(axis=1, keepdims=True)


def save(model: Ridge, path: Path) -> None:
    assert model.weights is not None
    path.write_text(json.dumps({"weights": model.weights.tolist(), "classes": model.setting.classes}))


def restore(path: Path) -> Ridge:
    content = json.loads(path.read_text())
    return Ridge(Setting({}, "binary", content["classes"], 0), np.array(content["weights"]))


def card(**changes: Any) -> Model:
    """The toy model's card."""
    return Model(
        build=Ridge,
        defaults={"alpha": 1.0},
        space={"alpha": Range(1e-3, 1e3, log=True)},
        wants=Wants(scale="standard", categories="onehot"),
        libraries=("numpy",),
        suffix=".json",
        fit=changes.pop("fit", fit),
        predict=predict,
        save=save,
        restore=restore,
        importance=lambda model, columns: dict(zip(columns, np.abs(model.weights[:-1]).sum(axis=1), strict=True)),
        describe=lambda model: {"rounds": model.rounds},
        curve=lambda model: Curve("toy loss", [1 / (k + 1) for k in range(model.rounds)]) if model.seen[1:] else None,
        **changes,
    )


@dataclass
class Counting:
    """A ``fit`` that counts, and that a test may have interrupted."""

    count: int = 0
    interrupt_at: int | None = None

    def __call__(self, model: Ridge, training: Rows, stopping: Rows | None) -> None:
        self.count += 1
        if self.count == self.interrupt_at:
            raise KeyboardInterrupt
        fit(model, training, stopping)


def install(monkeypatch: pytest.MonkeyPatch, model: Model | None = None, cores: int = 1) -> None:
    """Put the toy model into the zoo as ``toy``, on a machine of so many cores."""
    own = model or card()
    known = models.load
    monkeypatch.setattr(models, "load", lambda name, competition="": own if name == "toy" else known(name, competition))
    monkeypatch.setattr("pipeline.fitting.recipe.cores", lambda: cores)


def spec_of(task: str, **changes: Any) -> dict[str, Any]:
    """The keys of a ``ModelSpec`` for the toy model."""
    metric = {"binary": "auc", "multiclass": "log_loss", "regression": "rmsle"}[task]
    metric = changes.pop("metric", metric)
    return {
        "competition": f"toy-{task}",
        "seed": 11,
        "model": "toy",
        "task": task,
        "objective": task,
        "transform": METRICS[metric].transform,
        "metric": metric,
        "params": {"alpha": 1.0},
        "resampling": "none",
        "preprocess": {},
        "device": "cpu",
        "stopping_share": 0.2,
        **changes,
    }


def model_spec(task: str, **changes: Any) -> ModelSpec:
    """The toy model's plan."""
    return ModelSpec.model_validate(spec_of(task, **changes))


def train_job(root: Path, task: str = "binary", repeats: int = 1, **changes: Any) -> Job:
    """Everything that ``train`` reads, under ``root``."""
    paths = upstream(root, task)
    spec = TrainSpec.model_validate({**spec_of(task, **changes), "repeats": repeats})
    write_json(spec.model_dump(mode="json"), paths.plan("train", "toy"))
    write_json({"params": {}, "kept": [{}], "trials": 0}, paths.stage("tune", "toy") / "best.json")
    return Job(paths, "train", "toy")


def tune_job(root: Path, task: str = "binary", trials: int = 4, pruner: str = "none", **changes: Any) -> Job:
    """Everything that ``tune`` reads, under ``root``."""
    paths = upstream(root, task)
    more = {"trials": trials, "seconds": changes.pop("seconds", None), "pruner": pruner, "space": {}}
    spec = TuneSpec.model_validate({**spec_of(task, **changes), **more})
    write_json(spec.model_dump(mode="json"), paths.plan("tune", "toy"))
    return Job(paths, "tune", "toy")


def upstream(root: Path, task: str, rows: int = 150) -> Paths:
    """Fabricated outputs of every stage before ``tune``, with a key column ``street`` of small groups."""
    paths = fabricate(root, task, rows=rows, test_rows=40, folds=5)
    if "street" not in (line["name"] for line in read_json(paths.stage("features") / "columns.json")):
        _add_key(paths, rows)
    return paths


def _add_key(paths: Paths, rows: int) -> None:
    folder = paths.stage("features")
    draw = np.random.default_rng(3)
    levels = [f"s{k}" for k in range(rows // 4)]
    tables = {part: read_table(folder / f"{part}.parquet") for part in ("train", "test")}
    colours = sorted(set().union(*(set(table["colour"].cat.categories) for table in tables.values())))
    for part, table in tables.items():
        table["street"] = pd.Categorical(draw.choice(levels, len(table)), categories=levels)
        table["colour"] = table["colour"].cat.set_categories(colours)
        write_table(table, folder / f"{part}.parquet")
    lines = [*read_json(folder / "columns.json"), Feature(name="street", kind="key", builder="clean").model_dump()]
    write_json(lines, folder / "columns.json")


def table_of(x: tuple[np.ndarray, np.ndarray], target: np.ndarray, task: str, folds: int = 2) -> Dataset:
    """A data set of these numbers, training rows and test rows, whose columns are called a, b, c, and so on."""
    rows, names = len(target), [chr(ord("a") + place) for place in range(x[0].shape[1])]
    marks = {f"r0f{k}": np.where(np.arange(rows) % folds == k, VALID, TRAIN).astype(np.int8) for k in range(folds)}
    frames = [pd.DataFrame(part.astype("float32"), columns=names) for part in x]
    features = [Feature(name=name, kind="numeric", builder="clean") for name in names]
    classes = [] if task == "regression" else [str(code) for code in np.unique(target)]
    facts = {"target": "y", "id": None, "columns": [], "train_rows": rows, "test_rows": len(x[1])}
    schema = Schema.model_validate({"task": task, "classes": classes, **facts})
    return Dataset(*frames, np.arange(len(x[1])), features, target, schema, Folds(np.arange(rows), marks))


def dataset_of(root: Path, task: str = "binary") -> Dataset:
    """The fabricated data set."""
    return read_dataset(Job(upstream(root, task), "train", "toy"))
