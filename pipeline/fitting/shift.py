"""What training rows count where the test file was drawn otherwise: weights from adversarial validation.

A row counts by how much denser the test rows lie around it than the training rows: the odds that boosted trees take it
for a test row, over those of a row drawn from both files. The trees are cross-fitted over five folds, so that no row is
judged by trees that have seen it, and they see the features of both files and never the target.

Sources: Shimodaira (2000), Improving predictive inference under covariate shift by weighting the log-likelihood
function; Bickel, Brückner, Scheffer (2009), Discriminative learning under covariate shift, for the classifier; Kish
(1965), Survey sampling, for the effective number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.auditing.adversarial import FOLDS, LEAST_ROWS, ROWS_AT_MOST, as_matrix, boosted_apart, side_folds
from pipeline.auditing.ranks import area_under_roc
from pipeline.core.errors import PodiumError, nearest
from pipeline.dataset import Dataset
from pipeline.declaration.specs import ModelSpec, ShiftPlan

SURE = 1e-6
LEAST_EFFECTIVE = 0.05


@dataclass(frozen=True)
class Weighting:
    """The weights of all training rows, and what they come from.

    Parameters
    ----------
    weight : float64 array of shape (n,)
        Of mean 1; all 1 where nothing tells the files apart.
    auc, se : float
        How well the trees tell test rows from training rows, out of fold, and the standard error over the folds.
    clipped : float
        The share of rows that count as much as the clip allows.
    leading : tuple of str
        The features that tell most, the first one first.
    """

    weight: np.ndarray
    auc: float
    se: float
    clipped: float
    leading: tuple[str, ...]

    @property
    def effective(self) -> float:
        """The share of rows that would say as much if all counted the same, in (0, 1]."""
        return float(self.weight.sum() ** 2 / (len(self.weight) * (self.weight**2).sum()))

    def told(self) -> str:
        """What a user should read of it."""
        apart = f"test rows are told from training rows with an AUC of {self.auc:.3f} ± {self.se:.3f}"
        if self.clipped == 0 and (self.weight == 1).all():
            return f"{apart}, as good as not at all: every row counts the same"
        return f"{apart}; weighted against that, {self.effective:.0%} of the rows are left in effect"

    def to_json(self) -> dict[str, Any]:
        """What a record keeps of it."""
        facts = {"auc": self.auc, "se": self.se, "effective": self.effective, "clipped": self.clipped}
        return {**facts, "largest": float(self.weight.max()), "leading": list(self.leading)}


def weigh_shift(spec: ModelSpec, dataset: Dataset) -> Weighting | None:
    """The declared weights against a shift between the files; None where none are declared.

    Where the AUC lies within two standard errors of 0.5, nothing tells the files apart and every row counts the same:
    the weights would be noise.

    Raises
    ------
    PodiumError
        Where a column that is left out is none, a file has fewer than ten rows, or the files differ so much that less
        than 5 % of the rows would be left in effect.
    """
    if spec.shift is None:
        return None
    kinds = _kinds(spec, spec.shift, dataset)
    if min(len(dataset.train), len(dataset.test)) < LEAST_ROWS:
        got = f"{len(dataset.train)} and {len(dataset.test)}"
        raise _error(spec, f"needs at least {LEAST_ROWS} training rows and as many test rows", got, "Take it out")
    ratio, areas, gains = _cross_fitted(spec.shift, dataset, kinds)
    auc, se = float(np.mean(areas)), float(np.std(areas, ddof=1) / np.sqrt(FOLDS))
    leading = tuple(np.array(list(kinds))[np.argsort(-gains, kind="stable")[:3]].tolist())
    if auc - 0.5 <= 2 * se:
        return Weighting(np.ones(len(ratio)), auc, se, 0.0, leading)
    clipped = np.minimum(ratio, spec.shift.clip)
    found = Weighting(clipped / clipped.mean(), auc, se, float((ratio > spec.shift.clip).mean()), leading)
    if found.effective < LEAST_EFFECTIVE:
        raise _error(
            spec,
            f"must leave at least {LEAST_EFFECTIVE:.0%} of the training rows in effect",
            f"{found.effective:.1%}: trees tell the files apart with an AUC of {auc:.3f}, most by {leading[0]}",
            f"Write {{leave_out: [{', '.join(leading)}]}}, or lower its clip",
        )
    return found


def _kinds(spec: ModelSpec, plan: ShiftPlan, dataset: Dataset) -> dict[str, str]:
    """The features that the trees see, with their kinds: all but keys and those that are left out."""
    for name in plan.leave_out:
        if name not in dataset.kinds:
            raise PodiumError(
                spec.competition,
                "train.shift_weights.leave_out",
                "must name features",
                got=repr(name),
                step=nearest(name, dataset.kinds),
            )
    kinds = {n: str(kind) for n, kind in dataset.kinds.items() if kind != "key" and n not in plan.leave_out}
    if not kinds:
        raise _error(spec, "must leave a feature for telling the files apart", "none", "Shorten leave_out")
    return kinds


def _cross_fitted(
    plan: ShiftPlan, dataset: Dataset, kinds: dict[str, str]
) -> tuple[np.ndarray, list[float], np.ndarray]:
    """The training rows' density ratios, float64 of shape (n,), the AUC of each fold, and the columns' gains."""
    names, random = list(kinds), np.random.default_rng(plan.seed)
    is_test = np.repeat([False, True], [len(dataset.train), len(dataset.test)])
    matrix = as_matrix(pd.concat([dataset.train[names], dataset.test[names]], ignore_index=True), kinds)
    categorical = [place for place, name in enumerate(names) if kinds[name] != "numeric"]
    folds, ratio = side_folds(is_test, random), np.empty(len(dataset.train))
    areas, gains = [], np.zeros(len(names))
    for fold in range(FOLDS):
        rows, asked = _sample(is_test, folds != fold, random), np.flatnonzero(folds == fold)
        booster = boosted_apart(matrix[rows], is_test[rows], categorical, plan.seed)
        p = np.clip(np.asarray(booster.predict(matrix[asked], num_threads=1)), SURE, 1 - SURE)
        areas.append(area_under_roc(is_test[asked], p))
        gains += np.asarray(booster.feature_importance("gain"), dtype=np.float64)
        ours, odds = ~is_test[asked], (~is_test[rows]).sum() / is_test[rows].sum()
        ratio[asked[ours]] = p[ours] / (1 - p[ours]) * odds
    return ratio, areas, gains


def _sample(is_test: np.ndarray, allowed: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """At most 10,000 rows of each file to fit on, as positions in order."""
    sides = [np.flatnonzero(allowed & (is_test == side)) for side in (False, True)]
    most = ROWS_AT_MOST // 2
    return np.sort(np.concatenate([s if len(s) <= most else random.choice(s, most, replace=False) for s in sides]))


def _error(spec: ModelSpec, allowed: str, got: str, step: str) -> PodiumError:
    return PodiumError(spec.competition, "train.shift_weights", allowed, got=got, step=step)
