"""Pseudo-labels: a fold's model labels test rows, and a student is fitted on the fold's training rows and on these.

The teacher is the fold's own model, fitted on the fold's training rows: neither it nor the student sees a validation
row's target, so out-of-fold scores stay what they are. That the student sees test rows' features makes it transductive.

Sources: Scudder (1965), Probability of error of some adaptive pattern-recognition machines; Lee (2013), Pseudo-label:
the simple and efficient semi-supervised learning method for deep neural networks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from pipeline.core.seeds import derive
from pipeline.dataset import Dataset
from pipeline.declaration.train import PseudoLabels
from pipeline.fitting.cuts import Cut
from pipeline.fitting.fit import Prepared, fit_fold, fit_prepared, prepare_fold
from pipeline.fitting.foldmodel import FoldModel
from pipeline.fitting.recipe import Recipe
from pipeline.fitting.training import Labelled
from pipeline.fitting.weights import row_weights
from pipeline.targets import forward

SURE_OF_CLASSES, SURE_OF_VALUES = 0.5, 1.0
LEAST_PROBABILITY = 0.01


@dataclass(frozen=True)
class Taught:
    """A fold's model, and what it was taught by.

    Parameters
    ----------
    model : FoldModel
        What predicts: the student, where there is one.
    teacher : FoldModel or None
        The model that labelled the test rows.
    facts : mapping
        ``labelled``: how many test rows; ``target``: their mean label, or the classes' shares by code.
    """

    model: FoldModel
    teacher: FoldModel | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def fit_taught(dataset: Dataset, recipe: Recipe, cut: Cut) -> Taught:
    """One fold's model as the recipe wants it: plainly, or as a student of its own first fit."""
    if recipe.pseudo is None:
        return Taught(fit_fold(dataset, recipe, cut))
    return teach(dataset, recipe, cut, prepare_fold(dataset, recipe, cut))


def teach(dataset: Dataset, recipe: Recipe, cut: Cut, prepared: Prepared) -> Taught:
    """The same of a fold whose rows are prepared."""
    teacher = fit_prepared(dataset, recipe, cut, prepared)
    if recipe.pseudo is None:
        return Taught(teacher)
    labelled = label(dataset, recipe, cut, prepared, teacher)
    student = fit_prepared(dataset, recipe, cut, prepared.beside(labelled)) if labelled.rows else teacher
    return Taught(student, teacher, _facts(labelled, teacher))


def label(dataset: Dataset, recipe: Recipe, cut: Cut, prepared: Prepared, teacher: FoldModel) -> Labelled:
    """The test rows that the teacher is surest of, with its labels.

    Of classes, the surest share of the rows that are called each class; of values, those on which the teacher's repeats
    differ least. Where a budget has the fold fitted on a sample of its rows, as large a sample of the test rows is
    looked at.

    Returns
    -------
    Labelled
        A row a test row; with soft labels a row a class, weighted by its probability, where that is 0.01 or more.
    """
    plan = recipe.pseudo or PseudoLabels()
    spec = recipe.spec
    rows = _looked_at(dataset, recipe, cut)
    raws = teacher.raws(dataset.test.iloc[rows])
    predicted = teacher.settled(raws)
    if spec.objective == "regression":
        sure = _steadiest(raws, plan.share or SURE_OF_VALUES)
        y, copies, parts = predicted[sure], sure, np.ones(len(sure))
    else:
        p = np.column_stack([1 - predicted, predicted]) if predicted.ndim == 1 else predicted
        sure = _surest(p, plan.share or SURE_OF_CLASSES)
        y, copies, parts = _soft(p, sure) if plan.labels == "soft" else _hard(p, sure)
    weight = plan.weight * parts * _declared(dataset, recipe, prepared, (rows[copies], y))
    kept = weight > 0
    frame = dataset.test.iloc[rows[copies][kept]].reset_index(drop=True)
    return Labelled(frame, forward(spec.transform, y[kept]), weight[kept], len(np.unique(copies[kept])))


def _looked_at(dataset: Dataset, recipe: Recipe, cut: Cut) -> np.ndarray:
    """The positions of all test rows; of a sample of them, where the fold's training rows are sampled too."""
    rows, most = np.arange(len(dataset.test)), recipe.most_rows
    if most is None or most >= len(cut.fold.train):
        return rows
    size = max(round(len(rows) * most / len(cut.fold.train)), 1)
    draw = np.random.default_rng(derive(recipe.spec.seed, cut.name, "test rows"))
    return np.sort(draw.choice(rows, size, replace=False))


def _steadiest(raws: list[np.ndarray], share: float) -> np.ndarray:
    """The positions of the rows on which the repeats differ least, in order."""
    order = np.argsort(np.std(raws, axis=0), kind="stable")
    return np.sort(order[: int(np.ceil(share * len(order)))])


def _surest(p: np.ndarray, share: float) -> np.ndarray:
    """The positions of the rows with the largest probabilities, of each class that rows are called, in order."""
    called, order = p.argmax(axis=1), np.argsort(-p.max(axis=1), kind="stable")
    parts = [order[called[order] == code] for code in range(p.shape[1])]
    return np.sort(np.concatenate([part[: int(np.ceil(share * len(part)))] for part in parts]))


def _hard(p: np.ndarray, sure: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return p[sure].argmax(axis=1), sure, np.ones(len(sure))


def _soft(p: np.ndarray, sure: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every class of every row, with its probability as the part that it counts; the row's parts sum up to 1."""
    p = np.where(p[sure] < LEAST_PROBABILITY, 0.0, p[sure])
    places, codes = np.nonzero(p)
    return codes, sure[places], (p / p.sum(axis=1, keepdims=True))[places, codes]


def _declared(dataset: Dataset, recipe: Recipe, prepared: Prepared, told: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """What ``train.weights`` says of test rows, given with their labels, as multiples of the mean training row's."""
    rows, y = told
    if recipe.spec.weights is None:
        return np.ones(len(rows))
    ours = row_weights(recipe.spec, dataset)
    theirs = row_weights(recipe.spec, replace(dataset, train=dataset.test.iloc[rows], target=y))
    if ours is None or theirs is None:
        return np.ones(len(rows))
    return theirs / ours[prepared.training.real.positions].mean()


def _facts(labelled: Labelled, teacher: FoldModel) -> dict[str, Any]:
    if teacher.scale.objective == "regression":
        told: Any = float(teacher.scale.final(labelled.y).mean()) if len(labelled.y) else None
    else:
        codes = labelled.y.astype(int)
        told = {str(k): float(labelled.weight[codes == k].sum() / labelled.weight.sum()) for k in np.unique(codes)}
    return {"labelled": labelled.rows, "target": told}
