"""The rows that one fold's model is fitted on: real, synthetic and pseudo-labelled ones, and how much each counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.fitting.cuts import Resampled
from pipeline.fitting.weights import product
from pipeline.preprocess import Preprocessor


@dataclass(frozen=True)
class RealRows:
    """A fold's training rows.

    Parameters
    ----------
    positions : int array of shape (n,)
        Their positions in the training table.
    y : array of shape (n,)
        Class codes, or the transformed target of a regression.
    frame : DataFrame of n rows or None
        Their features, where synthetic rows are made beside them: a large table is not held twice for nothing.
    X : DataFrame of n rows
        Their features as the model eats them.
    weight : float64 array of shape (n,) or None
        How much each of them counts, of mean 1; None where all count the same.
    """

    positions: np.ndarray
    y: np.ndarray
    frame: pd.DataFrame | None
    X: pd.DataFrame
    weight: np.ndarray | None = None


@dataclass(frozen=True)
class Labelled:
    """Test rows that a teacher has labelled, to be fitted on beside a fold's training rows.

    Parameters
    ----------
    frame : DataFrame of m rows
        Their features; a test row stands there once for each class that its soft label has a part of.
    y : array of shape (m,)
        Class codes, or the transformed target of a regression.
    weight : float64 array of shape (m,)
        How much each of them counts beside a mean training row.
    rows : int
        How many different test rows there are.
    """

    frame: pd.DataFrame
    y: np.ndarray
    weight: np.ndarray
    rows: int


@dataclass(frozen=True)
class Training:
    """Real rows, those of them that are kept, and the synthetic or pseudo-labelled rows beside them.

    Parameters
    ----------
    real : RealRows
        The fold's training rows.
    kept : bool array of shape (n,)
        Which of them under-sampling keeps.
    made, made_X : DataFrame of m rows or None
        Synthetic or pseudo-labelled rows: as features, and as the model eats them.
    made_y : array of shape (m,)
        Their class codes; of pseudo-labelled rows also the transformed target of a regression.
    made_weight : float64 array of shape (m,) or None
        How much each of them counts; None where they count as the mean row does.
    weights : mapping of int to float
        Row weights by class code, or none at all.
    """

    real: RealRows
    kept: np.ndarray
    made: pd.DataFrame | None
    made_X: pd.DataFrame | None
    made_y: np.ndarray
    weights: Mapping[int, float]
    made_weight: np.ndarray | None = None

    @classmethod
    def of(cls, real: RealRows, resampled: Resampled | None, preprocessor: Preprocessor) -> Training:
        """Put what resampling made beside the real rows."""
        resampled = resampled or Resampled()
        kept = ~np.isin(real.positions, resampled.dropped)
        made = made_X = None
        made_y = resampled.made_target.astype(real.y.dtype)
        if resampled.made is not None:
            made = resampled.made.reindex(columns=list(preprocessor.kinds))
            made_X = preprocessor.transform_synthetic(made, made_y)
        return cls(real, kept, made, made_X, made_y, resampled.weights)

    @classmethod
    def beside(cls, real: RealRows, labelled: Labelled, preprocessor: Preprocessor) -> Training:
        """Put pseudo-labelled rows beside the real rows."""
        frame = labelled.frame.reindex(columns=list(preprocessor.kinds))
        every, X = np.ones(len(real.y), dtype=bool), preprocessor.transform(frame)
        return cls(real, every, frame, X, labelled.y.astype(real.y.dtype), {}, labelled.weight)

    @property
    def all_y(self) -> np.ndarray:
        """The target of all rows, those to stop on among them."""
        return np.concatenate([self.real.y[self.kept], self.made_y])

    def weight(self, y: np.ndarray) -> np.ndarray | None:
        """Row weights by class, float64 of shape (n,), or None where all rows count the same."""
        if not self.weights:
            return None
        table = np.ones(max(self.weights) + 1)
        table[list(self.weights)] = list(self.weights.values())
        return table[y.astype(int)]

    def weight_of_rows(self, stopping: np.ndarray | None, y: np.ndarray) -> np.ndarray | None:
        """The weights of what ``rows`` gives, by class and by row.

        Parameters
        ----------
        stopping : bool array of shape (n,) or None
        y : array of shape (rows,)
            Their target, as ``rows`` gives it.
        """
        own, made = self.real.weight, self.made_weight
        if own is None and made is None:
            return self.weight(y)
        kept = self.kept if stopping is None else self.kept & ~stopping
        ours = np.ones(int(kept.sum())) if own is None else own[kept]
        theirs = np.ones(len(y) - len(ours)) if made is None else made[self._new(stopping)]
        return product(self.weight(y), np.concatenate([ours, theirs]))

    def rows(self, stopping: np.ndarray | None) -> tuple[pd.DataFrame, np.ndarray]:
        """The rows to fit on: all but the stopping rows (bool of shape (n,)) and synthetic rows that repeat one."""
        real = self.kept if stopping is None else self.kept & ~stopping
        X, y = (self.real.X, self.real.y) if real.all() else (self.real.X[real], self.real.y[real])
        if self.made is None or self.made_X is None:
            return X, y
        new = self._new(stopping)
        return pd.concat([X, self.made_X[new]], ignore_index=True), np.concatenate([y, self.made_y[new]])

    def _new(self, stopping: np.ndarray | None) -> np.ndarray:
        """Which of the rows that were made are fitted on: those that repeat no stopping row."""
        if stopping is None or self.made is None or self.real.frame is None:
            return np.ones(len(self.made_y), dtype=bool)
        return ~np.isin(_hashes(self.made), _hashes(self.real.frame[stopping]))


def _hashes(frame: pd.DataFrame) -> np.ndarray:
    return pd.util.hash_pandas_object(frame, index=False).to_numpy()
