"""The second pick: of what scores within one standard error of the best, what errs least like the first.

A competition that lets two submissions count rewards two that are good and not the same: where the first is unlucky
on the hidden rows, the second need not be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.decisions import Decision
from pipeline.declaration.specs import EnsembleSpec
from pipeline.ensembles import Problem
from pipeline.ensembles._contest import Entry, Field, standard_error
from pipeline.ensembles._diversity import errors
from pipeline.ensembles._factor import factored
from pipeline.metrics import FoldScores

ALIKE = 0.9999


@dataclass(frozen=True)
class Pick:
    """A second choice.

    Parameters
    ----------
    name : str
        A candidate's name, or a member's own.
    nested : float array of shape (n,) or (n, classes)
        Its nested predictions, or the member's out-of-fold ones.
    scores : FoldScores
        Their scores.
    decision : Decision
        The factor that its test rows get, where one is kept.
    correlation : float
        Of its errors with the first pick's.
    """

    name: str
    nested: np.ndarray
    scores: FoldScores
    decision: Decision
    correlation: float


def second_pick(spec: EnsembleSpec, field: Field, entries: list[Entry], first: Entry) -> Pick | None:
    """The most different candidate or member within one standard error; None where there is nothing but the like."""
    outer = np.where(field.usable, field.outer, -1)
    pool = {entry.name: (entry.nested, entry.scores, entry.decision) for entry in entries}
    for name, oof in field.oof.items():
        found = factored(spec, field.y, oof, outer)
        pool[name] = (found.prediction, found.scores, found.decision)
    scores = np.array([own.scores for _, own, _ in pool.values()]) * (1 if spec.metric.greater_is_better else -1)
    behind = scores[scores.mean(axis=1).argmax()] - scores
    near = behind.mean(axis=1) <= standard_error(behind) * (1 + 1e-9)
    picks = [
        Pick(name, nested, own, decision, _alike(spec, field, first.nested, nested))
        for (name, (nested, own, decision)), close in zip(pool.items(), near, strict=True)
        if close and name != first.name
    ]
    picks = [pick for pick in picks if pick.correlation < ALIKE]
    return min(picks, key=lambda pick: pick.correlation) if picks else None


def _alike(spec: EnsembleSpec, field: Field, first: np.ndarray, second: np.ndarray) -> float:
    problem, rows = Problem(spec.metric, spec.task, spec.seed, spec.ensemble), field.usable
    a, b = (errors(problem, field.y[rows], p[rows]) for p in (first, second))
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / max(np.sqrt((a**2).sum() * (b**2).sum()), 1e-300))
