"""The declared factor on a candidate's values: fitted nested, so that a fold's score never saw the fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.core.errors import PodiumError
from pipeline.decisions import Decision
from pipeline.decisions.factor import fit_factor
from pipeline.declaration.specs import EnsembleSpec
from pipeline.metrics import FoldScores, fold_scores, gain, score


@dataclass(frozen=True)
class Factored:
    """A candidate's predictions after the factor, where it is kept.

    Parameters
    ----------
    prediction : float array of shape (n,) or (n, classes)
        Each fold's times the factor that the other folds call for; as they were where no factor is kept.
    scores : FoldScores
        Of ``prediction``.
    decision : Decision
        The factor that all folds call for, which the test rows get; or nothing to decide.
    """

    prediction: np.ndarray
    scores: FoldScores
    decision: Decision


def factored(spec: EnsembleSpec, y: np.ndarray, prediction: np.ndarray, outer: np.ndarray) -> Factored:
    """Put the declared factor on nested predictions.

    ``earned`` keeps it where the paired gain over the folds, each by the factor of the others, is above its standard
    error.

    Parameters
    ----------
    y : array of shape (n,)
        Class codes or values.
    prediction : float array of shape (n,) or (n, classes)
        Nested predictions.
    outer : int array of shape (n,)
        The fold that validates each row; -1 leaves a row out.

    Raises
    ------
    PodiumError
        Where a factor is declared and there is one fold only.
    """
    plain = Factored(prediction, fold_scores(spec.metric, y, prediction, outer), Decision("none"))
    if spec.ensemble.factor == "none":
        return plain
    folds = np.unique(outer[outer >= 0])
    if len(folds) < 2:
        raise PodiumError(
            spec.competition,
            "ensemble.factor",
            "needs two folds, one to fit on and one to score",
            got="one",
            step="Raise split.folds, or set ensemble.factor: none",
        )
    nested = prediction.copy()
    for fold in folds:
        others = (outer >= 0) & (outer != fold)
        nested[outer == fold] *= _fitted(spec, y[others], prediction[others])
    after = fold_scores(spec.metric, y, nested, outer)
    if spec.ensemble.factor == "earned" and not _earned(spec, plain.scores, after):
        return plain
    return Factored(nested, after, Decision("factor", (_fitted(spec, y[outer >= 0], prediction[outer >= 0]),)))


def _fitted(spec: EnsembleSpec, y: np.ndarray, prediction: np.ndarray) -> float:
    return fit_factor(lambda factor: -gain(spec.metric, score(spec.metric, y, prediction * factor)))


def _earned(spec: EnsembleSpec, before: FoldScores, after: FoldScores) -> bool:
    gains = np.array(
        [gain(spec.metric, b) - gain(spec.metric, a) for a, b in zip(before.scores, after.scores, strict=True)]
    )
    return bool(gains.mean() > gains.std(ddof=1) / np.sqrt(len(gains)))
