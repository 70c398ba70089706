"""``tune``: search one model's settings by a seeded, resumable Optuna study on the folds' running mean."""

from __future__ import annotations

from collections.abc import Generator, Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.core.job import Job
from pipeline.core.tables import read_json, write_json, write_table
from pipeline.declaration.specs import TuneSpec, read_spec

if TYPE_CHECKING:
    import numpy as np

    from pipeline.dataset import Dataset
    from pipeline.fitting.cuts import Cut
    from pipeline.fitting.recipe import Recipe
    from pipeline.fitting.workload import Workload
    from pipeline.search import Found, Search


WARM = 5  # settings taken over from another competition
SEARCHED = 0.4  # of a model's part of a budget, where trials are declared


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
        "kept": found.kept,
        "value": found.value,
        "metric": spec.metric.label,
        "greater_is_better": spec.metric.greater_is_better,
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
    from pipeline.fitting.allowance import Ahead, allowance
    from pipeline.fitting.cache import folder_of
    from pipeline.fitting.cuts import read_cuts
    from pipeline.fitting.recipe import planned
    from pipeline.search import search

    dataset = read_dataset(job)
    recipe, load = planned(spec, dataset, spec.params)
    cuts = read_cuts(job, dataset, spec.resampling)
    known = [*spec.portfolio, *read_warm(job, spec)]
    task = _task(spec, dataset, models.load(spec.model, spec.competition).space, known)
    lasting = {"trials": 0, "seconds": None, "keep": 1, "share": None}  # more trials go on where fewer ended
    key = spec.model_copy(update=lasting)
    journal = (
        folder_of(job, key, ("optuna", *recipe.card.libraries), recipe.device, load.threads, known) / "journal.log"
    )
    if spec.share is not None:
        allowed = allowance(job, spec.share, Ahead.of(dataset, spec.metric))
        task = replace(task, seconds=max(SEARCHED * allowed.fair, 0.1))
    bar = job.screen.track(range(spec.trials), f"tune {spec.model}", spec.trials)
    next(bar, None)

    def evaluate(params: Mapping[str, Any]) -> Generator[float]:
        return fold_scores(dataset, replace(recipe, params=params), cuts, load)

    return search(task, evaluate, journal, lambda trial: _advance(bar))


def _advance(bar: Iterator[int]) -> None:
    next(bar, None)


def _task(spec: TuneSpec, dataset: Dataset, space: Mapping[str, Any], known: list[dict[str, Any]]) -> Search:
    from pipeline.ranges import sized, space_of
    from pipeline.search import Search, distinct_changes

    rows = min(len(fold.train) for fold in dataset.folds)
    merged = space_of(sized(space, rows, len(dataset.features)), spec.space)
    return Search(
        spec.competition,
        spec.model,
        spec.params,
        merged,
        spec.metric.greater_is_better,
        spec.trials,
        seconds=spec.seconds,
        pruner=spec.pruner,
        sampler=spec.sampler,
        keep=spec.keep,
        seed=spec.seed,
        known=distinct_changes(spec.params, known),
    )


def read_warm(job: Job, spec: TuneSpec) -> list[dict[str, Any]]:
    """The best settings of another competition's search of the same model, the best first; none where none is declared.

    Raises
    ------
    PodiumError
        Where the other competition has no finished search of this model.
    """
    from dataclasses import replace

    from pipeline import models
    from pipeline.core.errors import PodiumError
    from pipeline.core.tables import read_table

    if spec.warm_start is None:
        return []
    folder = replace(job.paths, competition=spec.warm_start).stage("tune", spec.model)
    if not (folder / "trials.parquet").exists():
        raise PodiumError(
            spec.competition,
            "tune.warm_start",
            f"must name a competition whose search of {spec.model} has run",
            got=f"{spec.warm_start!r}, without {job.paths.shown(folder)}/trials.parquet",
            step=f"Run it with tune.trials first, or leave warm_start out: python -m pipeline run {spec.warm_start}",
        )
    trials = read_table(folder / "trials.parquet")
    greater = read_json(folder / "best.json")["greater_is_better"]
    whole = trials[trials["state"] == "complete"].sort_values("value", ascending=not greater, kind="stable")
    names = [name for name in models.load(spec.model).space if name in whole]
    return [_plain(line) for line in whole[names].head(WARM).to_dict("records")]


def _plain(line: Mapping[Hashable, Any]) -> dict[str, Any]:
    """A table's line as JSON has it; settings that were not set there are left out."""
    values = {str(key): value.item() if hasattr(value, "item") else value for key, value in line.items()}
    whole = {key: int(v) if isinstance(v, float) and v.is_integer() else v for key, v in values.items()}
    return {key: value for key, value in whole.items() if value is not None and value == value}


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
