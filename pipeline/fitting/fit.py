"""One fold, one model: from a fold's rows to a fitted model that predicts on the final scale."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import models
from pipeline.core.device import choose_device, cores, wait_briefly
from pipeline.core.errors import PodiumError
from pipeline.core.seeds import derive
from pipeline.dataset import Dataset
from pipeline.declaration.specs import ModelSpec
from pipeline.declaration.train import PseudoLabels
from pipeline.fitting.cuts import Cut
from pipeline.fitting.named import check_monotone, check_named
from pipeline.fitting.shift import Weighting, weigh_shift
from pipeline.fitting.training import Labelled, RealRows, Training
from pipeline.fitting.weights import mean_one, product, row_weights
from pipeline.fitting.workload import Workload, share
from pipeline.folds import inner_split, spread_sample
from pipeline.models import Model, Rows, Setting
from pipeline.preprocess import Preprocessor, as_keys
from pipeline.targets import Scale, forward, trains


@dataclass(frozen=True)
class Recipe:
    """How every fold's model is fitted, apart from the fold's rows.

    Parameters
    ----------
    spec : ModelSpec
        The model's plan.
    card : Model
        The model's card.
    params : mapping
        The planned settings with the tuned ones over them.
    repeats : int
        Models per fold, each with its own seed and its own stopping rows; their predictions are averaged.
    threads : int
        Threads inside one fit.
    device : {"cpu", "cuda"}
    most_rows : int or None
        A fold with more training rows is fitted on a sample of so many, spread over the target: only in a run that has
        a budget.
    checkpoints : Path or None
        Where a model may keep the state of a training that is under way.
    shift : Weighting or None
        What the training rows count for being like test rows.
    pseudo : PseudoLabels or None
        How each fold's model labels test rows for a student of its own.
    """

    spec: ModelSpec
    card: Model
    params: Mapping[str, Any]
    repeats: int = 1
    threads: int = 1
    device: str = "cpu"
    most_rows: int | None = None
    checkpoints: Path | None = None
    shift: Weighting | None = None
    pseudo: PseudoLabels | None = None


def planned(spec: ModelSpec, dataset: Dataset, params: Mapping[str, Any], repeats: int = 1) -> tuple[Recipe, Workload]:
    """The recipe for a planned model on this machine, and how its folds share the cores.

    The model's library is imported here, in the main thread: no two threads then import it at once, and the limits on
    its threads find it loaded.
    """
    wait_briefly()
    card = models.load(spec.model, spec.competition)
    device = choose_device(spec.device, spec.competition)
    load = share(dataset.train.size, len(dataset.folds), cores(), card.side_by_side)
    if load.processes and device == "cuda":
        load = Workload(1, load.threads)  # one GPU serves one process at a time best
    aim = (spec.metric, spec.transform)
    card.build(Setting(params, spec.objective, dataset.schema.class_count, spec.seed, load.threads, device, *aim))
    return Recipe(spec, card, params, repeats, load.threads, device, shift=weigh_shift(spec, dataset)), load


@dataclass(frozen=True)
class FoldModel:
    """A fold's fitted models, one for each repeat, with the preprocessing they share.

    Parameters
    ----------
    name : str
        The fold's name, for errors.
    spec : ModelSpec
        The model's plan.
    card : Model
        The model's card.
    preprocessor : Preprocessor
        Fitted on the fold's training rows.
    scale : Scale
        From raw output to predictions.
    estimators : tuple
        As ``card.predict`` takes them.
    columns : tuple of str
        What the estimators were fitted on.
    rows : int
        How many rows they were fitted on, stopping rows included.
    """

    name: str
    spec: ModelSpec
    card: Model
    preprocessor: Preprocessor
    scale: Scale
    estimators: tuple[Any, ...]
    columns: tuple[str, ...]
    rows: int

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Predictions on the final scale, averaged over the repeats before a target's transform is undone.

        Parameters
        ----------
        frame : DataFrame of n rows
            Feature columns.

        Returns
        -------
        float64 array of shape (n,): values, or probabilities of the positive class; or (n, classes).

        Raises
        ------
        PodiumError
            Where a prediction is not a number, or the model gives another number of classes than it was fitted on.
        """
        return self.settled(self.raws(frame))

    def raws(self, frame: pd.DataFrame) -> list[np.ndarray]:
        """What each repeat's model gives, before a target's transform is undone: values, or (n, classes)."""
        X = self.preprocessor.transform(frame)
        raws = [np.asarray(self.card.predict(estimator, X), dtype=np.float64) for estimator in self.estimators]
        expected = (len(frame),) if self.scale.objective == "regression" else (len(frame), len(self.scale.labels))
        for raw in raws:
            if raw.shape != expected:
                raise self._error(f"must predict an array of shape {expected}", str(raw.shape))
        return raws

    def settled(self, raws: Sequence[np.ndarray]) -> np.ndarray:
        """The mean of what the repeats give, on the final scale; parameters and errors are those of ``predict``."""
        with np.errstate(invalid="ignore", divide="ignore"):
            prediction = self.scale.final(np.mean(raws, axis=0))
        wrong = int((~np.isfinite(prediction)).reshape(len(prediction), -1).any(axis=1).sum())
        if wrong:
            raise self._error("must give finite predictions", f"{wrong} of {len(prediction)} rows NaN or infinite")
        return prediction

    def _error(self, allowed: str, got: str) -> PodiumError:
        step = "Change its settings, or take it out of models"
        return PodiumError(
            self.spec.competition, f"models.{self.spec.model}", allowed, got=f"{got} in fold {self.name}", step=step
        )

    def importance(self) -> dict[str, float]:
        """Each column's importance, averaged over the repeats; empty where the model cannot say."""
        parts = [self.card.importance(estimator, list(self.columns)) for estimator in self.estimators]
        names = [name for name in self.columns if any(name in part for part in parts)]
        return {name: float(np.mean([part.get(name, 0.0) for part in parts])) for name in names}

    def describe(self) -> list[dict[str, Any]]:
        """What each repeat's model says of itself, such as its rounds and its device."""
        return [self.card.describe(estimator) for estimator in self.estimators]

    def save(self, folder: Path) -> None:
        """Write ``preprocess.json``, ``fold.json`` and ``model-<repeat><suffix>``; no pickles."""
        folder.mkdir(parents=True, exist_ok=True)
        _dump(self.preprocessor.to_state(), folder / "preprocess.json")
        scale = {"labels": self.scale.labels, "prior": self.scale.prior, "classes": self.scale.classes}
        facts = {"name": self.name, "columns": self.columns, "rows": self.rows, "repeats": len(self.estimators)}
        _dump({**facts, "scale": scale, "spec": self.spec.model_dump(mode="json")}, folder / "fold.json")
        for repeat, estimator in enumerate(self.estimators):
            self.card.save(estimator, folder / f"model-{repeat}{self.card.suffix}")

    @classmethod
    def load(cls, folder: Path) -> FoldModel:
        """Read what ``save`` wrote; it predicts the same bytes."""
        facts = json.loads((folder / "fold.json").read_text(encoding="utf-8"))
        spec = ModelSpec.model_validate({k: v for k, v in facts["spec"].items() if k in ModelSpec.model_fields})
        card = models.load(spec.model, spec.competition)
        preprocessor = Preprocessor.from_state(json.loads((folder / "preprocess.json").read_text(encoding="utf-8")))
        estimators = tuple(card.restore(folder / f"model-{r}{card.suffix}") for r in range(facts["repeats"]))
        own = {key: tuple(facts["scale"][key]) for key in ("labels", "prior")}
        scale = Scale(spec.objective, spec.transform, facts["scale"]["classes"], **own)
        return cls(facts["name"], spec, card, preprocessor, scale, estimators, tuple(facts["columns"]), facts["rows"])


@dataclass(frozen=True)
class Prepared:
    """A fold's rows as a model eats them, before any model is fitted.

    Parameters
    ----------
    preprocessor : Preprocessor
        Fitted on the fold's training rows.
    training : Training
        The rows to fit on.
    scale : Scale
        From raw output to predictions.
    """

    preprocessor: Preprocessor
    training: Training
    scale: Scale

    def beside(self, labelled: Labelled) -> Prepared:
        """The same with pseudo-labelled rows to fit on too; the fold is not resampled."""
        return replace(self, training=Training.beside(self.training.real, labelled, self.preprocessor))


def fit_fold(dataset: Dataset, recipe: Recipe, cut: Cut) -> FoldModel:
    """Fit one fold's model on the fold's training rows: ``prepare_fold``, then ``fit_prepared``."""
    return _fit_repeats(dataset, recipe, cut, [prepare_fold(dataset, recipe, cut)])


def prepare_fold(dataset: Dataset, recipe: Recipe, cut: Cut) -> Prepared:
    """Fit the preprocessing on the real training rows, and put them and the synthetic rows through it.

    Rows that under-sampling drops still count in it. No row outside ``cut.fold.train`` is looked at.

    Parameters
    ----------
    dataset : Dataset
        The features, the target and the folds.
    recipe : Recipe
        The model and its settings.
    cut : Cut
        The fold, its columns, and what resampling made of it.
    labelled : Labelled or None
        Test rows with a teacher's labels, to be fitted on too; never to be stopped on. Not with resampling.

    Raises
    ------
    PodiumError
        Where a target statistic, a lag, a weight or a direction names an unknown column, a lag's time is none, or the
        fold's training rows have one class only.
    """
    spec = recipe.spec
    positions, weight = _rows_that_train(dataset, recipe, cut)
    classes = 0 if spec.objective == "regression" else dataset.schema.class_count
    y = forward(spec.transform, dataset.target[positions])
    preprocessor = _preprocessor(dataset, recipe, cut, classes)
    groups = None if dataset.folds.group is None else dataset.folds.group[positions]
    frame = _features(dataset, list(preprocessor.kinds)).iloc[positions]
    X = preprocessor.fit_transform(frame, y, groups)
    alone = cut.resampled is None and recipe.pseudo is None
    real = RealRows(positions, y, None if alone else frame, X, weight)
    training = Training.of(real, cut.resampled, preprocessor)
    return Prepared(preprocessor, training, _scale(spec, classes, training, cut))


def _features(dataset: Dataset, names: list[str]) -> pd.DataFrame:
    """These columns of the training table; the table itself where they are all of it, which copies nothing."""
    return dataset.train if names == list(dataset.train) else dataset.train[names]


def fit_prepared(dataset: Dataset, recipe: Recipe, cut: Cut, prepared: Prepared) -> FoldModel:
    """Fit the models of a fold whose rows are prepared, one for each repeat.

    Early stopping looks at real training rows, weighted to the class balance that the model is fitted on; synthetic
    rows that repeat one of them are left out, while those that SMOTE put between two rows stay, so that with SMOTE
    stopping comes a little late.
    """
    return _fit_repeats(dataset, recipe, cut, [prepared])


def _fit_repeats(dataset: Dataset, recipe: Recipe, cut: Cut, held: list[Prepared]) -> FoldModel:
    """Fit a model a repeat; the last one takes the rows out of the list: where nobody else holds them, they go."""
    preprocessor, scale = held[0].preprocessor, held[0].scale
    columns, rows = tuple(held[0].training.real.X.columns), len(held[0].training.all_y)
    parts = tuple(_fit_once(dataset, recipe, cut, held, repeat) for repeat in range(recipe.repeats))
    return FoldModel(cut.name, recipe.spec, recipe.card, preprocessor, scale, parts, columns, rows)


def _rows_that_train(dataset: Dataset, recipe: Recipe, cut: Cut) -> tuple[np.ndarray, np.ndarray | None]:
    """The positions of the fold's rows to fit on, or of as many as the recipe allows, and how much each counts.

    Raises
    ------
    PodiumError
        Where ``train.weights`` names a column that holds no weights, or gives none of the rows any.
    """
    shift = None if recipe.shift is None else recipe.shift.weight
    able, weight = trains(recipe.spec.transform, dataset.target), product(row_weights(recipe.spec, dataset), shift)
    if weight is None:
        return _sampled(dataset, recipe, cut, cut.fold.train[able[cut.fold.train]]), None
    positions = _sampled(dataset, recipe, cut, cut.fold.train[(able & (weight > 0))[cut.fold.train]])
    if not len(positions):
        raise PodiumError(
            recipe.spec.competition,
            f"fold {cut.name}",
            "must have training rows that count",
            got=f"weights of 0 throughout, by train.weights: {recipe.spec.weights}",
            step="Name another column, or take train.weights out",
        )
    return positions, mean_one(weight[positions])


def _sampled(dataset: Dataset, recipe: Recipe, cut: Cut, positions: np.ndarray) -> np.ndarray:
    """These rows, or a sample of them that keeps the target's spread."""
    if recipe.most_rows is None or len(positions) <= recipe.most_rows:
        return positions
    draw = np.random.default_rng(derive(recipe.spec.seed, cut.name, "rows"))
    return positions[np.sort(spread_sample(dataset.target[positions], recipe.most_rows, draw))]


def _preprocessor(dataset: Dataset, recipe: Recipe, cut: Cut, classes: int) -> Preprocessor:
    spec = recipe.spec
    check_named(spec.competition, spec.preprocess, dataset)
    check_monotone(spec.competition, recipe.params.get("monotone") or {}, dataset)
    kinds = as_keys(dataset.kinds, cut.columns, spec.preprocess)
    seed = derive(spec.seed, cut.name, "preprocess")
    return Preprocessor(recipe.card.wants, kinds, spec.preprocess, spec.objective, classes, seed)


def _scale(spec: ModelSpec, classes: int, training: Training, cut: Cut) -> Scale:
    """The classes that the fold has, and the factors that put probabilities back on its true prior."""
    if spec.objective == "regression":
        return Scale(spec.objective, spec.transform, classes)
    labels = np.unique(training.all_y).astype(int)
    if len(labels) < 2:
        raise PodiumError(
            spec.competition,
            f"fold {cut.name}",
            "must have training rows of at least two classes",
            got=f"class code {labels[0]} only" if len(labels) else "no training rows",
            step="Use stratified folds, or fewer of them",
        )
    if cut.resampled is None:
        return Scale(spec.objective, spec.transform, classes, tuple(labels.tolist()))
    true = np.bincount(training.real.y.astype(int), minlength=classes)[labels]
    fitted = np.bincount(training.all_y.astype(int), training.weight(training.all_y), minlength=classes)[labels]
    prior = (true / true.sum()) / (fitted / fitted.sum())
    return Scale(spec.objective, spec.transform, classes, tuple(labels.tolist()), tuple(prior.tolist()))


def _fit_once(dataset: Dataset, recipe: Recipe, cut: Cut, held: list[Prepared], repeat: int) -> Any:
    """Fit one repeat, by when the rows as they were before a split for early stopping need not be there any more."""
    scale, spec = held[0].scale, recipe.spec
    setting = Setting(
        recipe.params,
        spec.objective,
        len(scale.labels),
        derive(spec.seed, cut.name, "model", repeat),
        recipe.threads,
        recipe.device,
        spec.metric,
        spec.transform,
        recipe.checkpoints,
    )
    stops = recipe.card.stops_early and recipe.params.get("early_stopping_rounds", True)
    seed = derive(spec.seed, cut.name, "stopping", repeat) if stops else None
    prepared = held.pop() if repeat == recipe.repeats - 1 else held[0]
    training, stopping = _rows(dataset, spec, prepared, seed)
    del prepared
    estimator, given = recipe.card.build(setting), [training]
    del training
    recipe.card.fit(estimator, given.pop(), stopping)  # the fit alone holds its rows, and may let go of them
    return estimator


def _rows(dataset: Dataset, spec: ModelSpec, prepared: Prepared, seed: int | None) -> tuple[Rows, Rows | None]:
    """The rows to fit on, and those to stop on where there is a seed for them."""
    training, scale = prepared.training, prepared.scale
    stopping = stopping_rows = None
    if seed is not None:
        stopping = _stopping(dataset, spec, training, scale, seed)
        y = training.real.y[stopping]
        own = None if training.real.weight is None else training.real.weight[stopping]
        weight = product(scale.stopping_weight(y), own)
        stopping_rows = Rows(training.real.X[stopping], scale.dense(y), weight)
    X, y = training.rows(stopping)
    made = len(y) - int((training.kept if stopping is None else training.kept & ~stopping).sum())
    return Rows(X, scale.dense(y), training.weight_of_rows(stopping, y), made), stopping_rows


def _stopping(dataset: Dataset, spec: ModelSpec, training: Training, scale: Scale, seed: int) -> np.ndarray:
    """Which real rows to stop on; a class of which no other rows are left to fit on has none there."""
    real = training.real
    _, stop = inner_split(dataset.folds, real.positions, dataset.target, spec.objective, spec.stopping_share, seed)
    stopping = np.isin(real.positions, stop)
    if not scale.labels:
        return stopping
    left = np.unique(real.y[training.kept & ~stopping])
    return stopping & np.isin(real.y, left)


def _dump(content: Any, path: Path) -> None:
    """JSON in one line: a table of a million levels is written by the C encoder."""
    text = json.dumps(content, sort_keys=True, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text, encoding="utf-8")
