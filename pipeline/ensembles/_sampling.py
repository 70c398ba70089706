"""Rows to fit an ensemble on, where all of them would take long and add nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.ensembles import Problem


@dataclass(frozen=True)
class Sample:
    """Rows to fit on, and the weights that make them stand for all.

    Parameters
    ----------
    rows : int array of shape (s,)
        Positions; may repeat.
    weight : float array of shape (s,) or None
        Row weights.
    """

    rows: np.ndarray
    weight: np.ndarray | None = None


def draw(y: np.ndarray, problem: Problem, most: int, rng: np.random.Generator) -> Sample:
    """At most ``most`` rows: evenly from the classes, so that rare ones stay, with weights that undo it."""
    if len(y) <= most:
        return Sample(np.arange(len(y)))
    if problem.objective == "regression":
        return Sample(np.sort(rng.choice(len(y), most, replace=False)))
    classes, counts = np.unique(y, return_counts=True)
    quota = max(most // len(classes), 1)
    parts = [rng.permutation(np.flatnonzero(y == k))[:quota] for k in classes]
    weights = [np.full(len(part), count / len(part)) for part, count in zip(parts, counts, strict=True)]
    return Sample(np.concatenate(parts), np.concatenate(weights))
