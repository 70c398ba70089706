"""Which settings of a model are trained: the search's best, then the planned portfolio's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.core.job import Job
from pipeline.core.seeds import derive
from pipeline.core.tables import read_json, text_hash
from pipeline.dataset import Dataset
from pipeline.declaration.specs import TrainSpec
from pipeline.fitting.cache import folder_of
from pipeline.fitting.kept import Variant
from pipeline.fitting.recipe import Recipe, planned
from pipeline.fitting.workload import Workload
from pipeline.members import member_name


def read_recipes(job: Job, spec: TrainSpec, dataset: Dataset) -> tuple[list[Recipe], Workload]:
    """The recipes of a model's settings in their order, and how their folds share the cores."""
    tuned = read_json(job.path("tune", spec.model, "best.json"))
    every = settings(spec, tuned["kept"])
    first, load = planned(spec, dataset, every[0], spec.repeats)
    return [replace(first, params=params, pseudo=spec.pseudo) for params in every], load


def named_variants(job: Job, recipes: Sequence[Recipe], load: Workload) -> list[Variant]:
    """The recipes with their names, seeds and places under ``.cache/``.

    What an earlier run kept for settings that are no longer among them is removed.
    """
    if not recipes:
        return []
    first = recipes[0]
    lasting: dict[str, Any] = {
        "params": {},
        "portfolio": [],
        "share": None,
        "refit": False,
    }  # each variant's folder goes by its own settings, and holds a refit beside the folds
    spec = first.spec.model_copy(update=lasting)
    home = folder_of(job, spec, first.card.libraries, first.device, load.threads)
    variants = [_variant(recipe, number, home) for number, recipe in enumerate(recipes)]
    for old in set(home.glob("*")) - {variant.store for variant in variants}:
        shutil.rmtree(old, ignore_errors=True)
    return variants


def settings(spec: TrainSpec, kept: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The settings to train, none twice: the kept trials' (the declared ones where nothing was searched), the rest.

    Parameters
    ----------
    kept : iterable of mapping
        Changes to the declared settings, the best trial's first.
    """
    return distinct({**spec.params, **changes} for changes in (*kept, *spec.portfolio))


def distinct(every: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Settings in their order, each of them once.

    >>> distinct([{"depth": 3}, {"depth": 5}, {"depth": 3}])
    [{'depth': 3}, {'depth': 5}]
    """
    found: dict[str, dict[str, Any]] = {}
    for params in every:
        found.setdefault(settings_key(params), params)
    return list(found.values())


def settings_key(params: Mapping[str, Any]) -> str:
    """Sixteen hexadecimal digits that settings go by."""
    return text_hash(json.dumps(params, sort_keys=True))[:16]


def _variant(recipe: Recipe, number: int, home: Path) -> Variant:
    """The first variant has the model's own seed; the others' follow from their settings, not from their places."""
    spec, params = recipe.spec, dict(recipe.params)
    key = settings_key(params if recipe.most_rows is None else {**params, "most rows": recipe.most_rows})
    seed = derive(spec.seed, "variant", key) if number else spec.seed
    own = replace(recipe, spec=spec.model_copy(update={"params": params, "seed": seed}))
    store = home / (key if number else f"{key}-first")
    timed = getattr(spec, "share", None) is not None
    return Variant(member_name(spec.model, number), own, store, compared=number == 0 and not timed)
