"""Numeric columns: impute and scale, or hand through."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from pipeline.models import Wants

FEWEST_QUANTILES, MOST_QUANTILES, ROWS_A_QUANTILE = 10, 1000, 30


@dataclass(frozen=True)
class Numbers:
    """Fitted imputing and scaling of the columns of one float32 matrix. Infinite values count as missing.

    Parameters
    ----------
    fill : float64 array of shape (columns,) or None
        What stands for a missing value, on the raw scale; None hands missing values through.
    centre, spread : float64 arrays of shape (columns,) or None
        For standard scaling.
    low, high : float64 arrays of shape (columns,) or None
        What a column is held to on the standard scale, where that is declared.
    curves : tuple of two float64 arrays for each column, or None
        For quantile scaling: points of the map from a value to the normal deviate of its rank.
    """

    fill: np.ndarray | None = None
    centre: np.ndarray | None = None
    spread: np.ndarray | None = None
    curves: tuple[tuple[np.ndarray, np.ndarray], ...] | None = None
    low: np.ndarray | None = None
    high: np.ndarray | None = None

    @classmethod
    def fit(cls, matrix: np.ndarray, wants: Wants, impute: str, clip: float | None = None) -> Numbers:
        """Take medians or means, and scales, over what is observed; a column with nothing observed is 0 throughout.

        Parameters
        ----------
        matrix : float32 array of shape (n, columns)
        wants : Wants
            The model's card says whether it eats missing values, and which scale.
        impute : {"median", "mean"}
        clip : float or None
            Standard scales are held to so many deviations, and to what these rows reach.
        """
        if wants.missing and wants.scale == "none":
            return cls()
        middle = np.median if impute == "median" else np.mean
        fill, centre, spread, reach, curves = [], [], [], [], []
        for column in range(matrix.shape[1]):
            values = _observed(matrix[:, column])
            fill.append(middle(values))
            if wants.scale == "standard":
                centre.append(values.mean())
                spread.append(_spread(values))
                reach.append((values.min(), values.max()))
            elif wants.scale == "quantile":
                curves.append(_curve(values))
        known = None if wants.missing else np.array(fill, dtype=np.float64)
        if wants.scale == "standard":
            scaling = np.array(centre, dtype=np.float64), np.array(spread, dtype=np.float64)
            if clip is None:
                return cls(known, *scaling)
            low, high = (np.array(reach, dtype=np.float64).reshape(-1, 2).T - scaling[0]) / scaling[1]
            return cls(known, *scaling, low=np.maximum(low, -clip), high=np.minimum(high, clip))
        return cls(known, curves=tuple(curves) if wants.scale == "quantile" else None)

    def transform(self, matrix: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
        """The same columns, imputed and scaled: float32 of shape (n, columns).

        Parameters
        ----------
        matrix : float32 array of shape (n, columns)
        out : float32 array of shape (n, columns) or None
            Where to write, the matrix itself where it is not needed any more: a large table then stands once.
        """
        out = np.empty_like(matrix, dtype=np.float32) if out is None else out
        for column in range(matrix.shape[1]):
            values = matrix[:, column]
            finite = np.where(np.isfinite(values), values, np.float32(np.nan)).astype(np.float32, copy=False)
            out[:, column] = self._scaled(self._filled(finite, column), column)
        return out

    def _filled(self, values: np.ndarray, column: int) -> np.ndarray:
        return values if self.fill is None else np.where(np.isnan(values), self.fill[column], values)

    def _scaled(self, values: np.ndarray, column: int) -> np.ndarray:
        if self.centre is not None and self.spread is not None:
            scaled = (values.astype(np.float64) - self.centre[column]) / self.spread[column]
            if self.low is None or self.high is None:
                return scaled
            return np.clip(scaled, self.low[column], self.high[column])  # a missing value stays one
        if self.curves is None:
            return values
        return np.where(np.isnan(values), np.nan, np.interp(values, *self.curves[column]))

    def to_state(self) -> dict[str, Any]:
        """The fitted numbers as JSON."""
        state: dict[str, Any] = {
            name: None if getattr(self, name) is None else getattr(self, name).tolist()
            for name in ("fill", "centre", "spread", "low", "high")
        }
        curves = None if self.curves is None else [[x.tolist(), z.tolist()] for x, z in self.curves]
        return {**state, "curves": curves}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Numbers:
        """The fitted numbers from JSON."""
        fill, centre, spread, low, high = (
            None if state.get(name) is None else np.asarray(state[name], dtype=np.float64)
            for name in ("fill", "centre", "spread", "low", "high")
        )
        curves = state["curves"]
        pairs = None if curves is None else tuple((np.asarray(x), np.asarray(z)) for x, z in curves)
        return cls(fill, centre, spread, pairs, low, high)


def _observed(values: np.ndarray) -> np.ndarray:
    found = values[np.isfinite(values)].astype(np.float64)
    return found if len(found) else np.zeros(1)


def _spread(values: np.ndarray) -> float:
    spread = float(values.std())
    return spread if spread > 1e-12 * max(1.0, float(np.abs(values).max())) else 1.0


def _curve(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points (value, normal deviate of its rank) at evenly spread ranks; values that tie share their mean deviate."""
    points = int(np.clip(len(values) // ROWS_A_QUANTILE, FEWEST_QUANTILES, MOST_QUANTILES))
    ranks = (np.arange(points) + 0.5) / points
    deviates = np.array([NormalDist().inv_cdf(rank) for rank in ranks])
    x, place = np.unique(np.quantile(values, ranks), return_inverse=True)
    return x, np.bincount(place, weights=deviates) / np.bincount(place)
