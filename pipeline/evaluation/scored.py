"""Out-of-fold predictions of every model and of the ensemble, beside the truth: what all tables are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.declaration.metric import Metric, Task

ENSEMBLE = "ensemble"
ALL_CLASSES = "all classes"
SHOWN_CLASSES = 12


@dataclass(frozen=True)
class Pairs:
    """One question with yes or no for an answer: whether a row is of this class.

    Parameters
    ----------
    model : str
        Whose probabilities these are.
    label : str
        The class asked for; ``all classes`` where every class's question is pooled.
    truth : int array of shape (n,)
        1 where the answer is yes.
    probability : float array of shape (n,)
        The predicted probability of yes, in [0, 1].
    """

    model: str
    label: str
    truth: np.ndarray
    probability: np.ndarray


@dataclass(frozen=True)
class Scored:
    """The truth and all out-of-fold predictions, aligned by position.

    Parameters
    ----------
    task, metric : str, Metric
        What is predicted, and how it is scored.
    classes : tuple of str
        The labels in the order of their codes; empty for a regression.
    row_id : int array of shape (n,)
        The training rows.
    target : array of shape (n,)
        Class codes or values.
    outer : int array of shape (n,)
        The fold that validates each row, or -1.
    predictions : mapping of str to array of shape (n,) or (n, classes)
        By model's name, with ``ensemble`` last; NaN where a row was never validated.
    """

    task: Task
    metric: Metric
    classes: tuple[str, ...]
    row_id: np.ndarray
    target: np.ndarray
    outer: np.ndarray
    predictions: Mapping[str, np.ndarray]

    @property
    def probabilistic(self) -> bool:
        """Whether the predictions are probabilities: not values, nor numbers that are cut to labels."""
        return self.task != "regression" and not self.metric.facts.ordered

    def rows(self, model: str) -> np.ndarray:
        """The positions that this model was validated on."""
        prediction = self.predictions[model]
        known = np.isfinite(prediction if prediction.ndim == 1 else prediction.sum(axis=1))
        return np.flatnonzero(known & (self.outer >= 0))

    def pairs(self, model: str) -> Iterator[Pairs]:
        """This model's yes-or-no questions.

        Two classes ask one, for the positive class. More ask for all classes pooled; the ensemble also asks for each of
        the most frequent classes, one against the rest.
        """
        rows = self.rows(model)
        truth, prediction = self.target[rows], self.predictions[model][rows]
        if prediction.ndim == 1:
            yield Pairs(model, self.classes[-1], (truth == 1).astype(np.int64), prediction)
            return
        hits = (truth[:, None] == np.arange(len(self.classes))).astype(np.int64)
        yield Pairs(model, ALL_CLASSES, hits.ravel(), prediction.ravel())
        if model == ENSEMBLE:
            frequent = np.argsort(-hits.sum(axis=0), kind="stable")[:SHOWN_CLASSES]
            for code in sorted(frequent):
                yield Pairs(model, self.classes[code], hits[:, code], prediction[:, code])

    def all_pairs(self) -> Iterator[Pairs]:
        """Every model's questions that have both answers among their rows."""
        for model in self.predictions:
            yield from (pair for pair in self.pairs(model) if 0 < pair.truth.sum() < len(pair.truth))

    def fold_pairs(self) -> Iterator[Pairs]:
        """Every model's first question fold by fold, with the fold's number for a label.

        Folds whose rows have one answer only are left out.
        """
        for model in self.predictions:
            rows = self.rows(model)
            first = next(self.pairs(model))
            folds = np.repeat(self.outer[rows], len(first.truth) // max(len(rows), 1))
            for fold in np.unique(folds):
                own = folds == fold
                pair = Pairs(model, str(fold), first.truth[own], first.probability[own])
                if 0 < pair.truth.sum() < len(pair.truth):
                    yield pair
