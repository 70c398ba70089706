"""``tune``: search one model's settings by a seeded, resumable Optuna study on the folds' running mean."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.core.job import Job
from pipeline.core.tables import write_json, write_table
from pipeline.declaration.specs import TuneSpec, read_spec

if TYPE_CHECKING:
    import numpy as np

    from pipeline.dataset import Dataset
    from pipeline.fitting.cuts import Cut
    from pipeline.fitting.fit import Recipe
    from pipeline.fitting.workload import Workload
    from pipeline.search import Found, Search


def run(job: Job) -> str:
    """Write ``best.json`` and, once there are trials, ``trials.parquet``; no trials import next to nothing."""
    spec = read_spec(job, TuneSpec)
    if spec.trials == 0:
        with job.writing() as folder:
            write_json({"params": {}, "kept": [{}], "trials": 0}, folder / "best.json")
        return "no trials: the declared settings stand"
    found = _search(job, spec)
    _write(job, spec, found)
    changed = ", ".join(f"{k} {_short(v)}" for k, v in found.params.items()) or "the declared settings"
    limited = ", ended by its time limit" if found.limited_by_time else ""
    return f"{spec.metric.label} {found.value:.4f} with {changed} ({found.trials} trials{limited})"


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _write(job: Job, spec: TuneSpec, found: Found) -> None:
    import pandas as pd

    best = {
        "params": found.params,
        "kept": [found.params],
        "value": found.value,
        "metric": spec.metric.label,
        "trials": found.trials,
        "limited_by_time": found.limited_by_time,
    }
    with job.writing() as folder:
        write_json(best, folder / "best.json")
        write_table(pd.DataFrame(found.table), folder / "trials.parquet")


def _search(job: Job, spec: TuneSpec) -> Found:
    from dataclasses import replace

    from pipeline import models
    from pipeline.dataset import read_dataset
    from pipeline.fitting.cache import folder_of
    from pipeline.fitting.cuts import read_cuts
    from pipeline.fitting.fit import planned
    from pipeline.search import search

    dataset = read_dataset(job)
    recipe, load = planned(spec, dataset, spec.params)
    cuts = read_cuts(job, dataset, spec.resampling)
    task = _task(spec, models.load(spec.model, spec.competition).space)
    lasting = spec.model_copy(update={"trials": 0, "seconds": None})  # more trials go on where fewer ended
    libraries = ("optuna", *recipe.card.libraries)
    journal = folder_of(job, lasting, libraries, recipe.device, load.threads) / "journal.log"
    bar = job.screen.track(range(spec.trials), f"tune {spec.model}", spec.trials)
    next(bar, None)

    def evaluate(params: Mapping[str, Any]) -> Generator[float]:
        return fold_scores(dataset, replace(recipe, params=params), cuts, load)

    return search(task, evaluate, journal, lambda trial: _advance(bar))


def _advance(bar: Iterator[int]) -> None:
    next(bar, None)


def _task(spec: TuneSpec, space: Mapping[str, Any]) -> Search:
    from pipeline.search import Search, space_of

    return Search(
        spec.competition,
        spec.model,
        spec.params,
        space_of(space, spec.space),
        spec.metric.greater_is_better,
        spec.trials,
        spec.seconds,
        spec.pruner,
        spec.seed,
    )


def fold_scores(dataset: Dataset, recipe: Recipe, cuts: list[Cut], load: Workload) -> Generator[float]:
    """The score of one fold after another.

    A metric of labels is scored at the plain decision: the likeliest class, or the nearest one where classes are
    fitted as numbers. What ``train`` and ``ensemble`` report is decided on nested folds instead.

    Yields
    ------
    float
        The competition's metric on the fold's validation rows.
    """
    from contextlib import closing

    from pipeline.fitting.fit import fit_fold
    from pipeline.fitting.workload import side_by_side
    from pipeline.metrics import score

    metric = recipe.spec.metric
    classes = dataset.schema.class_count

    def predicted(cut: Cut) -> np.ndarray:
        return fit_fold(dataset, recipe, cut).predict(dataset.train.iloc[cut.fold.valid])

    with closing(side_by_side(predicted, cuts, load, ahead=load.jobs - 1)) as predictions:
        for cut, prediction in zip(cuts, predictions, strict=True):
            decided = plainly_decided(prediction, classes) if metric.facts.needs == "label" else prediction
            yield score(metric, dataset.target[cut.fold.valid], decided, classes=classes or None)


def plainly_decided(prediction: np.ndarray, classes: int) -> np.ndarray:
    """Class codes: the likeliest class; or the nearest one, of probabilities of class 1 and of classes as numbers.

    Parameters
    ----------
    prediction : float array of shape (n,) or (n, classes)

    Returns
    -------
    int64 array of shape (n,)
    """
    import numpy as np

    if prediction.ndim > 1:
        return prediction.argmax(axis=1)
    return np.clip(np.floor(prediction + 0.5), 0, classes - 1).astype(np.int64)
