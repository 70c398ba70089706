"""Diversity: how alike the members err, and what each is worth to the others. Tables only, no model is fitted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.declaration.specs import EnsembleSpec
from pipeline.ensembles import Problem, Weighted
from pipeline.ensembles._climbing import by_order, climb, climbed_metric
from pipeline.ensembles._contest import Field
from pipeline.ensembles._sampling import Sample, draw
from pipeline.metrics import gain, score

MOST_ROWS = 6_000
MOST_SORTED = 2_000


def errors(problem: Problem, y: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    """Prediction less truth: on the scale that values are blended on, or of probabilities, of shape (n * classes,)."""
    if problem.objective == "regression":
        return problem.to_scale(prediction) - problem.to_scale(np.asarray(y, dtype=np.float64))
    if prediction.ndim == 1:
        return prediction - y
    return (prediction - (y[:, None] == np.arange(prediction.shape[1]))).ravel()


def correlation_table(spec: EnsembleSpec, field: Field) -> pd.DataFrame:
    """The correlation of every two members' errors: ``member``, ``other``, ``correlation``, a line a pair, both ways.

    Members that err alike add nothing to each other; an average gains where they do not.
    """
    problem = Problem(spec.metric, spec.task, spec.seed, spec.ensemble)
    sample, names = _drawn(problem, field), list(field.oof)
    found = np.stack([errors(problem, field.y[sample.rows], field.oof[name][sample.rows]) for name in names])
    weight = np.ones(len(sample.rows)) if sample.weight is None else sample.weight
    weight = np.repeat(weight, found.shape[1] // len(weight))  # of each class's probability too
    found = found - np.average(found, axis=1, weights=weight)[:, None]
    size = np.sqrt(found**2 @ weight)
    matrix = np.clip((found * weight) @ found.T / np.maximum(np.outer(size, size), 1e-300), -1, 1)
    pairs = [(a, b, float(matrix[i, j])) for i, a in enumerate(names) for j, b in enumerate(names)]
    return pd.DataFrame(pairs, columns=["member", "other", "correlation"])


def worth_table(spec: EnsembleSpec, field: Field) -> pd.DataFrame:
    """What each member is worth: hill climbing on all folds but one, scored on that one.

    On at most 6 000 rows, or 2 000 where each score sorts them: there are as many climbs as members, each in all folds.
    Each fold gives its part of them, evenly from its classes, so that a rare one is in each.

    Returns
    -------
    DataFrame
        ``member``; ``marginal``, the gain of the best single member when this one may be added to it; ``marginal_se``;
        ``cost``, what the climb over all members loses when this one is left out; ``cost_se``. Both are paired means
        over folds of the score that is climbed on (``climbed``: its name), and more is better for both.
    """
    problem = Problem(spec.metric, spec.task, spec.seed, spec.ensemble)
    rows = _drawn(problem, field, MOST_SORTED if by_order(climbed_metric(problem)) else MOST_ROWS)
    names, metric = list(field.oof), climbed_metric(problem).label
    single = {name: _nested(problem, field, rows, [name])[0] for name in names}
    best = max(names, key=lambda name: float(np.mean(single[name])))
    whole, taken = _nested(problem, field, rows, names)
    lines = []
    for name in names:
        pair = _nested(problem, field, rows, [best, name])[0] if name != best else single[best]
        others = [other for other in names if other != name]
        without = _nested(problem, field, rows, others)[0] if name in taken and others else whole
        marginal, cost = pair - single[best], whole - without
        lines.append((name, marginal.mean(), _se(marginal), cost.mean(), _se(cost), metric))
    return pd.DataFrame(lines, columns=["member", "marginal", "marginal_se", "cost", "cost_se", "climbed"])


def _nested(problem: Problem, field: Field, drawn: Sample, names: list[str]) -> tuple[np.ndarray, set[str]]:
    """Gains by fold of a climb over these members, and those that it took in any fold: no other one matters to it."""
    metric, outer = climbed_metric(problem), field.outer[drawn.rows]
    found, taken = [], set()
    for fold in np.unique(outer):
        others, inside = _part(drawn, outer != fold), _part(drawn, outer == fold)
        members = {name: field.oof[name] for name in names}
        weights = climb(members, field.y, problem, others) if len(names) > 1 else {names[0]: 1.0}
        taken |= set(weights)
        blend = Weighted(weights, problem).predict({name: field.oof[name][inside.rows] for name in names})
        found.append(gain(metric, score(metric, field.y[inside.rows], blend, inside.weight)))
    return np.array(found), taken


def _part(sample: Sample, mask: np.ndarray) -> Sample:
    return Sample(sample.rows[mask], None if sample.weight is None else sample.weight[mask])


def _drawn(problem: Problem, field: Field, most: int = MOST_ROWS) -> Sample:
    """The usable rows, or a sample of them: from each fold its part, evenly from its classes, with weights for that."""
    usable = np.flatnonzero(field.usable)
    if len(usable) <= most:
        return Sample(usable)
    rng, folds = np.random.default_rng(problem.seed), np.unique(field.outer[usable])
    rows, weights = [], []
    for fold in folds:
        inside = usable[field.outer[usable] == fold]
        drawn = draw(field.y[inside], problem, max(most // len(folds), 1), rng)
        rows.append(inside[drawn.rows])
        alike = np.full(len(drawn.rows), len(inside) / len(drawn.rows))
        weights.append(alike if drawn.weight is None else drawn.weight)
    return Sample(np.concatenate(rows), np.concatenate(weights))


def _se(values: np.ndarray) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0
