"""``plan``: the declaration checked, the defaults filled in, the seeds derived, and one small spec for each stage.

The only module that sees every section and every model's card. Each stage depends on its own spec alone, so DVC
reruns exactly what a changed key bears on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline import models
from pipeline.core.clock import Clock, read_clock
from pipeline.core.errors import PodiumError, nearest
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.seeds import derive
from pipeline.core.tables import file_hash, read_json, write_json
from pipeline.declaration import specs
from pipeline.declaration.competition import Competition
from pipeline.declaration.metric import Task, Transform
from pipeline.declaration.read import read_declaration
from pipeline.declaration.source import KaggleSource
from pipeline.declaration.train import INVERSE_SQUARE, PseudoLabels


def run(job: Job) -> str:
    """Write ``data/<competition>/plan/``: ``<stage>.json``, and ``tune-<model>.json`` and ``train-<model>.json``."""
    competition = with_budget(read_declaration(job.paths.declaration), read_clock())
    planned = plan(competition)
    with job.writing() as folder:
        for name, spec in planned.items():
            write_json(spec.model_dump(mode="json"), folder / f"{name}.json")
    known = ", ".join(competition.models)
    limit = f", within {competition.budget:g} s" if competition.budget else ""
    return f"{competition.resolved_task}, {competition.metric.label}{limit}, {len(competition.models)} models: {known}"


def with_budget(competition: Competition, clock: Clock | None) -> Competition:
    """The declaration with the budget of the clock that runs, where one does."""
    return competition if clock is None else competition.model_copy(update={"budget": clock.seconds})


def planned_budget(paths: Paths) -> float | None:
    """The budget that the plan on disk was made for; None where it has none."""
    content: float | None = read_json(paths.plan("evaluate")).get("budget")
    return content


def plan(competition: Competition) -> dict[str, specs.Spec]:
    """The specs by name, such as ``split`` and ``train-xgboost``.

    Raises
    ------
    PodiumError
        Where a section names a model that is not in ``models``, or a model a setting that it does not have.
    """
    _check_model_names(competition)
    planned = _stage_specs(competition)
    for name in competition.models:
        planned |= _model_specs(competition, name)
    return planned


def _check_model_names(c: Competition) -> None:
    for name in c.models:
        models.load(name, c.name)
    mentioned: dict[str, Iterable[str]] = {
        "train": c.train.models,
        "tune.models": c.tune.models,
        "tune.space": c.tune.space,
        "tune.effort": c.tune.effort,
        "ensemble.members": c.ensemble.members,
    }
    for key, names in mentioned.items():
        for name in names:
            if name not in c.models:
                raise PodiumError(
                    c.name, key, "may name only what stands in models", got=repr(name), step=nearest(name, c.models)
                )
    for name in c.ensemble.others:
        if name in c.models:
            raise PodiumError(
                c.name,
                "ensemble.others",
                "must name folders that no model of this run writes",
                got=repr(name),
                step="Rename the folder: its members are then called by its name",
            )


def _objective(c: Competition) -> tuple[Task, Transform]:
    if c.train.weights == INVERSE_SQUARE:
        _check_inverse_square(c)
    if c.metric.facts.ordered or c.train.weights == INVERSE_SQUARE:
        return "regression", "identity"
    return c.resolved_task, c.metric.facts.transform


def _check_inverse_square(c: Competition) -> None:
    if c.resolved_task != "regression":
        step = "Name a column of weights, or declare oversample.method: class_weight"
        raise PodiumError(
            c.name, "train.weights", f"may be {INVERSE_SQUARE} only for a regression", got=c.resolved_task, step=step
        )


def _stage_specs(c: Competition) -> dict[str, specs.Spec]:
    task = c.resolved_task
    files = c.source.files

    def base(stage: str) -> dict[str, Any]:
        return {"competition": c.name, "seed": derive(c.seed, stage)}

    split_columns = [name for name in (c.split.group, c.split.time, c.split.column) if name]
    kaggle = c.source.kaggle if c.source.kaggle.asked else KaggleSource(competition=c.name)
    source = c.source.model_copy(update={"kaggle": kaggle})
    return {
        "fetch": specs.FetchSpec(
            **base("fetch"), source=source, columns=c.columns, task=task, tables=c.tables, needs=c.metric.facts.needs
        ),
        "clean": specs.CleanSpec(
            **base("clean"),
            task=task,
            columns=c.columns,
            files=files,
            delimiter=c.source.delimiter,
            encoding=c.source.encoding,
            tables=c.tables,
            clean=c.clean,
            transform=_objective(c)[1],
            split_columns=split_columns,
        ),
        "features": specs.FeaturesSpec(**base("features"), features=c.features),
        "audit": specs.AuditSpec(**base("audit"), task=task, title=c.title, split=c.split.kind, time=c.split.time),
        "split": specs.SplitSpec(**base("split"), task=task, split=c.split),
        "select": specs.SelectSpec(
            **base("select"), task=_objective(c)[0], select=c.select.model_copy(update={"compare": True})
        ),
        "oversample": specs.OversampleSpec(**base("oversample"), task=task, oversample=c.oversample),
        "ensemble": specs.EnsembleSpec(
            **base("ensemble"), task=task, metric=c.metric, models=list(c.models), ensemble=c.ensemble
        ),
        "evaluate": specs.EvaluateSpec(
            **base("evaluate"),
            declared_seed=c.seed,
            title=c.title,
            task=task,
            metric=c.metric,
            models=list(c.models),
            evaluate=c.evaluate,
            columns=c.columns,
            files=files,
            oversample=c.oversample.method,
            select=c.select.label,
            scope=c.features.scope,
            limited_by_time=c.tune.seconds is not None or c.budget is not None,
            split_columns=[name for name in (c.split.group, c.split.time) if name],
            budget=c.budget,
        ),
        "submit": specs.SubmitSpec(
            **base("submit"),
            task=task,
            metric=c.metric,
            columns=c.columns,
            files=files,
            delimiter=c.source.delimiter,
            encoding=c.source.encoding,
            submit=c.submit,
            budget=c.budget,
        ),
    }


def _model_specs(c: Competition, name: str) -> dict[str, specs.Spec]:
    card = models.load(name, c.name)
    own = c.train.models.get(name)
    eats = card.oversample if own is None or own.oversample is None else own.oversample
    objective, transform = _objective(c)
    _check_objective(c, name, objective)
    shared: dict[str, Any] = {
        "competition": c.name,
        "model": name,
        "task": c.resolved_task,
        "objective": objective,
        "transform": transform,
        "metric": c.metric,
        "params": _params(c, name, card, c.models[name]),
        "resampling": c.oversample.method if eats else "none",
        "preprocess": c.preprocess,
        "device": (own and own.device) or c.train.device,
        "stopping_share": c.train.stopping_share,
        "weights": c.train.weights,
        "shift": _shift(c, name, card),
        "code": _code_hash(card),
    }
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
            space=_space(c, name, card),
        ),
        f"train-{name}": specs.TrainSpec(
            **shared,
            seed=derive(c.seed, "train", name),
            repeats=(own and own.repeats) or c.train.repeats,
            portfolio=_portfolio(c, name, card),
            compare_selection=c.select.compare and c.select.method != "none" and c.budget is None,
            share=_share(c),
            pseudo=_pseudo(c, name, card, (own and own.repeats) or c.train.repeats),
            refit=c.split.kind == "time" if c.train.refit == "auto" else c.train.refit,
        ),
    }


def _shift(c: Competition, name: str, card: models.Model) -> specs.ShiftPlan | None:
    """The weights against a shift between the files, for a model that is fitted with them."""
    if c.train.weights is not None and not card.weighted:
        raise PodiumError(
            c.name, "train.weights", "needs models that take row weights", got=name, step=f"Take {name} out of models"
        )
    own = c.train.models.get(name)
    if c.train.shift_weights is None or (own is not None and not own.shift_weights):
        return None
    if not card.weighted:
        step = f"Write shift_weights: false under train.{name}"
        raise PodiumError(c.name, "train.shift_weights", "needs models that take row weights", got=name, step=step)
    return specs.ShiftPlan(**c.train.shift_weights.model_dump(), seed=derive(c.seed, "shift weights"))


def _pseudo(c: Competition, name: str, card: models.Model, repeats: int) -> PseudoLabels | None:
    """How a model's folds label test rows, where they do.

    Where folds go forward in time the test rows lie after every row that is validated: a student would learn from a
    future that nothing has when the test rows themselves are predicted.
    """
    declared, own = c.train.pseudo_labels, c.train.models.get(name)
    if declared is None or (own is not None and not own.pseudo_labels):
        return None
    where, without = "train.pseudo_labels", f"Write pseudo_labels: false under train.{name}"
    if c.split.kind == "time":
        allowed = "may not be used where folds go forward in time: the test rows lie after all of them"
        raise PodiumError(c.name, where, allowed, got="split.kind: time", step="Take it out")
    if not card.weighted:
        raise PodiumError(c.name, where, "needs models that take row weights", got=name, step=without)
    if c.oversample.method != "none" and (card.oversample if own is None or own.oversample is None else own.oversample):
        step = f"{without}, or oversample: false"
        raise PodiumError(c.name, where, "may not be used for a resampled model", got=name, step=step)
    if _objective(c)[0] == "regression":
        if declared.labels == "soft":
            raise PodiumError(c.name, f"{where}.labels", "must be hard for values", got="soft")
        if (declared.share or 1) < 1 and repeats < 2:
            step = "Leave share out, or let train.repeats be at least 2"
            allowed = "below 1 needs repeats, whose differences say how sure a value is"
            raise PodiumError(c.name, f"{where}.share", allowed, got=f"{declared.share:g} for {name}", step=step)
    if declared.labels != "auto":
        return declared
    plainly = _objective(c)[0] == "regression" or c.metric.facts.needs == "label"
    return declared.model_copy(update={"labels": "hard" if plainly else "soft"})


def _check_objective(c: Competition, name: str, objective: Task) -> None:
    able = models.load(name, c.name).objectives
    if objective not in able:
        others = [other for other in models.names() if objective in models.load(other, c.name).objectives]
        step = f"Take another: {', '.join(others)}"
        raise PodiumError(
            c.name, f"models.{name}", f"can be fitted for {' and '.join(able)} only", got=objective, step=step
        )


def _code_hash(card: models.Model) -> str:
    here = Path(__file__).parent
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
            _check_settings(c, f"{where}[{number}]", card, changes)
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
    return specs.Share(budget=c.budget, weights={name: models.load(name, c.name).share for name in c.models})


def _check_settings(c: Competition, where: str, card: models.Model, declared: Mapping[str, Any]) -> None:
    known = {*card.defaults, *card.also}
    for key in declared:
        if key not in known:
            step = nearest(str(key), known)
            raise PodiumError(c.name, f"{where}.{key}", "is not a setting of this model", step=step)


def _params(c: Competition, name: str, card: models.Model, declared: Mapping[str, Any]) -> dict[str, Any]:
    _check_settings(c, f"models.{name}", card, declared)
    return {**card.defaults, **_monotone(c, name, card), **declared}


def _monotone(c: Competition, name: str, card: models.Model) -> dict[str, Any]:
    """The competition's own directions, where it declares any; a model that cannot hold them is refused."""
    declared = c.models[name].get("monotone", c.train.monotone)
    if not declared:
        return {}
    where = f"models.{name}.monotone" if "monotone" in c.models[name] else "train.monotone"
    able = [other for other in models.names() if "monotone" in models.load(other, c.name).also]
    if name not in able:
        step = f"Declare monotone under {', '.join(f'models.{other}' for other in able)} instead"
        raise PodiumError(c.name, where, "needs models that can hold it", got=name, step=step)
    if _objective(c)[0] == "multiclass":
        raise PodiumError(c.name, where, "is for two classes or values", got="multiclass", step="Take it out")
    wrong = not isinstance(declared, dict) or set(declared.values()) - {"increasing", "decreasing"}
    if wrong:
        raise PodiumError(c.name, where, "must say increasing or decreasing by column", got=repr(declared))
    return {"monotone": declared}


def _space(c: Competition, name: str, card: models.Model) -> dict[str, dict[str, Any]]:
    declared = c.tune.space.get(name, {})
    known = {*card.defaults, *card.also}
    for key, limits in declared.items():
        where = f"tune.space.{name}.{key}"
        if key not in known:
            raise PodiumError(c.name, where, "is not a setting of this model", step=nearest(str(key), known))
        allowed = set(models.Range.__dataclass_fields__)
        if not isinstance(limits, dict) or not set(limits) <= allowed:
            raise PodiumError(
                c.name, where, f"must be a mapping with keys of {', '.join(sorted(allowed))}", got=repr(limits)
            )
    return declared
