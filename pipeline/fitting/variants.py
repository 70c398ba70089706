"""Which settings of a model are trained: the search's best, then the planned portfolio's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.core.job import Job
from pipeline.core.seeds import derive
from pipeline.core.tables import read_json, text_hash
from pipeline.dataset import Dataset
from pipeline.declaration.specs import TrainSpec
from pipeline.fitting.cache import folder_of
from pipeline.fitting.fit import Recipe, planned
from pipeline.fitting.kept import Variant
from pipeline.fitting.workload import Workload
from pipeline.members import member_name


def read_variants(job: Job, spec: TrainSpec, dataset: Dataset) -> tuple[list[Variant], Workload]:
    """A model's variants in their order, and how their folds share the cores.

    What an earlier run kept for settings that are no longer among them is removed.
    """
    tuned = read_json(job.path("tune", spec.model, "best.json"))
    every = settings(spec, tuned["kept"])
    recipe, load = planned(spec, dataset, every[0], spec.repeats)
    lasting = spec.model_copy(update={"params": {}, "portfolio": []})  # each variant's folder goes by its own settings
    home = folder_of(job, lasting, recipe.card.libraries, recipe.device, load.threads)
    variants = [_variant(recipe, params, number, home) for number, params in enumerate(every)]
    for old in set(home.glob("*")) - {variant.store for variant in variants}:
        shutil.rmtree(old, ignore_errors=True)
    return variants, load


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


def _variant(recipe: Recipe, params: dict[str, Any], number: int, home: Path) -> Variant:
    """The first variant has the model's own seed; the others' follow from their settings, not from their places."""
    spec, key = recipe.spec, settings_key(params)
    seed = derive(spec.seed, "variant", key) if number else spec.seed
    own = replace(recipe, params=params, spec=spec.model_copy(update={"params": params, "seed": seed}))
    store = home / (key if number else f"{key}-first")
    return Variant(member_name(spec.model, number), own, store, compared=number == 0)
