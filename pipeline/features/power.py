"""Skewed columns made symmetric by a fitted exponent.

Source: Box and Cox (1964), An analysis of transformations; Yeo and Johnson (2000), A new family of power
transformations to improve normality or symmetry; scikit-learn's ``PowerTransformer``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.numeric import Power
from pipeline.features.builder import Builder, Made, Need, Roles, as_floats, columns_of

_FITTED_ROWS = 100_000


@dataclass
class Powers(Builder):
    """Skewed columns replaced by their power transform of mean 0 and variance 1.

    The exponent is found on at most 100,000 rows, evenly spread over the fitted ones.

    Parameters
    ----------
    declared : Power
        As declared.

    ``state``: column to (exponent, mean, standard deviation, least fitted value).
    """

    declared: Power
    name: ClassVar[str] = "power"
    replaces: ClassVar[bool] = True

    def needs(self) -> Iterator[Need]:
        """The columns that are named."""
        yield Need("power.columns", self.declared.columns or [], "number")

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Find the skewed columns and their exponents."""
        columns = self.declared.columns
        for column in columns_of(frame, roles, "numeric") if columns is None else columns:
            values = as_floats(frame[column].dropna())
            positive = self.declared.method != "box-cox" or (len(values) and values.min() > 0)
            if positive and len(np.unique(values)) > 2 and abs(_skewness(values)) > self.declared.above:
                self.state[column] = self._fitted(values[:: max(1, len(values) // _FITTED_ROWS)], values.min())

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """The columns under their own names; to Box-Cox a value that is not positive is the least fitted one."""
        for column, (exponent, mean, deviation, least) in self.state.items():
            values = as_floats(frame[column])
            if self.declared.method == "box-cox":
                values = np.where(values <= 0, least, values)
            yield Made(column, (_bent(values, exponent, self.declared.method) - mean) / deviation, column)

    def _fitted(self, values: np.ndarray, least: float) -> tuple[float, float, float, float]:
        from sklearn.preprocessing import PowerTransformer

        transformer = PowerTransformer(method=self.declared.method, standardize=False).fit(values[:, None])
        exponent = float(transformer.lambdas_[0])
        bent = _bent(values, exponent, self.declared.method)
        return exponent, float(bent.mean()), float(bent.std()) or 1.0, float(least)


def _bent(values: np.ndarray, exponent: float, method: str) -> np.ndarray:
    """The transform itself, as its authors write it."""
    if method == "box-cox":
        return _box_cox(values, exponent)
    up, down = _box_cox(1 + np.maximum(values, 0), exponent), _box_cox(1 - np.minimum(values, 0), 2 - exponent)
    return np.where(values >= 0, up, -down)


def _box_cox(values: np.ndarray, exponent: float) -> np.ndarray:
    logarithms = np.log(values)
    return logarithms if abs(exponent) < 1e-12 else np.expm1(exponent * logarithms) / exponent


def _skewness(values: np.ndarray) -> float:
    return float(pd.DataFrame({"x": values}).skew().iloc[0])
