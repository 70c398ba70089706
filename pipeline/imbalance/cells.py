"""One cell: one model under one method, fitted on every fold, and once more the wrong way; kept across kills."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.tables import read_json, write_json, written_whole
from pipeline.dataset import Dataset
from pipeline.fitting.cache import folder_of
from pipeline.fitting.cuts import Cut, read_cuts
from pipeline.fitting.fit import fit_fold
from pipeline.fitting.foldmodel import FoldModel
from pipeline.fitting.recipe import Recipe, planned
from pipeline.fitting.workload import Workload, side_by_side
from pipeline.imbalance.balancing import Balancing
from pipeline.imbalance.methods import FOCAL, FOCAL_SETTINGS
from pipeline.imbalance.study import STAGE, Study


@dataclass(frozen=True)
class Predictions:
    """Out-of-fold predictions on one set of folds.

    Parameters
    ----------
    target, outer : int arrays of shape (n,)
        The class codes and the fold that validates each row, or -1.
    after : float array of shape (n,) or (n, classes)
        Probabilities with the prior put back; NaN for rows that no fold validates.
    before : float array of the same shape
        What the models give before that.
    """

    target: np.ndarray
    outer: np.ndarray
    after: np.ndarray
    before: np.ndarray


@dataclass(frozen=True)
class Cell:
    """One model under one method.

    Parameters
    ----------
    model, method : str
        Which.
    seconds : float
        Of fitting and predicting all folds the right way, one after the other.
    honest : Predictions or None
        Resampled inside each fold's training rows; None where the method was refused.
    wrong : Predictions or None
        Resampled before the split; None where the method touches no row.
    refused : str
        Why the method does not suit the competition.
    """

    model: str
    method: str
    seconds: float = 0.0
    honest: Predictions | None = None
    wrong: Predictions | None = None
    refused: str = ""


def make_cell(study: Study, model: str, balancing: Balancing) -> Cell:
    """A cell out of the cache, or fitted now and kept there."""
    recipe, load = recipe_of(study, model, balancing.method)
    store = _store(study, recipe, load, balancing)
    if not store.exists():
        with written_whole(store) as folder:
            _fit_and_keep(study, (recipe, load), balancing, folder)
    return _kept(store, model, balancing.method)


def recipe_of(study: Study, model: str, method: str) -> tuple[Recipe, Workload]:
    """A model's plan with this method's settings; one model a fold, whatever ``train.repeats`` says."""
    params = {**study.params(model), **(FOCAL_SETTINGS if method == FOCAL else {})}
    return planned(study.specs[model], study.dataset, params)


def unadjusted(model: FoldModel) -> FoldModel:
    """The same model without what puts its probabilities right: the prior's factors, the focal loss's way back."""
    estimators = model.estimators
    if model.spec.model == "mlp":
        estimators = tuple(replace(net, estimator=replace(net.estimator, gamma=0.0)) for net in estimators)
    return replace(model, scale=replace(model.scale, prior=()), estimators=estimators)


def out_of_fold(dataset: Dataset, recipe: Recipe, load: Workload, cuts: Sequence[Cut]) -> tuple[Predictions, float]:
    """Fit every fold and predict the rows it validates, before and after probabilities are put right; the seconds."""

    def work(cut: Cut) -> tuple[np.ndarray, np.ndarray, float]:
        start = time.perf_counter()
        model = fit_fold(dataset, recipe, cut)
        frame = dataset.train.iloc[cut.fold.valid]
        after = model.predict(frame)
        seconds = time.perf_counter() - start
        adjusted = model.scale.prior or recipe.params.get("loss") == FOCAL_SETTINGS["loss"]
        return after, unadjusted(model).predict(frame) if adjusted else after, seconds

    parts = list(side_by_side(work, cuts, load))
    shape = (len(dataset.target), *parts[0][0].shape[1:])
    after, before = np.full(shape, np.nan), np.full(shape, np.nan)
    for cut, part in zip(cuts, parts, strict=True):
        after[cut.fold.valid], before[cut.fold.valid] = part[0], part[1]
    predictions = Predictions(dataset.target, dataset.folds.outer, after, before)
    return predictions, sum(seconds for *_, seconds in parts)


def _store(study: Study, recipe: Recipe, load: Workload, balancing: Balancing) -> Path:
    job = Job(study.job.paths, STAGE, f"{recipe.spec.model}-{balancing.method}")
    section = balancing.spec.oversample.model_dump_json()
    further = (section, balancing.spec.seed, study.options.rows, recipe.params, recipe.device, load.threads)
    spec = recipe.spec.model_copy(update={"resampling": "none"})
    return folder_of(job, spec, (*recipe.card.libraries, "imbalanced-learn"), balancing.method, *further)


def _fit_and_keep(study: Study, how: tuple[Recipe, Workload], balancing: Balancing, folder: Path) -> None:
    recipe, load = how
    try:
        cuts = [balancing.cut(cut) for cut in read_cuts(study.job, study.dataset, "none")]
        wrong = balancing.before_the_split
    except PodiumError as error:
        write_json({"refused": f"{error.subject} {error.allowed}", "seconds": 0.0}, folder / "cell.json")
        return
    honest, seconds = out_of_fold(study.dataset, recipe, load, cuts)
    _save(honest, folder / "honest.npz")
    if wrong is not None:
        everywhere = [Cut(fold, study.full_columns) for fold in wrong.folds]
        _save(out_of_fold(wrong, recipe, load, everywhere)[0], folder / "wrong.npz")
    write_json({"refused": "", "seconds": seconds}, folder / "cell.json")


def _save(predictions: Predictions, path: Path) -> None:
    parts: dict[str, Any] = vars(predictions)
    np.savez(path, allow_pickle=False, **parts)


def _kept(store: Path, model: str, method: str) -> Cell:
    facts = read_json(store / "cell.json")
    honest, wrong = (_load(store / f"{name}.npz") for name in ("honest", "wrong"))
    return Cell(model, method, facts["seconds"], honest, wrong, facts["refused"])


def _load(path: Path) -> Predictions | None:
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as parts:
        return Predictions(**{name: parts[name] for name in ("target", "outer", "after", "before")})
