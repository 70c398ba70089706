"""What a model can afford: a pilot on few rows and rounds says what a fold costs, and the settings are cut to fit.

Only in a run that has a budget. Rounds go first, and what is left of the boosting goes faster (the learning rate rises
as the rounds fall); then rows. A model that would be left with too few of them is left out.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.dataset import Dataset
from pipeline.fitting.again import fits_again, once
from pipeline.fitting.cuts import Cut
from pipeline.fitting.fit import Prepared, prepare_fold
from pipeline.fitting.pseudo import teach
from pipeline.fitting.recipe import Recipe

PILOT_ROWS = 4_000
QUICK = 2.0  # seconds of a pilot that is made once more
MORE_ROWS = 10  # times as many in each further pilot, or all there are
WORTH_MORE = 2  # times as many at least
PILOT_ROUNDS = {"n_estimators": 60, "max_epochs": 6, "n_epochs": 16, "n_iter": 10}
MOST_ROUNDS = {"max_epochs": 60}  # what an open number of rounds may come to
FEWEST_ROWS = 2_000
FASTEST = 0.3
ROUNDS = tuple(PILOT_ROUNDS)
# Of the rounds that are wanted; half of a sampler's, whose draws are worth nothing before it has come to rest.
FEWEST_ROUNDS = dict.fromkeys(ROUNDS, 1 / 6) | {"n_iter": 1 / 2}


@dataclass(frozen=True)
class Line:
    """Seconds that grow with the rows: ``start + per_row * rows``."""

    start: float
    per_row: float

    def at(self, rows: float) -> float:
        """Of so many rows."""
        return self.start + self.per_row * rows

    @classmethod
    def through(cls, few: tuple[int, float], many: tuple[int, float]) -> Line:
        """By the seconds of few and of many rows: at least a fifth of the latter are taken to grow with the rows."""
        slope = max(many[1] - few[1], 0.2 * many[1]) / (many[0] - few[0])
        return cls(max(many[1] - slope * many[0], 0.0), slope)


@dataclass(frozen=True)
class Cost:
    """What one fold costs.

    Parameters
    ----------
    preparing : Line
        Of preprocessing the training rows, and of what else of a fit does not grow with the rounds.
    fitting : Line
        Of all the rounds that are wanted.
    transforming, predicting : float
        Of preprocessing a fold's validation rows and the test rows, and of predicting them with all the rounds.
    rows : int
        The largest pilot's.
    again : bool
        Whether all the rounds are fitted a second time, on the rows that were stopped on too.
    """

    preparing: Line
    fitting: Line
    transforming: float = 0.0
    predicting: float = 0.0
    rows: int = 0
    again: bool = False

    def seconds(self, rows: float, share: float = 1.0) -> float:
        """Of a fold fitted on so many rows with this share of its rounds."""
        return self.fixed(rows) + share * ((1 + self.again) * self.fitting.at(rows) + self.predicting)

    def fixed(self, rows: float) -> float:
        """The part that fewer rounds do not make smaller."""
        return self.preparing.at(rows) + self.transforming


def wanted_rounds(params: Mapping[str, Any]) -> int | None:
    """The rounds that a fold is expected to take; a third of the most where it stops early; None without rounds."""
    most = next((params[key] or MOST_ROUNDS.get(key) for key in ROUNDS if key in params), None)
    if most is None:
        return None
    return max(most // 3, 1) if params.get("early_stopping_rounds") else int(most)


def _most_rounds(params: Mapping[str, Any]) -> int:
    """The most rounds that the settings allow; those wanted where they are open."""
    most = next((params[key] for key in ROUNDS if params.get(key)), None)
    return int(most) if most else wanted_rounds(params) or 1


def rounds_cut(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the settings have fewer rounds than a fold is expected to take.

    >>> rounds_cut({"n_estimators": 900}, {"n_estimators": 300}), rounds_cut({"C": 1.0}, {"C": 1.0})
    (True, False)
    """
    wanted = wanted_rounds(before)
    return wanted is not None and any((after[key] or wanted) < wanted for key in ROUNDS if key in after)


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


def afford(
    recipe: Recipe, cost: Cost, rows: Sequence[int], seconds: float, fewest: float = FEWEST_ROWS
) -> Recipe | None:
    """The recipe cut to what some folds may take together; None where too few rows would be left.

    Parameters
    ----------
    cost : Cost
        Of one fold.
    rows : sequence of int
        Each fold's training rows.
    seconds : float
        What they may take, one after another.
    fewest : float
        The fewest rows of a fold that are still worth a fit.
    """
    wanted, count = wanted_rounds(recipe.params), len(rows)
    whole, fixed = (sum(cost.seconds(each, share) for each in rows) for share in (1.0, 0.0))
    share = (seconds - fixed) / max(whole - fixed, 1e-12)
    if share < 1 and cost.again:  # the second fit is what can be spared first
        return afford(once(recipe), replace(cost, again=False), rows, seconds, fewest)
    # Where there is time, a fit that stops early may take more rounds than are expected of it.
    kept = 1.0
    if wanted is not None:
        fewest_rounds = next(FEWEST_ROUNDS[key] for key in ROUNDS if key in recipe.params)
        kept = min(max(share, fewest_rounds), _most_rounds(recipe.params) / wanted)
        recipe = replace(recipe, params=with_rounds(recipe.params, max(int(wanted * kept), 1)))
    if share >= kept:
        return recipe
    start = cost.seconds(0, kept)
    growing = cost.preparing.per_row + kept * cost.fitting.per_row  # of a fit that is not made again
    most = int((seconds / count - start) / max(growing, 1e-12))
    return replace(recipe, most_rows=most) if most >= fewest else None


def measure(dataset: Dataset, recipe: Recipe, cut: Cut, seconds: float) -> Cost:
    """The cost of a fold by a pilot of few rows and rounds, and by further ones of more rows where there are more.

    Parameters
    ----------
    seconds : float
        What the model may take in all: a further pilot that would take a good part of it is not made.
    """
    rows = len(cut.fold.train)
    # So few rows in several threads would tell of what else the machine is doing.
    small = (dataset, replace(recipe, threads=1), cut, min(rows, PILOT_ROWS))
    last = _pilot(*small)
    if quick := last.taken < QUICK:  # most of that was imports, which no fold pays again
        last = _pilot(*small)
    cost = Cost(Line(0.0, last.preparing / last.rows), Line(0.0, last.fitting / last.rows), *last.other, last.rows)
    # A pilot that has paid for imports too takes more than a tenth of the next one's time.
    growth = 1.0 if quick else 0.5
    while (more := min(last.rows * MORE_ROWS, rows)) >= WORTH_MORE * last.rows:
        if last.taken * (more / last.rows) ** growth >= seconds / 10:
            break
        before, last, growth = last, _pilot(dataset, recipe, cut, more), 1.0
        preparing, fitting = (
            Line.through((before.rows, getattr(before, part)), (last.rows, getattr(last, part)))
            for part in ("preparing", "fitting")
        )
        cost = Cost(preparing, fitting, *last.other, last.rows)
    return replace(cost, again=fits_again(recipe, rows))


@dataclass(frozen=True)
class _Pilot:
    """A short fit.

    Parameters
    ----------
    rows : int
    preparing, fitting : float
        Seconds of preparing its rows, and of all wanted rounds on them.
    other : (float, float)
        Seconds of transforming a fold's other rows, and of predicting them with all wanted rounds.
    taken : float
        Seconds that it took itself.
    """

    rows: int
    preparing: float
    fitting: float
    other: tuple[float, float]
    taken: float


def _pilot(dataset: Dataset, recipe: Recipe, cut: Cut, rows: int) -> _Pilot:
    few, times = _few_rounds(recipe.params)
    own, start = replace(recipe, params=few, most_rows=rows, repeats=1), time.perf_counter()
    prepared = prepare_fold(dataset, own, cut)
    preparing = time.perf_counter() - start
    one = _first_round(dataset, own, cut, prepared) if times > 1 else None
    begun = time.perf_counter()
    model = teach(dataset, own, cut, prepared).model
    fitted = time.perf_counter()
    asked = dataset.test.iloc[:PILOT_ROWS]
    prepared.preprocessor.transform(asked)
    transformed = time.perf_counter()
    model.predict(asked)
    end = time.perf_counter()
    times *= recipe.repeats
    every = (len(cut.fold.valid) + len(dataset.test)) / max(len(asked), 1)
    fixed, fitting = _parted(fitted - begun, one, few)
    transforming = (transformed - fitted) * every
    predicting = max(end - transformed - (transformed - fitted), 0.0) * every * times
    preparing += fixed * recipe.repeats
    return _Pilot(rows, preparing, fitting * times, (transforming, predicting), end - start)


def _first_round(dataset: Dataset, recipe: Recipe, cut: Cut, prepared: Prepared) -> float:
    """The seconds of a fit of one round; of a second one on few rows, for the first also wakes the library."""
    key = next(key for key in ROUNDS if key in recipe.params)
    once, taken = replace(recipe, params={**recipe.params, key: 1}), 0.0
    for _ in range(2 if (recipe.most_rows or 0) <= PILOT_ROWS else 1):
        start = time.perf_counter()
        teach(dataset, once, cut, prepared)
        taken = time.perf_counter() - start
    return taken


def _parted(whole: float, one: float | None, few: Mapping[str, Any]) -> tuple[float, float]:
    """What of a pilot's fit comes before its rounds, such as binning, and what its rounds take, a fifth at least."""
    if one is None:
        return 0.0, whole
    rounds = next(int(few[key]) for key in ROUNDS if key in few)
    each = max((whole - one) / (rounds - 1), 0.2 * whole / rounds)
    return max(one - each, 0.0), each * rounds


def _few_rounds(params: Mapping[str, Any]) -> tuple[dict[str, Any], float]:
    """The settings with the pilot's rounds, none stopped early, and how many times as many are wanted."""
    wanted = wanted_rounds(params)
    few = {key: most for key, most in PILOT_ROUNDS.items() if key in params}
    if wanted is None or wanted <= min(few.values()):
        return dict(params), 1.0
    unstopped = {"early_stopping_rounds": None} if "early_stopping_rounds" in params else {}
    return {**params, **few, **unstopped}, wanted / min(few.values())
