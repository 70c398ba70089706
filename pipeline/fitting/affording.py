"""What a model can afford: a pilot on few rows and rounds says what a fold costs, and the settings are cut to fit.

Only in a run that has a budget. Rounds go first, and what is left of the boosting goes faster (the learning rate rises
as the rounds fall); then rows. A model that would be left with too few of them is left out.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipeline.dataset import Dataset
from pipeline.fitting.cuts import Cut
from pipeline.fitting.fit import Recipe, fit_fold

PILOT_ROWS = 4_000
SECOND_PILOT_ROWS = 40_000
PILOT_ROUNDS = {"n_estimators": 60, "max_epochs": 6, "n_epochs": 16}
MOST_ROUNDS = {"max_epochs": 60}  # what an open number of rounds may come to
FEWEST_ROWS = 2_000
FEWEST_ROUNDS = 1 / 6  # of those that are wanted
FASTEST = 0.3
ROUNDS = tuple(PILOT_ROUNDS)


@dataclass(frozen=True)
class Cost:
    """What one fold costs.

    Parameters
    ----------
    start, per_row : float
        Seconds of fitting: ``start + per_row * rows``, for all the rounds that are wanted.
    predicting : float
        Seconds of predicting a fold's validation rows and the test rows.
    """

    start: float
    per_row: float
    predicting: float

    def seconds(self, rows: float, share: float = 1.0) -> float:
        """Of a fold fitted on so many rows with this share of its rounds."""
        return (self.start + self.per_row * rows + self.predicting) * share


def wanted_rounds(params: Mapping[str, Any]) -> int | None:
    """The rounds that a fold is expected to take; a third of the most where it stops early; None without rounds."""
    most = next((params[key] or MOST_ROUNDS.get(key) for key in ROUNDS if key in params), None)
    if most is None:
        return None
    return max(most // 3, 1) if params.get("early_stopping_rounds") else int(most)


def with_rounds(params: Mapping[str, Any], rounds: int) -> dict[str, Any]:
    """The settings with at most so many rounds; boosting with fewer than it wants learns faster, up to 0.3 a round.

    >>> with_rounds({"n_estimators": 900, "learning_rate": 0.05}, 300)
    {'n_estimators': 300, 'learning_rate': 0.15}
    """
    wanted = wanted_rounds(params)
    if wanted is None:
        return dict(params)
    key = next(key for key in ROUNDS if key in params)
    if params[key] is None and rounds >= wanted:
        return dict(params)
    cut = {**params, key: min(int(params[key] or rounds), rounds)}
    rate = params.get("learning_rate")
    if key == "n_estimators" and isinstance(rate, float) and rounds < wanted:
        cut["learning_rate"] = max(rate, round(min(FASTEST, rate * wanted / rounds), 4))
    return cut


def afford(recipe: Recipe, cost: Cost, rows: int, seconds: float) -> Recipe | None:
    """The recipe cut to what a fold may take; None where too few rows would be left.

    Parameters
    ----------
    cost : Cost
        Of one fold.
    rows : int
        A fold's training rows.
    seconds : float
        What one fold may take.
    """
    share, wanted = seconds / cost.seconds(rows), wanted_rounds(recipe.params)
    kept = 1.0 if wanted is None else min(max(share, FEWEST_ROUNDS), 1.0)
    if wanted is not None:
        recipe = replace(recipe, params=with_rounds(recipe.params, max(int(wanted * max(share, kept)), 1)))
    if share >= kept:
        return recipe
    most = int((seconds / kept - cost.start - cost.predicting) / max(cost.per_row, 1e-12))
    return replace(recipe, most_rows=most) if most >= min(FEWEST_ROWS, rows // 2) else None


def measure(dataset: Dataset, recipe: Recipe, cut: Cut, seconds: float) -> Cost:
    """The cost of a fold by a pilot of few rows and rounds, and by a second one of more where the table is large.

    Parameters
    ----------
    seconds : float
        What the model may take in all: a second pilot that would take a good part of it is not made.
    """
    rows = len(cut.fold.train)
    size = min(rows, PILOT_ROWS)
    first = _pilot(dataset, recipe, cut, size)
    if rows <= SECOND_PILOT_ROWS or first.taken * SECOND_PILOT_ROWS / PILOT_ROWS > seconds / 6:
        return Cost(0.0, first.fitting / size, first.predicting)
    second = _pilot(dataset, recipe, cut, SECOND_PILOT_ROWS)
    slope = max(second.fitting - first.fitting, 0.2 * second.fitting) / (SECOND_PILOT_ROWS - PILOT_ROWS)
    return Cost(max(second.fitting - slope * SECOND_PILOT_ROWS, 0.0), slope, second.predicting)


@dataclass(frozen=True)
class _Pilot:
    """Seconds of fitting all wanted rounds on its rows, of predicting a fold's rows, and that the pilot itself took."""

    fitting: float
    predicting: float
    taken: float


def _pilot(dataset: Dataset, recipe: Recipe, cut: Cut, rows: int) -> _Pilot:
    few, times = _few_rounds(recipe.params)
    start = time.perf_counter()
    model = fit_fold(dataset, replace(recipe, params=few, most_rows=rows, repeats=1), cut)
    fitted = time.perf_counter()
    asked = dataset.test.iloc[:PILOT_ROWS]
    model.predict(asked)
    predicted = time.perf_counter() - fitted
    times *= recipe.repeats
    every = (len(cut.fold.valid) + len(dataset.test)) / max(len(asked), 1)
    return _Pilot((fitted - start) * times, predicted * every * times, time.perf_counter() - start)


def _few_rounds(params: Mapping[str, Any]) -> tuple[dict[str, Any], float]:
    """The settings with the pilot's rounds, none stopped early, and how many times as many are wanted."""
    wanted = wanted_rounds(params)
    few = {key: most for key, most in PILOT_ROUNDS.items() if key in params}
    if wanted is None or wanted <= min(few.values()):
        return dict(params), 1.0
    unstopped = {"early_stopping_rounds": None} if "early_stopping_rounds" in params else {}
    return {**params, **few, **unstopped}, wanted / min(few.values())
