"""The whole of ``competition.yaml``."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator, model_validator

from pipeline.core.clock import seconds_of
from pipeline.core.errors import PodiumError
from pipeline.declaration.base import Section
from pipeline.declaration.clean import Clean
from pipeline.declaration.columns import Columns
from pipeline.declaration.ensemble import Ensemble
from pipeline.declaration.evaluate import Evaluate
from pipeline.declaration.features import Features
from pipeline.declaration.metric import Metric, Task
from pipeline.declaration.oversample import Oversample
from pipeline.declaration.preprocess import Preprocess
from pipeline.declaration.select import Select
from pipeline.declaration.source import Source
from pipeline.declaration.split import Split
from pipeline.declaration.submit import Submit
from pipeline.declaration.tables import Join, check_into
from pipeline.declaration.train import Train
from pipeline.declaration.tune import Tune


class Competition(Section):
    """A competition's declaration, with every default filled in.

    Attributes
    ----------
    name : str
        The competition's folder name.
    title : str
        As people call it.
    task : {"binary", "multiclass", "regression"} or None
        Needed only where the metric scores more than one of them.
    seed : int
        What every random choice is derived from.
    columns, metric, source, tables, clean, features, preprocess, split, select, oversample, tune, train, \
ensemble, evaluate, submit
        The sections, each documented in its own module.
    budget : float or None
        The seconds that a whole run may take, written ``240s``, ``4m`` or ``1h``; by default there is no limit, and a
        run repeats byte for byte. With one, each model trains what its share of the time allows, ``train.variants``
        and ``split.repeats`` as far as they fit; two runs then differ, and are marked as limited by time.
    models : dict of str to dict
        The zoo: each model's name, with the settings that differ from its card's defaults. No other model runs.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str = Field(min_length=1)
    task: Task | None = None
    columns: Columns
    metric: Metric
    seed: int = Field(default=20260101, ge=0, lt=2**31)
    budget: float | None = Field(default=None, gt=0)
    source: Source = Field(default_factory=Source)
    tables: dict[str, Join] = Field(default_factory=dict)
    clean: Clean = Field(default_factory=Clean)
    features: Features = Field(default_factory=Features)
    preprocess: Preprocess = Field(default_factory=Preprocess)
    split: Split = Field(default_factory=Split)
    select: Select = Field(default_factory=Select)
    oversample: Oversample = Field(default_factory=Oversample)
    tune: Tune = Field(default_factory=Tune)
    train: Train = Field(default_factory=Train)
    models: dict[str, dict[str, Any]] = Field(min_length=1)
    ensemble: Ensemble = Field(default_factory=Ensemble)
    evaluate: Evaluate = Field(default_factory=Evaluate)
    submit: Submit = Field(default_factory=Submit)

    @field_validator("train", mode="before")
    @classmethod
    def _train_models(cls, content: Any) -> Any:
        return Train.from_yaml(content)

    @field_validator("tables")
    @classmethod
    def _joined_in_the_end(cls, tables: dict[str, Join]) -> dict[str, Join]:
        check_into(tables)
        return tables

    @field_validator("budget", mode="before")
    @classmethod
    def _seconds(cls, content: Any) -> Any:
        try:
            return seconds_of(content) if isinstance(content, str) else content
        except PodiumError as error:
            raise ValueError(f"{error.allowed}; got {error.got}") from None

    @field_validator("models", mode="before")
    @classmethod
    def _no_settings(cls, content: Any) -> Any:
        return {k: v or {} for k, v in content.items()} if isinstance(content, dict) else content

    @model_validator(mode="after")
    def _task_fits_the_metric(self) -> Competition:
        tasks = self.metric.facts.tasks
        if self.task is None and len(tasks) > 1:
            raise ValueError(f"task must be declared, because metric {self.metric.name} scores {' and '.join(tasks)}")
        if self.task is not None and self.task not in tasks:
            raise ValueError(f"task must be {' or '.join(tasks)} for metric {self.metric.name}; got {self.task}")
        if self.ensemble.calibration != "none" and (self.resolved_task == "regression" or self.metric.facts.ordered):
            raise ValueError(f"ensemble.calibration must be none: {self.metric.name} has no probabilities to calibrate")
        if self.columns.positive is not None and self.resolved_task != "binary":
            raise ValueError(f"columns.positive has no effect with task {self.resolved_task}")
        if self.resolved_task == "regression" and self.oversample.method != "none":
            raise ValueError(f"oversample.method must be none for a regression; got {self.oversample.method}")
        for key, given in (("ensemble.factor", self.ensemble.factor != "none"), ("submit.known", self.submit.known)):
            if given and self.metric.facts.needs != "value":
                raise ValueError(f"{key} has no effect with metric {self.metric.label}: it is for predicted values")
        return self

    @property
    def resolved_task(self) -> Task:
        """The task, declared or the only one the metric scores."""
        return self.task or self.metric.facts.tasks[0]
