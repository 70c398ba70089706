"""One fold, one model: from a fold's rows to a fitted model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.errors import PodiumError
from pipeline.core.seeds import derive
from pipeline.dataset import Dataset
from pipeline.declaration.specs import ModelSpec
from pipeline.fitting.again import fits_again, with_rounds_for
from pipeline.fitting.cuts import Cut
from pipeline.fitting.foldmodel import FoldModel
from pipeline.fitting.learning import CurveFacts, curve_facts
from pipeline.fitting.named import check_monotone, check_named
from pipeline.fitting.recipe import Recipe
from pipeline.fitting.training import Labelled, RealRows, Training
from pipeline.fitting.weights import mean_one, product, row_weights
from pipeline.folds import inner_split, spread_sample
from pipeline.models import Rows, Setting
from pipeline.preprocess import Preprocessor, as_keys
from pipeline.targets import Scale, forward, trains


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
    stopping comes a little late. In a small table, boosting is then fitted again on all of the fold's rows, with
    as many more rounds as it has more rows.
    """
    return _fit_repeats(dataset, recipe, cut, [prepared])


def _fit_repeats(dataset: Dataset, recipe: Recipe, cut: Cut, held: list[Prepared]) -> FoldModel:
    """Fit a model a repeat; the last one takes the rows out of the list: where nobody else holds them, they go."""
    preprocessor, scale = held[0].preprocessor, held[0].scale
    columns, rows = tuple(held[0].training.real.X.columns), len(held[0].training.all_y)
    fits = [_fit_once(dataset, recipe, cut, held, repeat) for repeat in range(recipe.repeats)]
    parts, curves = tuple(zip(*fits, strict=True))
    return FoldModel(cut.name, recipe.spec, recipe.card, preprocessor, scale, parts, columns, rows, curves)


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
    kinds = as_keys(dataset.kinds, cut.columns, spec.preprocess, recipe.card.wants)
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


def _fit_once(
    dataset: Dataset, recipe: Recipe, cut: Cut, held: list[Prepared], repeat: int
) -> tuple[Any, CurveFacts | None]:
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
    again = prepared if fits_again(recipe, len(prepared.training.real.positions)) else None
    del prepared
    estimator, given, rows = recipe.card.build(setting), [training], len(training.y)
    del training
    recipe.card.fit(estimator, given.pop(), stopping)  # the fit alone holds its rows, and may let go of them
    drawn = recipe.card.curve(estimator)
    found = None if drawn is None and again is None else recipe.card.describe(estimator).get("rounds")
    curve = curve_facts(drawn, found)
    if again is None or found is None:
        return estimator, curve
    every, _ = _rows(dataset, spec, again, None)
    params = with_rounds_for(recipe, found, len(every.y) / rows)
    estimator = recipe.card.build(replace(setting, params=params))
    recipe.card.fit(estimator, every, None)
    return estimator, curve


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
