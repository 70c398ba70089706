"""A fitted fold as it is kept under ``.cache/`` until ``train`` puts its outputs together, and read back from there."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.core.tables import read_json, write_json, written_whole
from pipeline.dataset import Dataset
from pipeline.declaration.specs import TrainSpec
from pipeline.fitting.cuts import Cut
from pipeline.fitting.foldmodel import FoldModel
from pipeline.fitting.pseudo import Taught, fit_taught
from pipeline.fitting.recipe import Recipe


@dataclass(frozen=True)
class FoldResult:
    """What one fold gives, and what its cache folder holds.

    Parameters
    ----------
    valid : float array of shape (validation rows,) or (validation rows, classes)
        Predictions of the fold's validation rows, on the final scale; empty where it has none.
    test : float array of shape (test rows,) or (test rows, classes)
        Predictions of the test rows.
    plain : float array, as ``valid``, or None
        Predictions of a model fitted without resampling, where this one is resampled.
    whole : float array, as ``valid``, or None
        Predictions of a model fitted on all columns, where they are selected and the two are to be compared.
    teacher : float array, as ``valid``, or None
        Predictions of the model that labelled test rows for this one.
    facts : mapping
        ``columns``, ``rows``, ``describe`` and ``curves`` (one a repeat each), and ``importance`` by column; of
        pseudo-labels ``labelled`` and ``target``.
    """

    valid: np.ndarray
    test: np.ndarray
    plain: np.ndarray | None
    whole: np.ndarray | None
    teacher: np.ndarray | None
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Variant:
    """One setting of a model, to become a member.

    Parameters
    ----------
    name : str
        The member's name.
    recipe : Recipe
        How its folds are fitted.
    store : Path
        Where its finished folds are kept.
    compared : bool
        Whether folds are fitted again without resampling or selection, to be scored beside; the first variant's are.
    """

    name: str
    recipe: Recipe
    store: Path
    compared: bool

    def has(self, cut: Cut) -> bool:
        """Whether this fold is finished."""
        return (self.store / cut.name).exists()

    def fit(self, dataset: Dataset, cut: Cut) -> None:
        """Fit one fold, predict its validation rows and the test rows, and keep a ``FoldResult`` and the model.

        A network's training keeps its state under ``.<fold>.checkpoints/`` until then, to go on from after a kill.
        """
        checkpoints = self.store / f".{cut.name}.checkpoints"
        resumable = replace(self, recipe=replace(self.recipe, checkpoints=checkpoints))
        with written_whole(self.store / cut.name) as folder:
            predictions, seconds, taught = _fitted(dataset, resumable, cut)
            for name, values in predictions.items():
                np.save(folder / f"{name}.npy", values, allow_pickle=False)
            taught.model.save(folder / "model")
            write_json({**facts_of(taught.model), **taught.facts}, folder / "facts.json")
            write_json(seconds, folder / "seconds.json")
        shutil.rmtree(checkpoints, ignore_errors=True)

    def result(self, name: str) -> FoldResult:
        """A finished fold by its name."""
        folder = self.store / name
        valid, test = (np.load(folder / f"{part}.npy", allow_pickle=False) for part in ("valid", "test"))
        others = (folder / f"{part}.npy" for part in ("plain", "whole", "teacher"))
        plain, whole, teacher = (np.load(path, allow_pickle=False) if path.exists() else None for path in others)
        return FoldResult(valid, test, plain, whole, teacher, read_json(folder / "facts.json"))

    def seconds(self, name: str) -> dict[str, float]:
        """What a finished fold took: ``seconds``, and those of the models fitted for comparison."""
        taken: dict[str, float] = read_json(self.store / name / "seconds.json")
        return taken


def _fitted(dataset: Dataset, variant: Variant, cut: Cut) -> tuple[dict[str, np.ndarray], dict[str, float], Taught]:
    recipe, start = variant.recipe, time.perf_counter()
    taught = fit_taught(dataset, recipe, cut)
    model, validates = taught.model, len(cut.fold.valid) > 0
    predictions = {"valid": model.predict(dataset.train.iloc[cut.fold.valid]) if validates else np.empty(0)}
    if taught.teacher is not None and validates:
        predictions["teacher"] = taught.teacher.predict(dataset.train.iloc[cut.fold.valid])
    scored = time.perf_counter() - start
    predictions["test"] = model.predict(dataset.test)
    seconds = {"seconds": time.perf_counter() - start}
    if not validates or not variant.compared:
        return predictions, seconds, taught
    if cut.resampled is not None:
        predictions["plain"], seconds["without_resampling"] = _beside(dataset, recipe, cut.plain())
    if isinstance(recipe.spec, TrainSpec) and recipe.spec.compare_selection:
        every = tuple(feature.name for feature in dataset.features)
        seconds["with_selection"] = scored
        predictions["whole"], seconds["without_selection"] = _beside(dataset, recipe, cut.on(every))
    return predictions, seconds, taught


def _beside(dataset: Dataset, recipe: Recipe, cut: Cut) -> tuple[np.ndarray, float]:
    """The validation rows' predictions by a model that is fitted for comparison only, and the seconds it takes."""
    start = time.perf_counter()
    prediction = fit_taught(dataset, recipe, cut).model.predict(dataset.train.iloc[cut.fold.valid])
    return prediction, time.perf_counter() - start


def facts_of(model: FoldModel) -> dict[str, Any]:
    """What is worth knowing of a fold's model, as JSON."""
    return {
        "columns": len(model.columns),
        "rows": model.rows,
        "describe": model.describe(),
        "importance": model.importance(),
        "curves": list(model.curves),
    }
