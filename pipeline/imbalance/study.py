"""What one study is made on: the competition's finished tables, its folds, and each model's plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pipeline import plan
from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.seeds import derive
from pipeline.core.tables import read_json
from pipeline.dataset import Dataset, read_dataset
from pipeline.declaration.competition import Competition
from pipeline.declaration.read import read_declaration
from pipeline.declaration.specs import OversampleSpec, Spec, TrainSpec
from pipeline.folds import Folds, spread_sample
from pipeline.imbalance.options import Options

STAGE = "imbalance"
FIRST_REPEAT = "r0"


@dataclass(frozen=True)
class Study:
    """Everything that the cells share.

    Parameters
    ----------
    job : Job
        The competition and the screen.
    options : Options
        How much is made.
    dataset : Dataset
        The training table, or the sample of it; the folds of the first repeat.
    oversample : OversampleSpec
        The competition's ratio and neighbours, for every method.
    specs : mapping of str to TrainSpec
        Each model's plan: its declared settings, or its card's where the competition does not name it.
    """

    job: Job
    options: Options
    dataset: Dataset
    oversample: OversampleSpec
    specs: Mapping[str, TrainSpec]

    @property
    def full_columns(self) -> tuple[str, ...]:
        """The columns that ``select`` chose on all rows."""
        selected = read_json(self.job.path("select", "columns.json"))
        every = [feature.name for feature in self.dataset.features]
        return tuple(every if selected.get("all") else selected["full"])

    def params(self, model: str) -> dict[str, Any]:
        """A model's planned settings, with the tuned ones over them where ``tune`` has run."""
        best = self.job.path("tune", model, "best.json")
        return {**self.specs[model].params, **(read_json(best)["params"] if best.exists() else {})}


def open_study(job: Job, options: Options) -> Study:
    """Read what the study needs.

    Raises
    ------
    PodiumError
        Where a stage's output is not there yet, or the sample of rows is too small.
    """
    competition = read_declaration(job.paths.declaration)
    planned = plan.plan(_with_models(competition, options.models))
    dataset = _first_repeat(read_dataset(job))
    if options.rows is not None:
        seed = derive(competition.seed, STAGE, "rows")
        dataset = sampled(dataset, options.rows, seed, competition.name)
    return Study(
        job,
        options,
        dataset,
        _of_kind(planned["oversample"], OversampleSpec),
        {name: _of_kind(planned[f"train-{name}"], TrainSpec) for name in options.models},
    )


def sampled(dataset: Dataset, rows: int, seed: int, competition: str = "") -> Dataset:
    """A sample of the training rows with every class's share and the same folds; all of them where there are no more.

    Raises
    ------
    PodiumError
        Where the sample would leave a class too few rows for the folds.
    """
    if rows >= len(dataset.target):
        return dataset
    kept = spread_sample(dataset.target, rows, np.random.default_rng(seed)) if rows > 0 else np.empty(0, dtype=int)
    fewest = int(np.bincount(dataset.target[kept], minlength=dataset.schema.class_count).min())
    if fewest < 2 * len(dataset.folds):
        allowed, got = f"must leave {2 * len(dataset.folds)} rows of each class", f"{rows}, which leaves {fewest}"
        raise PodiumError(competition, "--rows", allowed, got=got, step="Take more rows")
    folds = dataset.folds
    marks = {name: mark[kept] for name, mark in folds.marks.items()}
    group, order = (None if part is None else part[kept] for part in (folds.group, folds.order))
    return replace(
        dataset,
        train=dataset.train.iloc[kept].reset_index(drop=True),
        target=dataset.target[kept],
        folds=Folds(folds.row_id[kept], marks, group, order),
    )


def _with_models(competition: Competition, models: Sequence[str]) -> Competition:
    """The declaration with the study's models only, declared ones with their own settings."""
    own = {name: competition.models.get(name, {}) for name in models}
    training = {name: part for name, part in competition.train.models.items() if name in own}
    bare: dict[str, Any] = {"models": own, "train": competition.train.model_copy(update={"models": training})}
    bare["tune"] = competition.tune.model_copy(update={"models": {}, "space": {}, "effort": {}})
    bare["ensemble"] = competition.ensemble.model_copy(update={"members": []})
    return competition.model_copy(update=bare)


def _first_repeat(dataset: Dataset) -> Dataset:
    marks = {name: mark for name, mark in dataset.folds.marks.items() if name.startswith(FIRST_REPEAT)}
    return replace(dataset, folds=replace(dataset.folds, marks=marks))


def _of_kind(spec: Spec, kind: type[Any]) -> Any:
    return kind.model_validate(spec.model_dump())
