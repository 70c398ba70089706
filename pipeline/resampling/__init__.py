"""Balancing a fold's training classes: the records, and the arithmetic of class counts and weights.

``samplers`` makes and drops rows through imbalanced-learn; ``space`` is where it looks for neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.core.errors import PodiumError

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.dataset import Kind

DROPPING = ("smote_tomek", "smote_enn", "random_under")


@dataclass(frozen=True)
class Part:
    """The training rows of one fold, or of the full table.

    Parameters
    ----------
    competition, name : str
        The competition and the fold, for errors.
    frame : DataFrame of n rows
        The features, without ``row_id``.
    kinds : mapping of str to {"numeric", "categorical", "key"}
        What each column is.
    y : int array of shape (n,)
        Class codes.
    labels : sequence
        The classes' labels by code, for errors.
    seed : int
        The only source of randomness.
    """

    competition: str
    name: str
    frame: pd.DataFrame
    kinds: Mapping[str, Kind]
    y: np.ndarray
    labels: Sequence[Any]
    seed: int

    def named(self, kind: Kind) -> list[str]:
        """The columns of one kind."""
        return [str(name) for name in self.frame if self.kinds[str(name)] == kind]

    def counts(self) -> dict[int, int]:
        """The rows of each class that has any, by code."""
        codes, counts = np.unique(self.y, return_counts=True)
        return {int(code): int(count) for code, count in zip(codes, counts, strict=True)}

    def refused(self, key: str, allowed: str, got: str = "", step: str = "") -> PodiumError:
        """An error about this part, to be raised."""
        where = "the full training table" if self.name == "full" else f"fold {self.name}"
        return PodiumError(self.competition, f"oversample.{key}", allowed, got=got, where=where, step=step)


@dataclass(frozen=True)
class Resampled:
    """What a sampler made of one part.

    Parameters
    ----------
    rows : DataFrame of m rows
        The synthetic rows only, with the part's columns and types.
    y : int array of shape (m,)
        Their class codes.
    dropped : int array
        Positions, within the part, of the real rows that the sampler took out.
    """

    rows: pd.DataFrame
    y: np.ndarray
    dropped: np.ndarray


def grown(counts: Mapping[int, int], ratio: float) -> dict[int, int]:
    """Class counts after over-sampling: each class at least ``ratio`` times the largest.

    >>> grown({0: 100, 1: 10}, 0.5)
    {0: 100, 1: 50}
    """
    most = max(counts.values())
    return {code: max(count, round(ratio * most)) for code, count in counts.items()}


def shrunk(counts: Mapping[int, int], ratio: float) -> dict[int, int]:
    """Class counts after under-sampling: each class at most the smallest one over ``ratio``.

    >>> shrunk({0: 100, 1: 10}, 0.5)
    {0: 20, 1: 10}
    """
    least = min(counts.values())
    return {code: min(count, round(least / ratio)) for code, count in counts.items()}


def class_weights(counts: Mapping[int, int], ratio: float) -> dict[int, float]:
    """Row weights by class that weigh the classes as over-sampling would count them; their mean over all rows is 1.

    With a ratio of 1 this is scikit-learn's ``class_weight="balanced"``.

    >>> class_weights({0: 75, 1: 25}, 1.0)
    {0: 0.6666666666666666, 1: 2.0}
    """
    wanted = grown(counts, ratio)
    scale = sum(counts.values()) / sum(wanted.values())
    return {code: scale * wanted[code] / count for code, count in counts.items()}
