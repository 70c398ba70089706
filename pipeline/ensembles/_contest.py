"""The contest of ensembles on nested folds, and the rule that picks the winner.

For each outer fold, a candidate is fitted on the other folds' out-of-fold rows and predicts this one: its nested
predictions are as honest as a single model's, and so is its score.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline import ensembles
from pipeline.core.device import cores
from pipeline.core.seeds import derive
from pipeline.decisions import Decision
from pipeline.declaration.specs import EnsembleSpec
from pipeline.ensembles import Blend, Problem, Raw, Table
from pipeline.ensembles._factor import factored
from pipeline.metrics import FoldScores

BEST_SINGLE = "best_single"
SINGLE_LEADS = 2.0  # standard errors


@dataclass(frozen=True)
class Field:
    """The members' tables, aligned by row: what candidates are fitted and judged on.

    Parameters
    ----------
    row_id : int array of shape (n,)
        All training rows.
    y : array of shape (n,)
        Class codes or values.
    outer : int array of shape (n,)
        The fold that validates each row, or -1.
    oof : dict of str to array of shape (n,) or (n, classes)
        By model; NaN where a row was never validated.
    test_row_id : int array of shape (m,)
        The test rows.
    test : dict of str to array of shape (m,) or (m, classes)
        By model.
    raw, raw_test : DataFrame of n and of m rows, or None
        The features, where a candidate looks at them.
    """

    row_id: np.ndarray
    y: np.ndarray
    outer: np.ndarray
    oof: dict[str, np.ndarray]
    test_row_id: np.ndarray
    test: dict[str, np.ndarray]
    raw: pd.DataFrame | None = None
    raw_test: pd.DataFrame | None = None

    @property
    def usable(self) -> np.ndarray:
        """The rows that a fold validates and every member predicts; bool of shape (n,)."""
        known = [np.isfinite(p if p.ndim == 1 else p.sum(axis=1)) for p in self.oof.values()]
        return np.logical_and.reduce([self.outer >= 0, *known])

    def members(self, rows: np.ndarray) -> Table:
        """The out-of-fold predictions of these rows, bool of shape (n,), and what else is known of them."""
        raw = None if self.raw is None else Raw(self.raw, np.flatnonzero(rows))
        return Table({name: p[rows] for name, p in self.oof.items()}, self.outer[rows], raw)

    def tested(self) -> Table:
        """The same of the test rows, which no fold validates."""
        rows = len(self.test_row_id)
        raw = None if self.raw_test is None else Raw(self.raw_test, np.arange(rows))
        return Table(self.test, np.full(rows, -1), raw)


@dataclass(frozen=True)
class Entry:
    """One candidate's result.

    Parameters
    ----------
    name : str
        The candidate.
    nested : array of shape (n,) or (n, classes)
        Its nested predictions, after the declared factor on values.
    scores : FoldScores
        Their scores.
    decision : Decision
        The factor that the test rows get, where one is kept.
    note : str
        What the candidate says of itself.
    """

    name: str
    nested: np.ndarray
    scores: FoldScores
    decision: Decision
    note: str = ""


def compete(spec: EnsembleSpec, field: Field, names: Iterable[str]) -> tuple[list[Entry], dict[str, str]]:
    """The results of those who took part, in the order of ``names``, and of the others the reason why not."""
    entries, refused = [], {}
    for name in names:
        reason = sits_out(spec, field, name)
        if not reason and len(field.oof) < 2 and name != BEST_SINGLE:
            reason = "does not apply: one model is no ensemble"
        nested, note = (None, "") if reason else _nested(spec, field, name)
        if nested is not None and not np.isfinite(nested[field.usable]).all():
            reason = "does not take part: it gives predictions that are not finite"
        if reason or nested is None:
            refused[name] = reason
            continue
        found = factored(spec, field.y, nested, np.where(field.usable, field.outer, -1))
        entries.append(Entry(name, found.prediction, found.scores, found.decision, note))
    return entries, refused


def sits_out(spec: EnsembleSpec, field: Field, name: str) -> str:
    """Why a candidate does not take part; empty where it does."""
    reason: str = ensembles.load(name, spec.competition).applies(_problem(spec, field, int(field.usable.sum()), name))
    return reason


def _nested(spec: EnsembleSpec, field: Field, name: str) -> tuple[np.ndarray, str]:
    """The nested predictions, as many folds at a time as there are cores, and what the fits had to say."""
    rows, nested = field.usable, np.full(next(iter(field.oof.values())).shape, np.nan)
    folds = [int(fold) for fold in np.unique(field.outer[rows])]

    def predicted(fold: int) -> tuple[np.ndarray, str]:
        inside, others = rows & (field.outer == fold), rows & (field.outer != fold)
        blend = _fitted(spec, field, name, others, fold)
        return blend.predict(field.members(inside)), getattr(blend, "note", "")

    with ThreadPoolExecutor(cores()) as pool:
        found = list(pool.map(predicted, folds))
    for fold, (prediction, _) in zip(folds, found, strict=True):
        nested[rows & (field.outer == fold)] = prediction
    notes = [note for _, note in found if note]
    return nested, f"in {len(notes)} of {len(folds)} folds {notes[0]}" if notes else ""


def _fitted(spec: EnsembleSpec, field: Field, name: str, rows: np.ndarray, of: str | int) -> Blend:
    """A candidate fitted on these rows, bool of shape (n,)."""
    blend: Blend = ensembles.load(name).fit(
        field.members(rows), field.y[rows], _problem(spec, field, int(rows.sum()), name, of)
    )
    return blend


def _problem(spec: EnsembleSpec, field: Field, rows: int, *names: str | int) -> Problem:
    first = next(iter(field.oof.values()))
    classes = first.shape[1] if first.ndim > 1 else 0
    return Problem(spec.metric, spec.task, derive(spec.seed, *names), spec.ensemble, rows, classes)


def field_order(spec: EnsembleSpec) -> list[str]:
    """Who takes part, the simplest first: the candidates as declared, and last the best single model.

    The single model looks simple and is not: it is the one of many that fits these folds best, a choice with all its
    weight on one member, while the mean is fitted on nothing.
    """
    return [*spec.ensemble.candidates, BEST_SINGLE]


def choose(spec: EnsembleSpec, entries: list[Entry]) -> Entry:
    """The winner by the declared rule.

    By one standard error, the single model must lead the best blend by two of them: climbing can give it all the weight
    too, so that there is little to win by it, and the luck of one model to lose.
    """
    gains = _gains(spec, entries)
    if spec.ensemble.rule != "one_standard_error":
        return entries[int(gains.mean(axis=1).argmax())]
    blends = [place for place, entry in enumerate(entries) if entry.name != BEST_SINGLE]
    winner = one_standard_error(gains)
    if entries[winner].name != BEST_SINGLE or not blends:
        return entries[winner]
    lead = gains[winner] - gains[max(blends, key=lambda place: gains[place].mean())]
    if lead.mean() > SINGLE_LEADS * standard_error(lead[None])[0]:
        return entries[winner]
    return entries[blends[one_standard_error(gains[blends])]]


def _gains(spec: EnsembleSpec, entries: list[Entry]) -> np.ndarray:
    scores = np.array([entry.scores.scores for entry in entries])
    return scores if spec.metric.greater_is_better else -scores


def one_standard_error(gains: np.ndarray) -> int:
    """The first row whose mean is within one standard error, of the paired difference over folds, of the best row's.

    Parameters
    ----------
    gains : float array of shape (candidates, folds)
        Scores of which more is better, the simplest candidate first.

    References
    ----------
    Breiman, Friedman, Olshen and Stone, "Classification and regression trees", 1984, section 3.4.3.

    Examples
    --------
    >>> one_standard_error(np.array([[0.80, 0.82], [0.81, 0.79], [0.82, 0.82]]))
    0
    """
    behind = gains[gains.mean(axis=1).argmax()] - gains
    return int(np.flatnonzero(behind.mean(axis=1) <= standard_error(behind) * (1 + 1e-9))[0])


def standard_error(differences: np.ndarray) -> np.ndarray:
    """Of the means over folds, of shape (candidates,), of differences of shape (candidates, folds)."""
    folds = differences.shape[1]
    return differences.std(axis=1, ddof=1) / np.sqrt(folds) if folds > 1 else np.zeros(len(differences))


def compare(spec: EnsembleSpec, entries: list[Entry], refused: dict[str, str]) -> pd.DataFrame:
    """The table of all candidates, from the simplest on; those that did not take part stand last, with the reason.

    Returns
    -------
    DataFrame
        ``name``, ``simplicity``, ``score``, ``se``, ``difference`` (the score less the best candidate's, mean over
        folds), ``difference_se`` (its paired standard error), ``chosen``, ``note``.
    """
    scores = np.array([entry.scores.scores for entry in entries])
    differences = scores - scores[_gains(spec, entries).mean(axis=1).argmax()]
    winner, order = choose(spec, entries).name, field_order(spec)
    return pd.DataFrame(
        {
            "name": [*(e.name for e in entries), *refused],
            "simplicity": [*(order.index(e.name) for e in entries), *(order.index(name) for name in refused)],
            "score": [*(e.scores.mean for e in entries), *(np.nan for _ in refused)],
            "se": [*(e.scores.se for e in entries), *(np.nan for _ in refused)],
            "difference": [*differences.mean(axis=1), *(np.nan for _ in refused)],
            "difference_se": [*standard_error(differences), *(np.nan for _ in refused)],
            "chosen": [*(e.name == winner for e in entries), *(False for _ in refused)],
            "note": [*(e.note for e in entries), *refused.values()],
        }
    )


def fit_on_all(spec: EnsembleSpec, field: Field, name: str) -> Blend:
    """The winner, fitted on all usable rows."""
    return _fitted(spec, field, name, field.usable, "all")


def refit(spec: EnsembleSpec, field: Field, name: str) -> tuple[dict[str, float], np.ndarray]:
    """The winner fitted on all usable rows: each member's weight (none for trees), and the test predictions."""
    blend = fit_on_all(spec, field, name)
    weights = {model: float(blend.weights.get(model, 0.0)) for model in field.oof} if blend.weights else {}
    return weights, blend.predict(field.tested())


def nested_scores(field: Field, entries: list[Entry]) -> pd.DataFrame:
    """``candidate``, ``fold``, ``score``: every score that the comparison is made of."""
    folds = np.unique(field.outer[field.usable])
    pairs = [(e.name, k, s) for e in entries for k, s in zip(folds, e.scores.scores, strict=True)]
    return pd.DataFrame(pairs, columns=["candidate", "fold", "score"])
