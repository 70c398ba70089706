"""Whether two runs differ in score, model by model, by a paired test over their folds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEVEL = 0.05


@dataclass(frozen=True)
class ScoreChange:
    """One model's scores in two runs, and their difference, later less earlier.

    Parameters
    ----------
    model : str
        Its name; ``ensemble`` for the blend.
    before, after : float or None
        Means over folds; None where the run has no such model.
    difference, se : float or None
        The mean difference and its standard error.
    p : float or None
        The two-sided chance of such a difference between runs that are equally good; None where it cannot be told.
    verdict : str
        ``better``, ``worse``, ``no telling``, ``the same``, ``new``, ``gone`` or ``not paired``.
    """

    model: str
    before: float | None
    after: float | None
    difference: float | None
    se: float | None
    p: float | None
    verdict: str


def score_change(
    model: str, before: Mapping[str, float] | None, after: Mapping[str, float] | None, sign: int, paired: bool
) -> ScoreChange:
    """Compare one model's fold scores.

    Parameters
    ----------
    before, after : mapping of str to float, or None
        The score of each fold by the fold's number; None where the model is not in the run.
    sign : {1, -1}
        1 where greater is better.
    paired : bool
        Whether both runs have the same folds.
    """
    if before is None:
        return ScoreChange(model, None, _mean(after) if after else None, None, None, None, "new")
    if after is None:
        return ScoreChange(model, _mean(before), None, None, None, None, "gone")
    old, new = _mean(before), _mean(after)
    if not paired or set(before) != set(after):
        apart = math.hypot(_error(list(before.values())), _error(list(after.values())))
        return ScoreChange(model, old, new, new - old, apart, None, "not paired")
    differences = [after[fold] - before[fold] for fold in before]
    se, p = paired_test(differences)
    mean = sum(differences) / len(differences)
    if all(value == 0 for value in differences):
        verdict = "the same"
    else:
        verdict = "no telling" if p is None or p >= LEVEL else "better" if mean * sign > 0 else "worse"
    return ScoreChange(model, old, new, mean, se, p, verdict)


def paired_test(differences: Sequence[float]) -> tuple[float, float | None]:
    """The corrected resampled t-test on the folds' differences.

    Folds share most of their training rows, so their differences are less independent than they look; the plain t-test
    finds too much. The variance is enlarged by the share of rows that a fold holds out, 1 / (folds - 1).

    Returns
    -------
    tuple
        The corrected standard error of the mean, and the two-sided p, None for one fold.

    References
    ----------
    Nadeau and Bengio, "Inference for the generalization error", Machine Learning 52, 2003.

    Examples
    --------
    >>> se, p = paired_test([0.01, 0.02, 0.015, 0.01, 0.02])
    >>> round(se, 5), round(p, 4)
    (0.00335, 0.0111)
    """
    from scipy.stats import t

    folds = len(differences)
    if folds < 2:
        return 0.0, None
    mean = sum(differences) / folds
    variance = sum((value - mean) ** 2 for value in differences) / (folds - 1)
    se = math.sqrt(variance * (1 / folds + 1 / (folds - 1)))
    if se == 0:
        return 0.0, 1.0 if mean == 0 else 0.0
    return se, float(2 * t.sf(abs(mean) / se, folds - 1))


def _mean(scores: Mapping[str, float]) -> float:
    return sum(scores.values()) / len(scores)


def _error(scores: Sequence[float]) -> float:
    folds = len(scores)
    mean = sum(scores) / folds
    return math.sqrt(sum((value - mean) ** 2 for value in scores) / max(folds - 1, 1) / folds)
