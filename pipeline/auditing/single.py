"""How much a single column says about the target, out of fold: what says too much is a leak until shown otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.auditing.ranks import area_under_roc, average_ranks
from pipeline.declaration.metric import Task

MEASURES: dict[Task, str] = {"binary": "AUC", "multiclass": "kappa", "regression": "R2"}
_FOLDS = 5
_MOST_BINS = 64
_ROWS_A_BIN = 50
_PRIOR_ROWS = 1.0


@dataclass(frozen=True)
class Judge:
    """The target, and the folds that every column is judged on.

    Parameters
    ----------
    task : {"binary", "multiclass", "regression"}
        The task.
    target : array of shape (n,)
        Class codes or values.
    folds : int array of shape (n,)
        Fold numbers from 0 to 4.
    """

    task: Task
    target: np.ndarray
    folds: np.ndarray

    @classmethod
    def draw(cls, task: Task, target: np.ndarray, seed: int) -> Judge:
        """A judge with folds drawn by this seed."""
        return cls(task, target, np.random.default_rng(seed).permutation(np.arange(len(target)) % _FOLDS))

    def strength(self, values: pd.Series) -> float:
        """How well the column alone predicts the target out of fold.

        Each level, or each of up to 64 quantile bins of a number, predicts the mean target of its rows in other folds.

        Returns
        -------
        float
            AUC (0.5 is chance) for two classes, Cohen's kappa (0 is chance) for more, R2 (0 is chance) for
            values, or the squared rank correlation where that is larger.
        """
        codes = _codes(values)
        if self.task == "regression":
            return max(_r_squared(self.target, self._predicted(codes, self.target)), _monotone(self.target, values))
        if self.task == "binary":
            positive = self.target == 1
            return area_under_roc(positive, self._predicted(codes, positive.astype(np.float64)))
        classes = range(int(self.target.max()) + 1)
        votes = np.column_stack([self._predicted(codes, (self.target == k).astype(np.float64)) for k in classes])
        return _kappa(self.target, votes.argmax(axis=1))

    def _predicted(self, codes: np.ndarray, amounts: np.ndarray) -> np.ndarray:
        cells = codes * _FOLDS + self.folds
        size = (int(codes.max()) + 1) * _FOLDS
        rows = np.bincount(cells, minlength=size).reshape(-1, _FOLDS)
        sums = np.bincount(cells, amounts, minlength=size).reshape(-1, _FOLDS)
        prior = (sums.sum() - sums.sum(axis=0)) / (rows.sum() - rows.sum(axis=0))
        others = rows.sum(axis=1, keepdims=True) - rows
        means = (sums.sum(axis=1, keepdims=True) - sums + prior * _PRIOR_ROWS) / (others + _PRIOR_ROWS)
        predicted: np.ndarray = means[codes, self.folds]
        return predicted


def chance(task: Task, target: np.ndarray) -> tuple[float, float]:
    """The strength of a column that says nothing, and about how far chance alone may lift it (four standard errors)."""
    if task == "binary":
        positive = max(1, int((target == 1).sum()))
        negative = max(1, len(target) - positive)
        return 0.5, 4 * float(np.sqrt((len(target) + 1) / (12 * positive * negative)))
    return 0.0, 8 / float(np.sqrt(len(target)))


def _codes(values: pd.Series) -> np.ndarray:
    """Level or bin numbers from 1; 0 where the value is missing."""
    if pd.api.types.is_datetime64_any_dtype(values):
        seconds = values.astype("int64") / 1e6
        values = seconds.where(values.notna())
    if not pd.api.types.is_numeric_dtype(values):
        return np.asarray(pd.factorize(values)[0], dtype=np.int64) + 1
    numbers = values.to_numpy(dtype=np.float64)
    known = ~np.isnan(numbers)
    bins = max(2, min(_MOST_BINS, len(numbers) // _ROWS_A_BIN))
    if not known.any():
        return np.zeros(len(numbers), dtype=np.int64)
    edges = np.unique(np.quantile(numbers[known], np.linspace(0, 1, bins + 1)[1:-1]))
    return np.where(known, np.searchsorted(edges, numbers, side="left") + 1, 0)


def _monotone(target: np.ndarray, values: pd.Series) -> float:
    """Spearman's rank correlation, squared; 0 unless these are numbers, none missing, that vary."""
    if not pd.api.types.is_numeric_dtype(values) or values.isna().any() or values.nunique() < 2:
        return 0.0
    ranks = average_ranks(target), average_ranks(values.to_numpy(dtype=np.float64))
    return float(np.corrcoef(*ranks)[0, 1]) ** 2


def _r_squared(target: np.ndarray, predicted: np.ndarray) -> float:
    spread = float(((target - target.mean()) ** 2).sum())
    return 1.0 - float(((target - predicted) ** 2).sum()) / spread if spread else 0.0


def _kappa(target: np.ndarray, predicted: np.ndarray) -> float:
    """Cohen's kappa (1960): agreement beyond what the two distributions give by chance."""
    size = int(max(target.max(), predicted.max())) + 1
    by_chance = float(np.bincount(target, minlength=size) @ np.bincount(predicted, minlength=size)) / len(target) ** 2
    return (float((target == predicted).mean()) - by_chance) / (1.0 - by_chance) if by_chance < 1 else 0.0
