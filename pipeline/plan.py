"""``plan``: the declaration checked, the defaults filled in, the seeds derived, and one small spec for each stage.

Here, and in ``planning/`` below it, every section and every model's card is seen. Each stage depends on its own spec
alone, so DVC reruns exactly what a changed key bears on.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline import models
from pipeline.core.clock import Clock, read_clock
from pipeline.core.errors import PodiumError, nearest
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import read_json, write_json
from pipeline.declaration import specs
from pipeline.declaration.competition import Competition
from pipeline.declaration.read import read_declaration
from pipeline.planning.models import model_specs
from pipeline.planning.stages import stage_specs


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
    planned = stage_specs(competition)
    for name in competition.models:
        planned |= model_specs(competition, name)
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
