"""Calibration: probabilities put where the rows they were given to turn out to be.

A map is fitted on out-of-fold probabilities, and each fold's rows get the map of the other folds, so that a log loss
that is printed after it is as honest as one before.

References
----------
Platt, "Probabilistic outputs for support vector machines", 1999. Zadrozny and Elkan, KDD 2002 (isotonic). Kull, Silva
Filho and Flach, "Beta calibration", AISTATS 2017. Guo, Pleiss, Sun and Weinberger, ICML 2017 (temperature).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Kind = Literal["none", "temperature", "platt", "beta", "isotonic"]
KINDS: tuple[Kind, ...] = ("temperature", "platt", "beta", "isotonic")
RIDGE = 1.0
MOST_KNOTS = 200
MOST_ROWS = 200_000


@dataclass(frozen=True)
class Calibration:
    """A fitted map of probabilities.

    Parameters
    ----------
    kind : {"none", "temperature", "platt", "beta", "isotonic"}
        ``temperature`` multiplies all logarithms by one number; ``platt`` gives each class a slope and an offset on its
        logit; ``beta`` slopes of its own to log p and to log(1 - p); ``isotonic`` is any rising line, through knots.
    values : tuple of tuples of float
        A tuple a class (one for two classes): the slopes and the offset; for ``isotonic`` the knots' probabilities, and
        then as many calibrated ones.
    least : float
        The least probability that is given out or taken in.

    Examples
    --------
    >>> Calibration("temperature", ((0.5,),)).apply(np.array([0.9, 0.5])).round(2)
    array([0.75, 0.5 ])
    """

    kind: Kind = "none"
    values: tuple[tuple[float, ...], ...] = ()
    least: float = 1e-9

    def apply(self, p: np.ndarray) -> np.ndarray:
        """Calibrated probabilities of shape (n,), or (n, classes) that sum to 1."""
        if self.kind == "none":
            return p
        whole = p if p.ndim > 1 else p[:, None]
        if self.kind == "temperature" and p.ndim > 1:
            powers = np.clip(p, self.least, 1.0) ** self.values[0][0]
            return powers / powers.sum(axis=1, keepdims=True)
        mapped = np.stack([self._one(whole[:, k], own) for k, own in enumerate(self.values)], axis=1)
        mapped = np.clip(mapped, self.least, 1 - self.least)
        return mapped[:, 0] if p.ndim == 1 else mapped / mapped.sum(axis=1, keepdims=True)

    def _one(self, p: np.ndarray, own: tuple[float, ...]) -> np.ndarray:
        if self.kind == "isotonic":
            half = len(own) // 2
            return np.interp(p, own[:half], own[half:])
        logits: np.ndarray = _columns(self.kind, p, self.least) @ np.asarray(own)
        return 1 / (1 + np.exp(-np.clip(logits, -500, 500)))

    def to_json(self) -> dict[str, Any]:
        """The map for ``weights.json``."""
        return {"kind": self.kind, "values": [list(own) for own in self.values], "least": self.least}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Calibration:
        """The map as ``to_json`` wrote it."""
        return cls(content["kind"], tuple(tuple(map(float, own)) for own in content["values"]), content["least"])


def fit_calibration(kind: Kind, y: np.ndarray, p: np.ndarray) -> Calibration:
    """Fit a map; beyond 200 000 rows, on as many that are evenly spread.

    With three classes or more all kinds but the temperature look at each class against the rest.

    Parameters
    ----------
    y : int array of shape (n,)
        Class codes.
    p : float array of shape (n,) or (n, classes)
        Probabilities of rows that their models have not seen.
    """
    if kind == "none" or len(y) == 0:
        return Calibration()
    step = max(len(y) // MOST_ROWS, 1)
    y, p = y[::step], p[::step]
    least = 1 / (len(y) + 2)
    if kind == "temperature" and p.ndim > 1:
        return Calibration(kind, ((_temperature(y, p, least),),), least)
    targets = [y == 1] if p.ndim == 1 else [y == k for k in range(p.shape[1])]
    columns = [p] if p.ndim == 1 else list(p.T)
    fit = _isotonic if kind == "isotonic" else _logistic
    return Calibration(kind, tuple(fit(kind, t, c, least) for t, c in zip(targets, columns, strict=True)), least)


def nested_calibration(kind: Kind, y: np.ndarray, p: np.ndarray, outer: np.ndarray) -> np.ndarray:
    """Each fold's probabilities by the map of the other folds; rows of no fold (-1) stay as they are."""
    found = p.copy()
    for fold in np.unique(outer[outer >= 0]):
        others = (outer >= 0) & (outer != fold)
        found[outer == fold] = fit_calibration(kind, y[others], p[others]).apply(p[outer == fold])
    return found


def _columns(kind: str, p: np.ndarray, least: float) -> np.ndarray:
    """What the slopes are for, of shape (n, slopes)."""
    inside = np.clip(p, least, 1 - least)
    yes, no, one = np.log(inside), np.log1p(-inside), np.ones(len(p))
    if kind == "temperature":
        return (yes - no)[:, None]
    return np.stack([yes - no, one] if kind == "platt" else [yes, -no, one], axis=1)


def _logistic(kind: str, hit: np.ndarray, p: np.ndarray, least: float) -> tuple[float, ...]:
    """Slopes that do not fall, and an offset, held near no change by a ridge worth a row or so."""
    from scipy.optimize import minimize

    x, sign = _columns(kind, p, least), np.where(hit, 1.0, -1.0)
    start = np.ones(x.shape[1])
    start[1 if kind == "platt" else 2 :] = 0.0

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (x @ point)
        value = np.logaddexp(0, -margin).sum() + RIDGE / 2 * ((point - start) ** 2).sum()
        slope = -(x.T @ (sign / (1 + np.exp(np.clip(margin, -500, 500))))) + RIDGE * (point - start)
        return float(value) / len(p), slope / len(p)

    bounds = [(0.0, None) if one else (None, None) for one in start]
    return tuple(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x.tolist())


def _temperature(y: np.ndarray, p: np.ndarray, least: float) -> float:
    from scipy.optimize import minimize_scalar

    logs = np.log(np.clip(p, least, 1.0))

    def loss(power: float) -> float:
        logits = power * logs
        top = logits.max(axis=1)
        total = np.log(np.exp(logits - top[:, None]).sum(axis=1)) + top
        return float((total - logits[np.arange(len(y)), y]).mean()) + RIDGE / 2 * (power - 1) ** 2 / len(y)

    return float(minimize_scalar(loss, bounds=(0.1, 10.0), method="bounded", options={"xatol": 1e-6}).x)


def _isotonic(kind: str, hit: np.ndarray, p: np.ndarray, least: float) -> tuple[float, ...]:
    """Knots at the middles of the rising steps: between them a line, so that few ties are made."""
    from scipy.optimize import isotonic_regression

    order = np.argsort(p, kind="stable")
    steps = isotonic_regression(hit[order].astype(np.float64))
    ends = np.asarray(steps.blocks, dtype=np.int64)
    sizes = np.diff(ends)
    where = np.add.reduceat(p[order], ends[:-1]) / sizes
    level = (np.add.reduceat(hit[order].astype(np.float64), ends[:-1]) + least) / (sizes + 2 * least)
    if len(where) > MOST_KNOTS:
        kept = np.unique(np.linspace(0, len(where) - 1, MOST_KNOTS).astype(np.int64))
        where, level = where[kept], level[kept]
    return (*where.tolist(), *np.maximum.accumulate(level).tolist())
