"""The folds: which rows each fold trains and validates on, fixed once by ``split`` and read by every later stage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.tables import read_table, write_table

UNUSED, TRAIN, VALID = 0, 1, 2


@dataclass(frozen=True)
class Fold:
    """One fold: its name (``r0f0``: repeat 0, fold 0) and the positions of its rows in the training table."""

    name: str
    train: np.ndarray
    valid: np.ndarray


@dataclass(frozen=True)
class Folds:
    """All folds of all repeats.

    Parameters
    ----------
    row_id : int array of shape (n,)
        The training table's rows, in its order.
    marks : mapping of str to int8 array of shape (n,)
        For each fold by name: 1 where a row trains, 2 where it validates, 0 where it does neither (a gap in time).
    group : int array of shape (n,) or None
        Group codes, where the split keeps groups together; inner splits then do so too.
    order : float array of shape (n,) or None
        The time (days for dates), where the split goes forward in time; inner splits then do so too.
    """

    row_id: np.ndarray
    marks: Mapping[str, np.ndarray]
    group: np.ndarray | None = None
    order: np.ndarray | None = None

    @property
    def names(self) -> list[str]:
        """The folds' names, repeat by repeat."""
        return list(self.marks)

    def __iter__(self) -> Iterator[Fold]:
        for name, mark in self.marks.items():
            yield Fold(name, np.flatnonzero(mark == TRAIN), np.flatnonzero(mark == VALID))

    def __len__(self) -> int:
        return len(self.marks)

    @property
    def outer(self) -> np.ndarray:
        """For each row, the number of the fold of repeat 0 that validates it, or -1: what scores are spread over."""
        outer = np.full(len(self.row_id), -1)
        for number, name in enumerate(name for name in self.names if name.startswith("r0")):
            outer[self.marks[name] == VALID] = number
        return outer

    @property
    def hash(self) -> str:
        """What tells these folds from any others: out-of-fold tables of the same hash may be mixed."""
        digest = hashlib.sha256(np.ascontiguousarray(self.row_id, dtype=np.int64).tobytes())
        for name, mark in self.marks.items():
            digest.update(name.encode() + np.ascontiguousarray(mark, dtype=np.int8).tobytes())
        return digest.hexdigest()

    def write(self, path: Path) -> None:
        """Write the folds as one table."""
        frame = pd.DataFrame({"row_id": self.row_id})
        if self.group is not None:
            frame["group"] = self.group
        if self.order is not None:
            frame["order"] = self.order
        write_table(pd.concat([frame, pd.DataFrame(dict(self.marks))], axis=1), path)

    @classmethod
    def read(cls, path: Path) -> Folds:
        """Read the folds that ``split`` wrote."""
        frame = read_table(path)
        own = {name: frame.pop(name).to_numpy() for name in ("row_id", "group", "order") if name in frame}
        return cls(own["row_id"], {str(n): frame[n].to_numpy() for n in frame}, own.get("group"), own.get("order"))


def inner_split(
    folds: Folds, positions: np.ndarray, target: np.ndarray, objective: str, share: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """The split inside a fold's training rows that early stopping uses, so that it never sees the scored fold.

    Folds that go forward in time stop on the latest rows; folds of groups keep groups whole; all others draw from every
    class, or from every part of a regression's target. Each class keeps rows to fit on. Where one time or one group is
    all there is, rows are drawn as if there were neither.

    Parameters
    ----------
    folds : Folds
        The outer folds.
    positions : int array of shape (n,)
        The rows to split, usually a fold's training rows; at least 2.
    target : array of shape (all training rows,)
        Class codes or values, by position.
    objective : {"binary", "multiclass", "regression"}
        Whether the target holds classes.
    share : float in (0, 0.5)
        The share of rows to stop on, kept to as nearly as times and groups allow.
    seed : int
        The only source of randomness.

    Returns
    -------
    fit, stop : int arrays
        Positions to fit on and positions to stop on; disjoint, together ``positions``, each sorted.
    """
    rng = np.random.default_rng(seed)
    y = target[positions]
    strata = np.zeros(len(y), dtype=np.int64) if objective == "regression" else y
    stop = None
    if folds.order is not None:
        stop = _latest(folds.order[positions], strata, share)
    elif folds.group is not None:
        stop = _whole_groups(folds.group[positions], strata, share, rng)
    if stop is None:
        stop = _drawn(y, strata, share, rng)
    return np.sort(positions[~stop]), np.sort(positions[stop])


def spread_sample(target: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """Draw ``size`` positions spread evenly over the target's range: of each class its share, of values every quantile.

    The rows, put in the order of their target, are cut into ``size`` runs, and one row is drawn from each.

    Parameters
    ----------
    target : array of shape (n,)
        Class codes or values.
    size : int in [1, n]
        How many rows to draw.

    Returns
    -------
    int array of shape (size,)
        Positions, sorted.
    """
    ordered = np.lexsort((rng.random(len(target)), target))
    edges = np.linspace(0, len(target), size + 1).astype(np.int64)
    return np.sort(ordered[edges[:-1] + (rng.random(size) * np.diff(edges)).astype(np.int64)])


def _latest(order: np.ndarray, strata: np.ndarray, share: float) -> np.ndarray | None:
    """Mark the rows from some time on, so that each class has earlier rows; None where no time allows that."""
    earliest = max(order[strata == stratum].min() for stratum in np.unique(strata))
    times, counts = np.unique(order, return_counts=True)
    later = counts[::-1].cumsum()[::-1]
    miss = np.where(times > earliest, np.abs(later - share * len(order)), np.inf)
    return order >= times[miss.argmin()] if np.isfinite(miss.min()) else None


def _whole_groups(group: np.ndarray, strata: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray | None:
    """Mark whole groups, the best of ten draws by class shares; None where each takes a class away."""
    _, codes, sizes = np.unique(group, return_inverse=True, return_counts=True)
    classes = np.unique(strata, return_inverse=True)[1]
    per_class = np.bincount(classes)
    best, least = None, np.inf
    for _ in range(10):
        shuffled = rng.permutation(len(sizes))
        fitting = sizes[shuffled].cumsum() <= max(share * len(group), sizes.min())
        stop = np.isin(codes, shuffled[fitting] if fitting.any() else [sizes.argmin()])
        taken = np.bincount(classes[stop], minlength=len(per_class))
        miss = np.abs(taken - share * per_class).sum()
        if (taken < per_class).all() and miss < least:
            best, least = stop, miss
    return best


def _drawn(y: np.ndarray, strata: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Mark rows spread over the target, never the last row of a class."""
    shuffled = rng.permutation(len(y))
    free = np.ones(len(y), dtype=bool)
    free[shuffled[np.unique(strata[shuffled], return_index=True)[1]]] = False
    candidates = np.flatnonzero(free)
    stop = np.zeros(len(y), dtype=bool)
    if len(candidates):
        size = min(max(1, round(share * len(y))), len(candidates))
        stop[candidates[spread_sample(y[candidates], size, rng)]] = True
    return stop
