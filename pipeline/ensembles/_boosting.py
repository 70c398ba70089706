"""Small LightGBMs that start from a plain blend of the members, and correct it where one is to be believed more.

They are held back on all sides (trees of four leaves, a low rate, few rounds, large leaves, a ridge), because the
members' out-of-fold tables hold few facts that the blend lacks. The blend is hill climbing of values, as its weights
sum to 1 wherever levels have gone, and the linear stack of probabilities: from the members' mean, in which weak ones
count as much as strong ones, small trees do not find the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.ensembles import Blend, Members, Problem, hill_climbing, linear_stack, raw_of, take
from pipeline.ensembles._logits import certainty, log_probabilities, probabilities
from pipeline.ensembles._sampling import draw
from pipeline.targets import trains

FOREST = {"extra_trees": True, "num_leaves": 15, "learning_rate": 0.03, "feature_fraction": 0.5}
DEEP = FOREST | {"num_iterations": 150, "lambda_l2": 1.0, "min_data_in_leaf": 20, "bagging_fraction": 1.0}
ROUNDS = 60
MOST_CLASSES = 10
_QUIET = {"verbosity": -1}


def few_classes(problem: Problem) -> str:
    """Why not, where the trees of as many classes, and as many columns a member, would take minutes to learn little."""
    most = f"does not apply: more than {MOST_CLASSES} classes"
    return most if problem.classes > MOST_CLASSES else ""


@dataclass(frozen=True)
class Trees:
    """How the trees are grown.

    Parameters
    ----------
    most_rows : int
        The sample they are grown on; fewer for many classes, of which each gets its own trees.
    places : sequence of int
        The raw features beside the members' predictions, by place; none by default.
    grown : mapping of str to value
        What differs from the small trees' parameters: ``FOREST``, ``DEEP``.
    """

    most_rows: int = 50_000
    places: Sequence[int] = ()
    grown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Boosted:
    """Trees on top of a plain blend.

    Parameters
    ----------
    base : Blend
        What they correct.
    trees : lightgbm.Booster
        Gives corrections: of values on the problem's scale, or of logits.
    problem : Problem
        For the scale.
    least : float
        The least probability that is believed.
    places : sequence of int
        The raw features they look at, by place.
    weights : mapping
        Empty: trees give the members no weights.
    """

    base: Blend
    trees: Any
    problem: Problem
    least: float
    places: Sequence[int] = ()
    weights: Mapping[str, float] = field(default_factory=dict)

    def predict(self, members: Members) -> np.ndarray:
        """Predictions of the members' form."""
        start = _start(self.base, members, self.problem, self.least)
        columns = columns_of(members, self.problem, self.least, self.places)
        correction = self.trees.predict(columns, raw_score=True)
        if self.problem.objective == "regression":
            return self.problem.from_scale(start + correction)
        if self.problem.objective == "binary":
            return probabilities(start + np.stack([-correction, correction], axis=1) / 2, binary=True)
        return probabilities(start + correction, binary=False)

    @property
    def gains(self) -> np.ndarray:
        """What each raw feature's splits gained, of shape (features,)."""
        gains: np.ndarray = self.trees.feature_importance("gain")[-len(self.places) :] if self.places else np.empty(0)
        return gains


def plain_blend(members: Members, y: np.ndarray, problem: Problem) -> Blend:
    """Hill climbing of values, the linear stack of probabilities."""
    blend: Blend = (hill_climbing if problem.objective == "regression" else linear_stack).fit(members, y, problem)
    return blend


def grow(members: Members, y: np.ndarray, problem: Problem, how: Trees, base: Blend) -> Boosted:
    """Sixty small trees, or as ``how`` has them, on all rows or a sample; no row is held back to stop early.

    Parameters
    ----------
    base : Blend
        What they start from, fitted on these rows.
    """
    import lightgbm

    first = next(iter(members.values()))
    most = how.most_rows * 2 // first.shape[1] if first.ndim > 1 else how.most_rows
    least, sample = certainty(len(y)), draw(y, problem, most, np.random.default_rng(problem.seed))
    members, y, weight = take(members, sample.rows), y[sample.rows], sample.weight
    start, columns = _start(base, members, problem, least), columns_of(members, problem, least, how.places)
    raw = raw_of(members)
    codes = [raw.categorical[place] for place in how.places] if raw else []
    named = [columns.shape[1] - len(codes) + number for number, code in enumerate(codes) if code]
    known: dict[str, Any] = {"params": _QUIET, "categorical_feature": named}
    if problem.objective == "regression":
        rows = trains(problem.metric.facts.transform, y)
        goal = problem.to_scale(np.asarray(y[rows], dtype=np.float64)) - start[rows]
        data = lightgbm.Dataset(columns[rows], goal, **known)
    else:
        scores = start[:, 1] - start[:, 0] if problem.objective == "binary" else start
        data = lightgbm.Dataset(columns, y, weight=weight, init_score=scores, **known)
    params = _params(problem, members, len(y)) | dict(how.grown)
    return Boosted(base, lightgbm.train(params, data, params.pop("num_iterations")), problem, least, tuple(how.places))


def _start(base: Blend, members: Members, problem: Problem, least: float) -> np.ndarray:
    """The blend: values of shape (n,) on the problem's scale, or logits of shape (n, classes)."""
    blended = base.predict(members)
    return problem.to_scale(blended) if problem.objective == "regression" else log_probabilities(blended, least)


def columns_of(members: Members, problem: Problem, least: float, places: Sequence[int]) -> np.ndarray:
    """What trees see: the members' values or logits, one for each class, then the raw features of these places."""
    if problem.objective == "regression":
        parts = [problem.to_scale(p)[:, None] for p in members.values()]
    else:
        logs = [log_probabilities(p, least) for p in members.values()]
        parts = [part[:, 1:] if problem.objective == "binary" else part for part in logs]
    raw = raw_of(members)
    return np.concatenate([*parts, *([raw.take(list(places))] if raw and places else [])], axis=1)


def absolute(problem: Problem) -> bool:
    """Whether the metric is of absolute errors, which a median makes smallest."""
    return problem.metric.name in ("mae", "mape", "smape")


def _params(problem: Problem, members: Members, rows: int) -> dict[str, Any]:
    values = "regression_l1" if absolute(problem) else "regression"
    objective = values if problem.objective == "regression" else problem.objective
    first = next(iter(members.values()))
    return {
        "objective": objective,
        "num_class": first.shape[1] if problem.objective == "multiclass" else 1,
        "num_iterations": ROUNDS,
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
        "num_threads": 1,
        **_QUIET,
    }
