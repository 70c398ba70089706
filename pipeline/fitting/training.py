"""The rows that one fold's model is fitted on: real ones, synthetic ones, and how much each counts."""

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
    frame : DataFrame of n rows
        Their features.
    X : DataFrame of n rows
        Their features as the model eats them.
    weight : float64 array of shape (n,) or None
        How much each of them counts, of mean 1; None where all count the same.
    """

    positions: np.ndarray
    y: np.ndarray
    frame: pd.DataFrame
    X: pd.DataFrame
    weight: np.ndarray | None = None


@dataclass(frozen=True)
class Training:
    """Real rows, those of them that are kept, and the synthetic rows beside them.

    Parameters
    ----------
    real : RealRows
        The fold's training rows.
    kept : bool array of shape (n,)
        Which of them under-sampling keeps.
    made, made_X : DataFrame of m rows or None
        Synthetic rows: as features, and as the model eats them.
    made_y : array of shape (m,)
        Their class codes.
    weights : mapping of int to float
        Row weights by class code, or none at all.
    """

    real: RealRows
    kept: np.ndarray
    made: pd.DataFrame | None
    made_X: pd.DataFrame | None
    made_y: np.ndarray
    weights: Mapping[int, float]

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
        """The weights of what ``rows`` gives, by class and by row: synthetic rows count as the mean row does.

        Parameters
        ----------
        stopping : bool array of shape (n,) or None
        y : array of shape (rows,)
            Their target, as ``rows`` gives it.
        """
        own = self.real.weight
        if own is None:
            return self.weight(y)
        kept = self.kept if stopping is None else self.kept & ~stopping
        return product(self.weight(y), np.concatenate([own[kept], np.ones(len(y) - int(kept.sum()))]))

    def rows(self, stopping: np.ndarray | None) -> tuple[pd.DataFrame, np.ndarray]:
        """The rows to fit on: all but the stopping rows (bool of shape (n,)) and synthetic rows that repeat one."""
        real = self.kept if stopping is None else self.kept & ~stopping
        X, y = (self.real.X, self.real.y) if real.all() else (self.real.X[real], self.real.y[real])
        if self.made is None or self.made_X is None:
            return X, y
        new = np.ones(len(self.made_y), dtype=bool)
        if stopping is not None:
            new = ~np.isin(_hashes(self.made), _hashes(self.real.frame[stopping]))
        return pd.concat([X, self.made_X[new]], ignore_index=True), np.concatenate([y, self.made_y[new]])


def _hashes(frame: pd.DataFrame) -> np.ndarray:
    return pd.util.hash_pandas_object(frame, index=False).to_numpy()
