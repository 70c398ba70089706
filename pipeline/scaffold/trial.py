"""A trial of features: boosted trees on some of the rows, with a candidate's columns and without them, fold by fold.

What one fold says, the others must confirm: a candidate is sure where the loss falls by three standard errors of the
folds' differences, and by half a percent. Both sides stop on the fold that is scored, so that neither gains by it, and
have the rounds to come to rest: trees that were cut short gain by whatever lets them learn faster, and a model that is
trained to its end owes nothing to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.core.device import cores
from pipeline.declaration.metric import Task

FOLDS, ROUNDS, PATIENCE = 5, 2_000, 50
LEAST_ROUNDS = 60
LARGEST = 3e38  # of float32
SURE, LIKELY, LEAST_GAIN = 3.0, 1.5, 0.005


@dataclass(frozen=True)
class Trial:
    """Rows, their target, and what has been proved of them so far.

    Parameters
    ----------
    columns : mapping of str to float array of shape (n,)
        What trees see: numbers, and levels as codes.
    y : array of shape (n,)
        Class codes, or a regression's ranks in [0, 1].
    task : {"binary", "multiclass", "regression"}
        The task.
    """

    columns: Mapping[str, np.ndarray]
    y: np.ndarray
    task: Task
    _known: dict[int, _Fitted] = field(default_factory=dict, init=False, repr=False)

    def with_columns(self, more: Mapping[str, np.ndarray]) -> Trial:
        """The same rows with further columns."""
        return Trial({**self.columns, **more}, self.y, self.task)

    @property
    def residuals(self) -> np.ndarray:
        """What the trees leave of rows that they have not seen, of shape (n, targets).

        Class indicators less probabilities, or values less predictions.
        """
        found = self._fitted(0).predicted
        return (self.y[:, None] == np.arange(found.shape[1])) - found if found.ndim > 1 else (self.y - found)[:, None]

    @property
    def gains(self) -> dict[str, float]:
        """Each column's share of the gain of all splits."""
        return dict(zip(self.columns, self._fitted(0).gains, strict=True))

    def gain_over(self, other: Trial) -> Gain:
        """How much smaller the loss is than that of the other's columns, in shares of it.

        Where the folds leave it open, they are drawn once more.
        """
        gain = self._compared(other, 1)
        return gain if gain.sure or not gain.likely else self._compared(other, 2)

    def _compared(self, other: Trial, draws: int) -> Gain:
        own, others = (np.concatenate([t._fitted(d).losses for d in range(draws)]) for t in (self, other))
        differences = (others - own) / max(float(others.mean()), 1e-12)
        return Gain(float(differences.mean()), float(differences.std(ddof=1) / len(differences) ** 0.5))

    def _fitted(self, draw: int) -> _Fitted:
        """The trees of one draw of the folds, fitted once."""
        if draw not in self._known:
            self._known[draw] = _fit(self, draw)
        return self._known[draw]


@dataclass(frozen=True)
class _Fitted:
    """The folds' losses, predictions of all rows by trees that have not seen them, and the columns' shares of gain."""

    losses: np.ndarray
    predicted: np.ndarray
    gains: np.ndarray


def _fit(trial: Trial, draw: int) -> _Fitted:
    import lightgbm

    matrix = np.stack([np.clip(values, -LARGEST, LARGEST) for values in trial.columns.values()], axis=1)
    matrix = matrix.astype(np.float32)
    classes = int(trial.y.max()) + 1 if trial.task == "multiclass" else 1
    params = _PARAMS | {"objective": trial.task, "num_threads": cores()}
    params |= {"num_class": classes} if classes > 1 else {}
    losses, gains = [], np.zeros(matrix.shape[1])
    predicted = np.zeros((len(matrix), classes) if classes > 1 else len(matrix))
    for train, valid in _folds(trial.y, trial.task, draw):
        data = lightgbm.Dataset(matrix[train], trial.y[train])
        held = lightgbm.Dataset(matrix[valid], trial.y[valid], reference=data)
        stop = lightgbm.early_stopping(PATIENCE, verbose=False)
        rounds = max(LEAST_ROUNDS, ROUNDS // classes)
        booster = lightgbm.train(params, data, rounds, valid_sets=[held], callbacks=[stop])
        losses.append(next(iter(booster.best_score["valid_0"].values())))
        predicted[valid] = booster.predict(matrix[valid], num_iteration=booster.best_iteration)
        gains += booster.feature_importance(importance_type="gain")
    return _Fitted(np.array(losses), predicted, gains / max(float(gains.sum()), 1e-12))


@dataclass(frozen=True)
class Gain:
    """A share of the loss, and its standard error over the folds."""

    mean: float
    se: float

    @property
    def sure(self) -> bool:
        """Whether it is more than chance would give."""
        return self.mean >= LEAST_GAIN and self.mean > SURE * self.se

    @property
    def likely(self) -> bool:
        """Whether it is worth a second look."""
        return self.mean >= LEAST_GAIN and self.mean > LIKELY * self.se

    def __str__(self) -> str:
        return f"{100 * self.mean:.1f} ± {100 * self.se:.1f} %"


_PARAMS = {
    "learning_rate": 0.1,
    "num_leaves": 15,
    "feature_fraction": 0.7,
    "verbosity": -1,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
}


def _folds(y: np.ndarray, task: Task, draw: int) -> Sequence[tuple[np.ndarray, np.ndarray]]:
    from sklearn.model_selection import KFold, StratifiedKFold

    kind = KFold if task == "regression" else StratifiedKFold
    return list(kind(FOLDS, shuffle=True, random_state=1 + draw).split(y[:, None], y))
