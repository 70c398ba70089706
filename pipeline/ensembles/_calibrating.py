"""Which calibration the winner gets: each kind judged on nested folds, and none where none earns its place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.decisions.calibration import KINDS, Calibration, Kind, fit_calibration, nested_calibration
from pipeline.declaration.metric import Metric
from pipeline.declaration.specs import EnsembleSpec
from pipeline.metrics import FoldScores, fold_scores, gain

PROPER = ("log_loss", "brier")


@dataclass(frozen=True)
class Calibrated:
    """The winner's predictions after calibration.

    Parameters
    ----------
    nested : float array of shape (n,) or (n, classes)
        Each fold's by the map of the other folds.
    scores : FoldScores
        Their scores.
    calibration : Calibration
        The map of all rows, for the test rows.
    table : DataFrame
        ``kind``, ``score``, ``se``, ``difference`` and ``difference_se`` (paired, against none), ``chosen``.
    """

    nested: np.ndarray
    scores: FoldScores
    calibration: Calibration
    table: pd.DataFrame


def kinds_for(declared: str) -> tuple[Kind, ...]:
    """The kinds that are tried: all of them for ``best``, else the one that is named."""
    return tuple(kind for kind in KINDS if declared in ("best", kind))


def calibrate(spec: EnsembleSpec, y: np.ndarray, nested: np.ndarray, outer: np.ndarray) -> Calibrated:
    """Calibrate the winner's nested predictions.

    A kind that is declared by name is used. Of all, the best is, if its paired gain over none, by fold, is above one
    standard error: of the competition's metric where it is a proper score, else of log loss.

    Parameters
    ----------
    y : int array of shape (n,)
        Class codes.
    nested : float array of shape (n,) or (n, classes)
        The winner's nested predictions.
    outer : int array of shape (n,)
        The fold that validates each row; -1 leaves a row out.
    """
    tried: dict[Kind, np.ndarray] = {"none": nested}
    if len(np.unique(outer[outer >= 0])) > 1:
        kinds = kinds_for(spec.ensemble.calibration)
        tried |= {kind: nested_calibration(kind, y, nested, outer) for kind in kinds}
    judge = spec.metric if spec.metric.name in PROPER else Metric(name="log_loss")
    scores = {kind: fold_scores(judge, y, p, outer) for kind, p in tried.items()} if len(tried) > 1 else {}
    kind = _chosen(spec, judge, scores)
    rows = outer >= 0
    after = fold_scores(spec.metric, y, tried[kind], outer)
    return Calibrated(tried[kind], after, fit_calibration(kind, y[rows], nested[rows]), _table(scores, kind))


def _chosen(spec: EnsembleSpec, judge: Metric, scores: dict[Kind, FoldScores]) -> Kind:
    others = [kind for kind in scores if kind != "none"]
    if not others:
        return "none"
    best = max(others, key=lambda kind: gain(judge, scores[kind].mean))
    if spec.ensemble.calibration == best:
        return best
    gains = (np.array(scores[best].scores) - scores["none"].scores) * gain(judge, 1.0)
    return best if gains.mean() > gains.std(ddof=1) / np.sqrt(len(gains)) else "none"


def _table(scores: dict[Kind, FoldScores], chosen: Kind) -> pd.DataFrame:
    none = np.array(scores["none"].scores) if scores else np.empty(0)
    apart = {kind: FoldScores(tuple(np.array(own.scores) - none)) for kind, own in scores.items()}
    return pd.DataFrame(
        {
            "kind": list(scores),
            "score": [own.mean for own in scores.values()],
            "se": [own.se for own in scores.values()],
            "difference": [own.mean for own in apart.values()],
            "difference_se": [own.se for own in apart.values()],
            "chosen": [kind == chosen for kind in scores],
        }
    )
