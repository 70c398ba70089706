"""The specs of ``tune`` and ``train``, for one model each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline import models
from pipeline.core.errors import PodiumError
from pipeline.core.seeds import derive
from pipeline.core.tables import file_hash
from pipeline.declaration import specs
from pipeline.declaration.competition import Competition
from pipeline.declaration.metric import Task
from pipeline.planning.objective import objective
from pipeline.planning.settings import check_settings, settings_of, space_of
from pipeline.planning.test_rows import pseudo_labels, shift_plan


def model_specs(c: Competition, name: str) -> dict[str, specs.Spec]:
    """The specs ``tune-<model>`` and ``train-<model>``.

    Raises
    ------
    PodiumError
        Where the model cannot be fitted for this competition, or has no such setting.
    """
    card = models.load(name, c.name)
    own = c.train.models.get(name)
    repeats = (own and own.repeats) or c.train.repeats
    shared = _shared(c, name, card)
    return {
        f"tune-{name}": specs.TuneSpec(
            **shared,
            seed=derive(c.seed, "tune", name),
            share=_share(c),
            portfolio=_tried(c, name, card),
            trials=_trials(c, name),
            keep=c.tune.keep,
            seconds=c.tune.seconds,
            sampler=c.tune.sampler,
            pruner=c.tune.pruner,
            warm_start=c.tune.warm_start,
            space=space_of(c, name, card),
        ),
        f"train-{name}": specs.TrainSpec(
            **shared,
            seed=derive(c.seed, "train", name),
            repeats=repeats,
            portfolio=_portfolio(c, name, card),
            compare_selection=c.select.compare and c.select.method != "none" and c.budget is None,
            share=_share(c),
            pseudo=pseudo_labels(c, name, card, repeats),
            refit=c.split.kind == "time" if c.train.refit == "auto" else c.train.refit,
        ),
    }


def _shared(c: Competition, name: str, card: models.Model) -> dict[str, Any]:
    """What determines how one fold's model is fitted, for both specs."""
    own = c.train.models.get(name)
    eats = card.oversample if own is None or own.oversample is None else own.oversample
    task, transform = objective(c)
    _check_objective(c, name, task)
    return {
        "competition": c.name,
        "model": name,
        "task": c.resolved_task,
        "objective": task,
        "transform": transform,
        "metric": c.metric,
        "params": settings_of(c, name, card),
        "resampling": c.oversample.method if eats else "none",
        "preprocess": c.preprocess,
        "device": (own and own.device) or c.train.device,
        "stopping_share": c.train.stopping_share,
        "stopping_refit": c.train.stopping_refit,
        "weights": c.train.weights,
        "shift": shift_plan(c, name, card),
        "code": _code_hash(card),
    }


def _check_objective(c: Competition, name: str, task: Task) -> None:
    able = models.load(name, c.name).objectives
    if task not in able:
        others = [other for other in models.names() if task in models.load(other, c.name).objectives]
        step = f"Take another: {', '.join(others)}"
        raise PodiumError(c.name, f"models.{name}", f"can be fitted for {' and '.join(able)} only", got=task, step=step)


def _code_hash(card: models.Model) -> str:
    here = Path(models.__file__).parent.parent
    parts = [here / name for name in card.code]
    files = [f for part in parts for f in (sorted(part.rglob("*.py")) if part.is_dir() else [part])]
    return file_hash(*files) if files else ""


def _trials(c: Competition, name: str) -> int:
    """A model's trials: its own number, else its share by the efforts, else that of every model."""
    effort = c.tune.effort
    if name in c.tune.models or not effort:
        return c.tune.models.get(name, c.tune.trials)
    return round(c.tune.trials * len(c.models) * effort.get(name, 0.0) / sum(effort.values()))


def _tried(c: Competition, name: str, card: models.Model) -> list[dict[str, Any]]:
    """What a search tries after the declared settings: the competition's own variants, or the card's portfolio."""
    own = c.train.models.get(name)
    declared = None if own is None else own.variants
    return declared if isinstance(declared, list) else [dict(changes) for changes in card.portfolio[1:]]


def _portfolio(c: Competition, name: str, card: models.Model) -> list[dict[str, Any]]:
    """The variants beside the declared settings: the competition's own list, or the first of the card's.

    With a budget all of the card's are planned, and ``train`` takes what its time allows.
    """
    own = c.train.models.get(name)
    declared = None if own is None else own.variants
    where = f"train.{name}.variants"
    if isinstance(declared, list):
        for number, changes in enumerate(declared):
            check_settings(c, f"{where}[{number}]", card, changes)
        return declared
    most = len(card.portfolio)
    if declared is not None and declared > most:
        step = "Or list settings of your own"
        raise PodiumError(
            c.name, where, f"must be at most {most}, this model's portfolio", got=str(declared), step=step
        )
    last = most if c.budget is not None else declared or c.train.variants
    return [dict(changes) for changes in card.portfolio[1:last]]


def _share(c: Competition) -> specs.Share | None:
    """What a model must know to keep to its part of the budget: how heavily each of the run's models weighs."""
    if c.budget is None:
        return None
    cards = {name: models.load(name, c.name) for name in c.models}
    by_class = [name for name, card in cards.items() if card.by_class]
    weights = {name: card.share for name, card in cards.items()}
    starts = {name: card.start for name, card in cards.items() if card.start is not None}
    return specs.Share(budget=c.budget, weights=weights, by_class=by_class, starts=starts)
