"""What changes with time, as warnings: each kind of shift asks for something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from pipeline.auditing.finding import Finding
from pipeline.auditing.shift import Shift
from pipeline.declaration.metric import Task

_TOLD_APART = 0.6
_SIGNIFICANT = 0.001
_RELATIVE_CHANGE = 0.1
_RARE = 0.001
_LEAST_LOSS = 0.01
_LATER_SHARE = 0.99


def forward(split: str, dates: Mapping[str, tuple[pd.Series, pd.Series]]) -> Iterator[Finding]:
    """Date columns by which the test rows come after the training rows, while the folds do not go forward in time.

    Parameters
    ----------
    split : str
        The declared kind of split.
    dates : mapping of str to (Series, Series)
        The date columns of train and test.
    """
    if split in ("time", "column"):
        return
    for column, (ours, theirs) in dates.items():
        later = float((theirs.dropna() > ours.max()).mean()) if theirs.notna().any() and ours.notna().any() else 0.0
        if later >= _LATER_SHARE:
            what = f"{later:.0%} of the test rows are later than every training row ({ours.max()})"
            advice = f"Fold as the test file was made: split: {{kind: time, time: {column}}}"
            yield Finding("forward", column, what, advice)


def shifts(shift: Shift | None, target: np.ndarray, task: Task) -> Iterator[Finding]:
    """Covariate, label and concept shift between the periods of the training rows."""
    if shift is None:
        return
    apart = shift.covariate
    if apart is not None and apart.auc - 2 * apart.se > _TOLD_APART:
        column, share = next(iter(apart.shares.items()))
        what = f"the last period's rows are told from earlier ones with an AUC of {apart.auc:.3f} ± {apart.se:.3f}"
        what += f", {share:.0%} of it by {column}"
        advice = "Use columns relative to their time (differences, ranks, shares within a period), or drop what drifts"
        yield Finding("covariate_shift", shift.time, what, advice)
    change = largest_change(shift, target, task)
    if shift.label_p < _SIGNIFICANT and change > _RELATIVE_CHANGE:
        unit = "standard deviations" if task == "regression" else "of its mean share"
        size = f"{change:.2f} {unit}" if task == "regression" else f"{change:.0%} {unit}"
        what = f"the target itself changes between periods, by {size} (p {shift.label_p:.1g})"
        advice = "Let folds go forward in time, weigh or keep recent rows, and check the level of predictions on the "
        advice += "latest fold: a factor or threshold fitted there corrects it"
        yield Finding("label_shift", shift.time, what, advice)
    if np.isfinite(shift.loss) and shift.loss > max(_LEAST_LOSS, 2 * shift.loss_se):
        what = f"what the columns say about the target changes: the last period is ranked with {shift.early:.3f} by a "
        what += f"model of earlier rows, with {shift.late:.3f} by one of as many rows of its own "
        what += f"(difference {shift.loss:.3f} ± {shift.loss_se:.3f})"
        advice = "Train on recent rows or weigh them more, refit up to the last day, and trust the latest fold most"
        yield Finding("concept_shift", shift.time, what, advice)


def largest_change(shift: Shift, target: np.ndarray, task: Task) -> float:
    """How far the periods lie apart: in the target's standard deviations, or relative to a class's mean share."""
    if task == "regression":
        spread = float(np.std(target))
        return float(np.ptp(shift.periods["mean"])) / spread if spread else 0.0
    shares = shift.periods.filter(like="share of ")
    mean = shares.mean()
    known = mean > _RARE
    return float(((shares.max() - shares.min())[known] / mean[known]).max()) if known.any() else 0.0
