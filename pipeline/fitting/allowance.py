"""How many seconds one model may take of a run that has a budget.

What is left on the run's clock, less what the stages after training need, is shared among the models that have not been
trained yet by their weights: what a quick model leaves over falls to those after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.core.clock import read_clock
from pipeline.core.job import Job
from pipeline.core.tables import read_json
from pipeline.dataset import Dataset
from pipeline.declaration.metric import Metric
from pipeline.declaration.specs import FEW_CLASSES, Share
from pipeline.metrics import BY_ORDER

TAIL = 9.0  # ensemble, evaluate and submit, with their starts and DVC's part, on a small table
TAIL_PER_ROW = 1e-5
TAIL_PER_MEMBER = 0.25
TAIL_PER_CELL = 2e-5  # of a row and a member: the ensembles' contest, on as many rows as they look at
TAIL_OF_LAYER = 2.0  # the second layer's trees, on hardly any rows
TAIL_OF_LAYER_PER_ROW = 2e-4  # of as many as it looks at, for each two classes
LAYER_ROWS, LAYER_ROWS_IN_ALL, LAYER_CLASSES = 20_000, 200_000, 10
TIMES_SORTED = 3.0  # as long where each score sorts the rows, as AUC does
TAIL_PER_CLASS = 0.35  # beyond two: curves, tables and a report's page for each; the contest takes so much longer too
MOST_ROWS = 50_000
MEMBERS = 2  # a model that is still to come is taken to have so many
LEFT_OUT = 1.2  # tune and train of a model that is left out at once, before its library is imported
WORTH_A_START = 0.4  # a model whose seconds are less than so much of its start is not begun
LEAST = 3.0  # of fitting, for a model to be worth its start
LEAST_OF_FEW = 0.5  # times as much is enough on a table of hardly any rows
FEW = 2_000  # rows of train and test together: up to so many, all but the heavy families are quick
CHEAP = 1.0  # a family of less weight is quick, and unlike the heavier ones; there one of this weight too
LEAST_PART = 0.5  # of what the leading model wants: less is no second opinion worth its seconds


@dataclass(frozen=True)
class Allowance:
    """The seconds that are left for training, and a model's part in them.

    Parameters
    ----------
    left : float
        For all models that have not been trained yet; below 0 where none are left.
    part : float
        The model's fair part of it, from 0 to 1: what it is worth its start with, and of the rest its part by weight.
    others : int
        How many further models are to be trained.
    leads : bool
        Whether no model has been trained yet.
    crowded : bool
        Whether there is no time for some of those that are to come: then another family is worth more than another
        setting of this one.
    """

    left: float
    part: float
    others: int
    leads: bool
    crowded: bool = False

    @property
    def fair(self) -> float:
        """The model's seconds where nobody needs more than a fair part."""
        return self.left * self.part

    def claim(self, wanted: float, sampled: bool) -> float:
        """The model's seconds, for one that would like so many.

        The leading model comes first in worth too. Where a fair part would do for a sample of the rows only, as many
        models as can have half of what it wants share the time evenly, and the others are left out: one model that saw
        all the rows beats several that saw few. Where it would do for all the rows in fewer rounds, the leading model
        may have a third of the time at most: many classes make its rounds slow, and a quick model may be as good.

        Parameters
        ----------
        wanted : float
            Seconds for all rows and rounds.
        sampled : bool
            Whether a fair part would do for a sample of the rows only.
        """
        if not self.leads or wanted <= self.fair:
            return self.fair
        if not sampled:
            return max(self.fair, min(wanted, self.left / 3))
        able = int(self.left / (LEAST_PART * wanted))
        return max(self.fair, min(wanted, self.left / min(max(able, 1), self.others + 1)))


@dataclass(frozen=True)
class Ahead:
    """What the stages after training will have to do, as far as it is known before.

    Parameters
    ----------
    rows : int
        Of train and test together.
    classes : int
        Of the target, 0 of values: the contest, the curves and the page take longer on more.
    sorts : bool
        Whether each score of the contest sorts its rows.
    forward : bool
        Whether folds go forward in time, where no stack takes part by default.
    """

    rows: int
    classes: int = 0
    sorts: bool = False
    forward: bool = False

    @classmethod
    def of(cls, dataset: Dataset, metric: Metric) -> Ahead:
        """After a run on these features, scored by this metric."""
        rows = len(dataset.target) + len(dataset.test)
        return cls(rows, dataset.schema.class_count, metric.name in BY_ORDER, dataset.folds.order is not None)

    def seconds(self, members: int) -> float:
        """Of the ensemble, the evaluation and the submission."""
        cell = TAIL_PER_CELL * max(self.classes / 2, 1) * (TIMES_SORTED if self.sorts else 1)
        contest = cell * min(self.rows, MOST_ROWS) * members
        tail = TAIL + TAIL_PER_ROW * self.rows + TAIL_PER_MEMBER * members + TAIL_PER_CLASS * self.more
        return tail + contest + self.layer

    @property
    def layer(self) -> float:
        """The seconds of the second layer, which is left out on very many rows or classes, and forward in time."""
        if self.forward or self.rows > LAYER_ROWS_IN_ALL or self.classes > LAYER_CLASSES:
            return 0.0
        return TAIL_OF_LAYER + TAIL_OF_LAYER_PER_ROW * max(self.classes / 2, 1) * min(self.rows, LAYER_ROWS)

    @property
    def light(self) -> bool:
        """Whether all but the heavy families are quick beside them: on few rows, and on many classes, a tree each."""
        return self.rows <= FEW or self.classes > FEW_CLASSES

    @property
    def least(self) -> float:
        """The seconds of fitting for which a model is worth its start."""
        return LEAST * min(max(self.rows / FEW, LEAST_OF_FEW), 1.0)

    @property
    def more(self) -> int:
        """The classes beyond two."""
        return max(self.classes - 2, 0)


def allowance(job: Job, share: Share, ahead: Ahead) -> Allowance:
    """What is left on the run's clock from now on, less what the stages after training need, and this model's part.

    Where the time is too short for all models that are to come, the weakest of them have no part in it. Without a
    clock, under a bare ``dvc repro``, the model has its part of the declared budget.

    Parameters
    ----------
    ahead : Ahead
        What those stages will have to do.
    """
    clock = read_clock()
    model = job.model or ""
    weights = share.weights_for(ahead.classes)
    pending = {name: weight for name, weight in weights.items() if name != model}
    if clock is not None:
        pending = {name: weight for name, weight in pending.items() if not _trained_since(job, name, clock.started)}
    left = clock.left if clock is not None else 0.85 * share.budget - share.start(model)
    done = [name for name in weights if name != model and name not in pending]
    own_first = {model: weights[model], **pending}  # those of the same worth come after this one
    to_come = by_worth(own_first, share, ahead.light)
    starts = [0.0 if name == model else share.start(name) for name in to_come]
    # The tail goes by the members, and those by how many models there is time for, and so does the tail.
    members = sum(_members(job, name) for name in done)
    few = most_models(left - ahead.seconds(members), starts, ahead.least)
    left -= ahead.seconds(members + MEMBERS * few)
    able = most_models(left, starts, ahead.least)
    left -= sum(starts[:able]) + LEFT_OUT * (len(to_come) - able)
    if model not in to_come[:able]:
        return Allowance(0.0, 0.0, len(pending), False)
    weight = weights[model] / sum(weights[name] for name in to_come[:able])
    leads = clock is not None and len(pending) == len(weights) - 1
    return Allowance(left, _part(weight, left, able, ahead.least), able - 1, leads, crowded=able < len(to_come))


def _part(weight: float, left: float, able: int, least: float) -> float:
    """A model's part of what is left: what each is worth its start with, and by weight of the rest."""
    each = min(least, max(left, 0.0) / able)
    return (each + weight * (left - able * each)) / left if left > 0 else weight


def begun(share: Share, model: str, seconds: float) -> bool:
    """Whether a model is worth importing its library for so many seconds."""
    return seconds >= WORTH_A_START * share.start(model)


def by_worth(weights: Mapping[str, float], share: Share, light: bool = False) -> list[str]:
    """The models in the order in which they are kept where time is short: the leading one, the cheap ones, the rest.

    A weight is worth less where a slow start goes before it. On few rows or many classes forests, neighbours and
    support vectors are cheap too, and unlike boosting: they come before more of it.

    Parameters
    ----------
    weights : mapping of str to float
        Of the models that are to come.
    share : Share
        Knows their starts.

    >>> weights = {"random_forest": 1.0, "linear": 0.5, "xgboost": 2.0, "lightgbm": 2.5}
    >>> by_worth(weights, Share(budget=60, weights=weights))
    ['lightgbm', 'linear', 'xgboost', 'random_forest']
    >>> by_worth(weights, Share(budget=60, weights=weights), light=True)
    ['lightgbm', 'linear', 'random_forest', 'xgboost']
    """
    order = sorted(weights, key=lambda name: -weights[name] / share.start(name))
    cheap = [name for name in order[1:] if weights[name] < CHEAP or (light and weights[name] == CHEAP)]
    cheap.sort(key=weights.__getitem__)
    return [*order[:1], *cheap, *(name for name in order[1:] if name not in cheap)]


def most_models(seconds: float, starts: Sequence[float], least: float = LEAST) -> int:
    """How many of the models can have their start and a few seconds each; one at least.

    Parameters
    ----------
    starts : sequence of float
        Each model's, in the order in which they are kept.
    least : float
        The few seconds.

    >>> most_models(30.0, [3.5] * 9), most_models(200.0, [3.5] * 9)
    (3, 9)
    """
    able = len(starts)
    while able > 1 and seconds - sum(starts[:able]) - LEFT_OUT * (len(starts) - able) < least * able:
        able -= 1
    return able


def trained_before(job: Job, share: Share) -> list[str]:
    """The other models that this run has trained; none without a clock, which tells this run from earlier ones."""
    clock = read_clock()
    others = [name for name in share.weights if name != job.model]
    return [name for name in others if _trained_since(job, name, clock.started)] if clock is not None else []


def _trained_since(job: Job, model: str, started: float) -> bool:
    record = job.path("train", model, "model.json")
    return record.exists() and record.stat().st_mtime >= started


def stands_alone(job: Job, share: Share) -> bool:
    """Whether this model is the last of the run and none before it has a member: it must not be left out."""
    clock = read_clock()
    others = [name for name in share.weights if name != job.model]
    if clock is None:
        return not others
    return all(_trained_since(job, name, clock.started) and not _members(job, name) for name in others)


def _members(job: Job, model: str) -> int:
    return len(read_json(job.path("train", model, "model.json"))["members"])
