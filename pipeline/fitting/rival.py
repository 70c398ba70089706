"""The best member so far: what a model's first folds are held against in a run that has a budget.

A model that errs far more than another has no weight in an ensemble of the two: its other folds and settings would
take the time of models that may have some. ``benchmarks/README.md`` has what members at each distance were worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.tables import read_json, read_table
from pipeline.dataset import Dataset
from pipeline.declaration.metric import Metric
from pipeline.declaration.specs import Share
from pipeline.fitting.allowance import trained_before
from pipeline.fitting.cuts import Cut
from pipeline.fitting.kept import Variant
from pipeline.members import members_arrays
from pipeline.metrics import fold_scores

FIRST_FOLDS = 2


@dataclass(frozen=True)
class Limits:
    """How many times the rival's error a model may have.

    Parameters
    ----------
    first : float
        On its first folds, to be trained on the others.
    settings : float
        With its first setting, for another of them to be tried.
    """

    first: float
    settings: float


LOSS = Limits(1.25, 1.1)
RANKED = Limits(1.6, 1.25)  # 1 less a score: it is small where all models are good, and its ratios are large


@dataclass(frozen=True)
class Rival:
    """The best member that this run has trained.

    Parameters
    ----------
    name : str
        The member.
    oof : array of shape (n,) or (n, classes)
        Its out-of-fold predictions.
    target : array of shape (n,)
        Class codes or values.
    metric : Metric
        The competition's.
    """

    name: str
    oof: np.ndarray
    target: np.ndarray
    metric: Metric

    def lags(self, variant: Variant, cuts: Sequence[Cut], first: bool = False) -> str:
        """How far these finished folds are behind, the first ones or all of a setting; empty where not too far."""
        limits = RANKED if self.metric.greater_is_better else LOSS
        times, most = self.times(variant, cuts), limits.first if first else limits.settings
        shown = f"its first {len(cuts)} folds have" if first else "it has"
        return f"{shown} {times:.2f} times the error of {self.name}" if times > most else ""

    def times(self, variant: Variant, cuts: Sequence[Cut]) -> float:
        """How many times the rival's error these finished folds have; 1 where they cannot be compared."""
        oof, outer = np.full(self.oof.shape, np.nan), np.full(len(self.oof), -1)
        for number, cut in enumerate(cuts):
            if len(cut.fold.valid):
                oof[cut.fold.valid], outer[cut.fold.valid] = variant.result(cut.name).valid, number
        outer[~np.isfinite(self.oof if self.oof.ndim == 1 else self.oof.sum(axis=1))] = -1
        try:
            own, other = (fold_scores(self.metric, self.target, p, outer).mean for p in (oof, self.oof))
        except PodiumError:
            return 1.0
        best = error(self.metric, other)
        return error(self.metric, own) / best if best > 0 else 1.0


def error(metric: Metric, score: float) -> float:
    """A loss as it is, and what a score lacks of 1, the most that any has.

    >>> error(Metric(name="rmse"), 2.0), error(Metric(name="auc"), 0.75)
    (2.0, 0.25)
    """
    return 1.0 - score if metric.greater_is_better else score


def best_so_far(job: Job, dataset: Dataset, share: Share, metric: Metric) -> Rival | None:
    """The best member of the models that this run has trained before this one; None of the first."""
    found = []
    for model in trained_before(job, share):
        scores = read_json(job.path("train", model, "scores.json"))
        found += [(error(metric, known["mean"]), model, member) for member, known in scores.items()]
    if not found:
        return None
    _, model, member = min(found)
    oof = members_arrays(read_table(job.path("train", model, "oof.parquet")))[member]
    return Rival(member, oof, dataset.target, metric)
