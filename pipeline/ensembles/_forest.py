"""A small forest over the members' predictions and raw features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.ensembles import Members, Problem, take
from pipeline.ensembles._boosting import Trees, columns_of
from pipeline.ensembles._logits import certainty
from pipeline.ensembles._sampling import draw
from pipeline.targets import trains

TREES = 60
MOST_ROWS_A_TREE = 5_000
MOST_COLUMNS_A_CUT = 50  # of values; of classes it is the square root
ABSENT = -1e6


@dataclass(frozen=True)
class Forest:
    """Bagged trees.

    Parameters
    ----------
    trees : object
        scikit-learn's forest.
    problem : Problem
        For the scale.
    least : float
        The least probability that is believed.
    places : sequence of int
        The raw features they look at, by place.
    classes : int
        How many probabilities a row gets; 0 for values, 2 for two classes.
    weights : mapping
        Empty: trees give the members no weights.
    """

    trees: Any
    problem: Problem
    least: float
    places: Sequence[int]
    classes: int
    weights: Mapping[str, float] = field(default_factory=dict)

    def predict(self, members: Members) -> np.ndarray:
        """Predictions of the members' form."""
        columns = _finite(columns_of(members, self.problem, self.least, self.places))
        if not self.classes:
            return self.problem.from_scale(self.trees.predict(columns))
        p = np.zeros((len(columns), self.classes))
        p[:, self.trees.classes_.astype(int)] = self.trees.predict_proba(columns)
        return p[:, 1] if self.problem.objective == "binary" else p


def plant(members: Members, y: np.ndarray, problem: Problem, how: Trees) -> Forest:
    """Sixty trees on at most five thousand rows each; leaves of five rows at least."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    first, places = next(iter(members.values())), tuple(how.places)
    least, sample = certainty(len(y)), draw(y, problem, how.most_rows, np.random.default_rng(problem.seed))
    members, y, weight = take(members, sample.rows), y[sample.rows], sample.weight
    columns = _finite(columns_of(members, problem, least, places))
    facts: dict[str, Any] = {"n_estimators": TREES, "min_samples_leaf": 5, "n_jobs": 1, "random_state": problem.seed}
    if problem.objective == "regression":
        rows = trains(problem.metric.facts.transform, y)
        facts |= {
            "max_features": min(0.4, MOST_COLUMNS_A_CUT / columns.shape[1]),
            "max_samples": min(int(rows.sum()), MOST_ROWS_A_TREE),
        }
        goal = problem.to_scale(np.asarray(y[rows], dtype=np.float64))
        return Forest(RandomForestRegressor(**facts).fit(columns[rows], goal), problem, least, places, 0)
    facts |= {"max_features": "sqrt", "max_samples": min(len(y), MOST_ROWS_A_TREE)}
    trees = RandomForestClassifier(**facts).fit(columns, y.astype(int), weight)
    return Forest(trees, problem, least, places, first.shape[1] if first.ndim > 1 else 2)


def _finite(columns: np.ndarray) -> np.ndarray:
    """With missing values below all others: forests grow slowly where they may be missing."""
    return np.nan_to_num(columns.astype(np.float32), nan=ABSENT, posinf=-ABSENT, neginf=ABSENT)
