"""``train``: one model on every fold: out-of-fold and test predictions, and the fitted models themselves.

Finished folds lie under ``.cache/<competition>/train/<model>/<key>/<fold>/``, so a run that was killed goes on from
there: the outputs are put together from these folders either way, and have the same bytes, ``timing.json`` excepted.

The test rows get the mean of the folds' predictions. Where folds go forward in time the early ones know little, and
none knows the latest rows: there one more model, ``full``, is fitted on all rows and alone predicts the test rows.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.job import Job
from pipeline.core.tables import finite, read_json, write_json, write_table, written_whole
from pipeline.dataset import Dataset, prediction_table, read_dataset
from pipeline.declaration.specs import TrainSpec, read_spec
from pipeline.fitting.cache import folder_of, versions
from pipeline.fitting.cuts import FULL, Cut, read_cuts
from pipeline.fitting.fit import FoldModel, Recipe, fit_fold, planned
from pipeline.fitting.workload import Workload, side_by_side
from pipeline.folds import Folds
from pipeline.metrics import FoldScores, fold_scores


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
    facts : mapping
        ``columns``, ``rows``, ``describe`` (one mapping a repeat) and ``importance`` by column.
    """

    valid: np.ndarray
    test: np.ndarray
    plain: np.ndarray | None
    whole: np.ndarray | None
    facts: Mapping[str, Any]


def run(job: Job) -> str:
    """Fit the folds that are not finished yet, and write everything that ``train/<model>/`` holds."""
    spec = read_spec(job, TrainSpec)
    tuned = read_json(job.path("tune", spec.model, "best.json"))
    dataset = read_dataset(job)
    recipe, load = planned(spec, dataset, {**spec.params, **tuned["params"]}, spec.repeats)
    cuts = read_cuts(job, dataset, spec.resampling, full=dataset.folds.order is not None)
    store = folder_of(job, spec, recipe.card.libraries, tuned["params"], recipe.device, load.threads)
    _fit_missing(job, dataset, recipe, cuts, (store, load))
    scores = _write(job, dataset, recipe, cuts, (store, load))
    device = read_json(job.out / "model.json")["device"]
    return f"{spec.metric.label} {told(scores)} over {len(scores.scores)} folds, {device}"


def told(scores: FoldScores) -> str:
    """A score as people read it: mean ± standard error."""
    return f"{scores.mean:.4f} ± {scores.se:.4f}" if len(scores.scores) > 1 else f"{scores.mean:.4f}"


def _fit_missing(job: Job, dataset: Dataset, recipe: Recipe, cuts: Sequence[Cut], where: tuple[Path, Workload]) -> None:
    store, load = where
    missing = [cut for cut in cuts if not (store / cut.name).exists()]
    if kept := len(cuts) - len(missing):
        job.screen.note(f"{recipe.spec.model}: {kept} of {len(cuts)} folds were finished by an earlier run")

    def finish(cut: Cut) -> None:
        with written_whole(store / cut.name) as folder:
            fit_and_keep(dataset, recipe, cut, folder)

    for _ in job.screen.track(side_by_side(finish, missing, load), f"train {recipe.spec.model}", len(missing)):
        pass


def fit_and_keep(dataset: Dataset, recipe: Recipe, cut: Cut, folder: Path) -> None:
    """Fit one fold, predict its validation rows and the test rows, and write a ``FoldResult`` and the model."""
    start = time.perf_counter()
    model = fit_fold(dataset, recipe, cut)
    validates = len(cut.fold.valid) > 0
    predictions = {"valid": model.predict(dataset.train.iloc[cut.fold.valid]) if validates else np.empty(0)}
    scored = time.perf_counter() - start
    predictions["test"] = model.predict(dataset.test)
    seconds = {"seconds": time.perf_counter() - start}
    if cut.resampled is not None and validates:
        predictions["plain"], seconds["without_resampling"] = _compared(dataset, recipe, cut.plain())
    if isinstance(recipe.spec, TrainSpec) and recipe.spec.compare_selection and validates:
        every = tuple(feature.name for feature in dataset.features)
        seconds["with_selection"] = scored
        predictions["whole"], seconds["without_selection"] = _compared(dataset, recipe, cut.on(every))
    for name, values in predictions.items():
        np.save(folder / f"{name}.npy", values, allow_pickle=False)
    model.save(folder / "model")
    write_json(facts_of(model), folder / "facts.json")
    write_json(seconds, folder / "seconds.json")


def _compared(dataset: Dataset, recipe: Recipe, cut: Cut) -> tuple[np.ndarray, float]:
    """The validation rows' predictions by a model that is fitted for comparison only, and the seconds it takes."""
    start = time.perf_counter()
    prediction = fit_fold(dataset, recipe, cut).predict(dataset.train.iloc[cut.fold.valid])
    return prediction, time.perf_counter() - start


def facts_of(model: FoldModel) -> dict[str, Any]:
    """What is worth knowing of a fold's model, as JSON."""
    return {
        "columns": len(model.columns),
        "rows": model.rows,
        "describe": model.describe(),
        "importance": model.importance(),
    }


def _kept(folder: Path) -> FoldResult:
    valid, test = (np.load(folder / f"{name}.npy", allow_pickle=False) for name in ("valid", "test"))
    others = (folder / f"{name}.npy" for name in ("plain", "whole"))
    plain, whole = (np.load(path, allow_pickle=False) if path.exists() else None for path in others)
    return FoldResult(valid, test, plain, whole, read_json(folder / "facts.json"))


def out_of_fold(folds: Folds, valid: Mapping[str, np.ndarray]) -> np.ndarray:
    """Each row's prediction by the models that did not see it, averaged over the repeats of the split.

    Parameters
    ----------
    valid : mapping of str to float array
        By fold, the predictions of its validation rows.

    Returns
    -------
    float64 array of shape (n,) or (n, classes); NaN for rows that no fold validates.
    """
    shape = (len(folds.row_id), *next(iter(valid.values())).shape[1:])
    total, times = np.zeros(shape), np.zeros(len(folds.row_id))
    for fold in folds:
        total[fold.valid] += valid[fold.name]
        times[fold.valid] += 1
    with np.errstate(invalid="ignore"):
        return total / times.reshape(-1, *[1] * (len(shape) - 1))


def _write(job: Job, dataset: Dataset, recipe: Recipe, cuts: Sequence[Cut], where: tuple[Path, Workload]) -> FoldScores:
    store, load = where
    results = {cut.name: _kept(store / cut.name) for cut in cuts}
    oof = out_of_fold(dataset.folds, {name: result.valid for name, result in results.items()})
    whole = [results[FULL]] if FULL in results else results.values()
    test = np.mean([result.test for result in whole], axis=0)
    scores = fold_scores(recipe.spec.metric, dataset.target, oof, dataset.folds.outer)
    with job.writing() as folder:
        write_table(prediction_table(dataset.folds.row_id, oof), folder / "oof.parquet")
        write_table(prediction_table(dataset.test_row_id, test), folder / "test.parquet")
        write_json(scores_json(dataset, recipe, results, scores), folder / "scores.json")
        write_json(_model_json(dataset, recipe, results), folder / "model.json")
        write_json(_timing(store, results, load), folder / "timing.json")
        write_table(mean_importance([r.facts["importance"] for r in results.values()]), folder / "importance.parquet")
        for name in results:
            shutil.copytree(store / name / "model", folder / "models" / name)
    return scores


def scores_json(
    dataset: Dataset, recipe: Recipe, results: Mapping[str, FoldResult], scores: FoldScores
) -> dict[str, Any]:
    """``scores.json``: the metric in each fold, the same without resampling or selection; rounds, columns and rows."""
    content: dict[str, Any] = {
        "metric": recipe.spec.metric.label,
        "resampling": recipe.spec.resampling,
        "scores": list(scores.scores),
        "mean": scores.mean,
        "se": finite(scores.se),
        "columns": {name: result.facts["columns"] for name, result in results.items()},
        "rows": {name: result.facts["rows"] for name, result in results.items()},
        "rounds": {name: _rounds(result.facts["describe"]) for name, result in results.items()},
    }
    others = {
        "without_resampling": {name: result.plain for name, result in results.items() if result.plain is not None},
        "without_selection": {name: result.whole for name, result in results.items() if result.whole is not None},
    }
    for key, valid in others.items():
        if valid:
            without = out_of_fold(dataset.folds, valid)
            compared = fold_scores(recipe.spec.metric, dataset.target, without, dataset.folds.outer)
            content[key] = list(compared.scores)
    return content


def _rounds(described: Sequence[Mapping[str, Any]]) -> float | None:
    rounds = [part["rounds"] for part in described if "rounds" in part]
    return float(np.mean(rounds)) if rounds else None


def _model_json(dataset: Dataset, recipe: Recipe, results: Mapping[str, FoldResult]) -> dict[str, Any]:
    described = {name: result.facts["describe"] for name, result in results.items()}
    devices = {str(part.get("device", "cpu")) for parts in described.values() for part in parts}
    return {
        "model": recipe.spec.model,
        "params": dict(recipe.params),
        "repeats": recipe.repeats,
        "device": " and ".join(sorted(devices)),
        "versions": versions(recipe.card.libraries),
        "split": dataset.folds.hash,
        "rows": len(dataset.target),
        "test_rows": len(dataset.test),
        "folds": described,
    }


def _timing(store: Path, results: Mapping[str, FoldResult], load: Workload) -> dict[str, Any]:
    """Seconds of fitting and predicting by fold, as they were when the fold was fitted; not the same in two runs.

    ``with_selection`` and ``without_selection`` leave the test rows out, and are the median fold's times the folds: the
    first fold of a process also pays for imports.
    """
    by_fold = {name: read_json(store / name / "seconds.json") for name in results}
    seconds = {name: times["seconds"] for name, times in by_fold.items()}
    without = sum(times.get("without_resampling", 0.0) for times in by_fold.values())
    timing = {"folds": seconds, "seconds": sum(seconds.values()), "without_resampling": without}
    for key in ("with_selection", "without_selection"):
        if measured := [times[key] for times in by_fold.values() if key in times]:
            timing[key] = len(measured) * float(np.median(measured))
    return timing | {"side_by_side": load.jobs}


def mean_importance(parts: Sequence[Mapping[str, float]]) -> pd.DataFrame:
    """``column`` and ``importance``, the mean over folds, the greatest first; 0 for a fold that lacks the column."""
    names = list(dict.fromkeys(name for part in parts for name in part))
    values = [float(np.mean([part.get(name, 0.0) for part in parts])) for name in names]
    table = pd.DataFrame({"column": pd.Series(names, dtype="str"), "importance": np.asarray(values, dtype=np.float64)})
    return table.sort_values(["importance", "column"], ascending=[False, True], ignore_index=True)
