"""Two layers with a guard against leaks: stacks of the members, and their mean above them.

The second layer (the linear stack, boosted trees, a forest; the trees with the useful raw features, where there are
such) predicts each inner fold from the others. Its mean is kept only where it beats the linear stack alone on those
inner folds by more than one standard error of the paired difference. A second layer that shines on the rows it was
fitted on and not on inner folds has learnt the rows, or a leak between the members' tables and the target: the linear
stack is then what is left, and the note says by how much the two gains differ.
"""

from __future__ import annotations

import numpy as np

from pipeline.core.errors import PodiumError
from pipeline.ensembles import Blend, Members, Problem, linear_stack, take
from pipeline.ensembles._boosting import FOREST, Trees, few_classes, grow
from pipeline.ensembles._climbing import climbed_metric
from pipeline.ensembles._inner import inner_folds
from pipeline.ensembles._layers import Layered, mean_of
from pipeline.ensembles.feature_stack import useful
from pipeline.metrics import gain, score

MOST_ROWS = 20_000

applies = few_classes


def fit(members: Members, y: np.ndarray, problem: Problem) -> Layered:
    """The second layer on all rows or a sample of 20 000, and the guard's verdict."""
    rows = np.sort(np.random.default_rng(problem.seed).permutation(len(y))[:MOST_ROWS])
    seen, truth = take(members, rows), y[rows]
    fold = inner_folds(seen, problem.seed)
    alone, together = _out_of_fold(seen, truth, problem, fold)
    gains = _gains(truth, problem, fold, (alone, together))
    error = gains.std(ddof=1) / np.sqrt(len(gains)) if len(gains) > 1 else np.inf
    layer = _layer(seen, truth, problem)
    if len(gains) and gains.mean() > error:
        return Layered(layer, problem)
    fitted = mean_of([part.predict(seen) for part in layer], problem)
    every = np.zeros(len(truth), dtype=np.int64)
    shown = _gains(truth, problem, every, (layer[0].predict(seen), fitted))
    note = f"the second layer gains {shown.mean() if len(shown) else 0:.2g} on the rows it saw"
    note += f" and {gains.mean() if len(gains) else 0:.2g} on inner folds: the linear stack stands alone"
    whole = linear_stack.fit(members, y, problem)
    return Layered((whole,), problem, note, whole.weights)


def _layer(members: Members, y: np.ndarray, problem: Problem) -> tuple[Blend, ...]:
    linear = linear_stack.fit(members, y, problem)
    places = useful(members, y, problem, linear) if problem.options.raw_columns else []
    boosted = grow(members, y, problem, Trees(MOST_ROWS, places), linear)
    return linear, boosted, grow(members, y, problem, Trees(MOST_ROWS, places, FOREST), linear)


def _out_of_fold(members: Members, y: np.ndarray, problem: Problem, fold: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The linear stack's and the whole layer's predictions of rows that neither was fitted on."""
    alone = np.zeros(next(iter(members.values())).shape)
    together = alone.copy()
    for k in np.unique(fold):
        inside = np.flatnonzero(fold == k)
        others = np.flatnonzero(fold != k)
        layer = _layer(take(members, others), y[others], problem)
        parts = [part.predict(take(members, inside)) for part in layer]
        alone[inside], together[inside] = parts[0], mean_of(parts, problem)
    return alone, together


def _gains(y: np.ndarray, problem: Problem, fold: np.ndarray, pair: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """By inner fold, how much the second prediction scores above the first; folds without a score are left out."""
    metric, found = climbed_metric(problem), []
    for k in np.unique(fold):
        rows = fold == k
        try:
            scores = [gain(metric, score(metric, y[rows], p[rows])) for p in pair]
        except PodiumError:
            continue
        found.append(scores[1] - scores[0])
    return np.array(found)
