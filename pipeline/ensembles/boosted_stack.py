"""The boosted stack: a small LightGBM that corrects the members' mean where one of them is to be believed more.

It starts from the mean and is held back on all sides (trees of four leaves, a low rate, few rounds, large leaves, a
ridge), because the members' out-of-fold tables hold few facts that the mean lacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.core.device import cores
from pipeline.ensembles import Members, Problem, everywhere
from pipeline.ensembles._logits import certainty, log_probabilities, probabilities
from pipeline.ensembles._sampling import draw
from pipeline.targets import trains

ROUNDS = 60
SMALL = 20_000
MOST_ROWS = 50_000
_QUIET = {"verbosity": -1}

applies = everywhere


@dataclass(frozen=True)
class Boosted:
    """Trees on top of the members' mean.

    Parameters
    ----------
    trees : lightgbm.Booster
        Gives corrections: of values on the problem's scale, or of logits.
    problem : Problem
        For the scale.
    least : float
        The least probability that is believed.
    weights : mapping
        Empty: trees give the members no weights.
    """

    trees: Any
    problem: Problem
    least: float
    weights: Mapping[str, float] = field(default_factory=dict)

    def predict(self, members: Members) -> np.ndarray:
        """Predictions of the members' form."""
        start, columns = _start(members, self.problem, self.least), _columns(members, self.problem, self.least)
        correction = self.trees.predict(columns, raw_score=True)
        if self.problem.objective == "regression":
            return self.problem.from_scale(start + correction)
        if self.problem.objective == "binary":
            return probabilities(start + np.stack([-correction, correction], axis=1) / 2, binary=True)
        return probabilities(start + correction, binary=False)


def fit(members: Members, y: np.ndarray, problem: Problem) -> Boosted:
    """Sixty small trees, on all rows or a sample of 50 000; no early stopping, so that no row is held back for it."""
    import lightgbm

    least, sample = certainty(len(y)), draw(y, problem, MOST_ROWS, np.random.default_rng(problem.seed))
    members, y, weight = {name: p[sample.rows] for name, p in members.items()}, y[sample.rows], sample.weight
    start, columns = _start(members, problem, least), _columns(members, problem, least)
    if problem.objective == "regression":
        rows = trains(problem.metric.facts.transform, y)
        goal = problem.to_scale(np.asarray(y[rows], dtype=np.float64)) - start[rows]
        data = lightgbm.Dataset(columns[rows], goal, params=_QUIET)
    else:
        scores = start[:, 1] - start[:, 0] if problem.objective == "binary" else start
        data = lightgbm.Dataset(columns, y, weight=weight, init_score=scores, params=_QUIET)
    return Boosted(lightgbm.train(_params(problem, members, len(y)), data, ROUNDS), problem, least)


def _start(members: Members, problem: Problem, least: float) -> np.ndarray:
    """The mean: values of shape (n,) on the problem's scale, or logits of shape (n, classes)."""
    mean = np.mean([problem.to_scale(p) for p in members.values()], axis=0)
    return mean if problem.objective == "regression" else log_probabilities(mean, least)


def _columns(members: Members, problem: Problem, least: float) -> np.ndarray:
    """What the trees see: the members' values or logits, of shape (n, models) or (n, models * classes)."""
    if problem.objective == "regression":
        return np.stack([problem.to_scale(p) for p in members.values()], axis=1)
    logs = [log_probabilities(p, least) for p in members.values()]
    return np.concatenate([part[:, 1:] if problem.objective == "binary" else part for part in logs], axis=1)


def _params(problem: Problem, members: Members, rows: int) -> dict[str, Any]:
    absolute = problem.metric.name in ("mae", "mape", "smape")
    objective = {"regression": "regression_l1" if absolute else "regression"}.get(problem.objective, problem.objective)
    first = next(iter(members.values()))
    return {
        "objective": objective,
        "num_class": first.shape[1] if problem.objective == "multiclass" else 1,
        "num_leaves": 4,
        "learning_rate": 0.05,
        "lambda_l2": 10.0,
        "min_data_in_leaf": max(20, int(rows**0.5)),
        "feature_fraction": 0.6,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "boost_from_average": False,
        "seed": problem.seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1 if rows < SMALL else cores(),
        **_QUIET,
    }
