"""A model's view of a frame: matrices of numbers, codes of categories, and what each column was worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from pipeline.models import Rows

Levels = list[list[Any] | None]


def levels_of(X: pd.DataFrame) -> Levels:
    """Each column's levels, in the order of their codes; None for a numeric column."""
    import pandas as pd

    return [
        X[name].cat.categories.tolist() if isinstance(dtype, pd.CategoricalDtype) else None
        for name, dtype in X.dtypes.items()
    ]


def coded(X: pd.DataFrame, levels: Levels) -> np.ndarray:
    """The frame as numbers, categories as the positions of their levels.

    Parameters
    ----------
    X : DataFrame of shape (n, columns)
        Numeric columns and categories.
    levels : list of (list or None)
        As ``levels_of`` gave them for the rows that were fitted.

    Returns
    -------
    float32 array of shape (n, columns)
        NaN where a value is missing or a level was not there when fitting.
    """
    import numpy as np
    import pandas as pd

    matrix = np.empty(X.shape, dtype=np.float32, order="F")
    for position, known in enumerate(levels):
        column = X.iloc[:, position]
        if known is None:
            matrix[:, position] = column.to_numpy(dtype=np.float32, na_value=np.nan)
        else:
            own = column.cat.categories
            codes = column.cat.codes.to_numpy()
            if own.tolist() != known:
                codes = np.append(pd.Index(known).get_indexer(own), -1)[codes]
            matrix[:, position] = np.where(codes < 0, np.nan, codes)
    return matrix


@dataclass(frozen=True)
class Coded:
    """Rows as ``coded`` has them: a matrix ``X`` of shape (n, columns), targets ``y`` and weights of shape (n,)."""

    X: np.ndarray
    y: np.ndarray
    weight: np.ndarray | None

    @classmethod
    def of(cls, rows: Rows, levels: Levels) -> Coded:
        """The rows; their frame may go then, so that a large table need not stand beside its matrix."""
        return cls(coded(rows.X, levels), rows.y, rows.weight)


def matrix(X: pd.DataFrame, dtype: str = "float32") -> np.ndarray:
    """The frame as a matrix of its own, of shape (n, columns); scikit-learn's trees refuse pandas' read-only views."""
    return X.to_numpy(dtype=dtype, copy=True)


def shares(columns: list[str], values: Iterable[float]) -> dict[str, float]:
    """What each column was worth, as a share of the whole; all zero where nothing was worth anything."""
    worth = [float(value) for value in values]
    total = sum(worth) or 1.0
    return {name: value / total for name, value in zip(columns, worth, strict=True)}


def directions(declared: Mapping[str, str] | None, columns: Iterable[str]) -> list[int]:
    """What each column may do to the prediction: 1 only raise it, -1 only lower it, 0 both.

    A declared column that is not among them was not selected in this fold.
    """
    signs = {"increasing": 1, "decreasing": -1}
    return [signs[declared[name]] if declared and name in declared else 0 for name in columns]


def spread(probability: np.ndarray, codes: np.ndarray, classes: int) -> np.ndarray:
    """Probabilities of all classes, zero for those that the fitted rows did not hold.

    Parameters
    ----------
    probability : array of shape (n, seen)
        Probabilities of the classes seen.
    codes : int array of shape (seen,)
        Their codes.
    classes : int
        The number of classes there are.
    """
    import numpy as np

    if probability.shape[1] == classes:
        return probability
    whole = np.zeros((len(probability), classes), dtype=probability.dtype)
    whole[:, codes.astype(int)] = probability
    return whole
