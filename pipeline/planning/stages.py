"""The specs of the stages that run once for a competition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipeline.core.seeds import derive
from pipeline.declaration import specs
from pipeline.declaration.competition import Competition
from pipeline.declaration.ensemble import STEADY
from pipeline.declaration.source import KaggleSource
from pipeline.planning.objective import objective


def stage_specs(c: Competition) -> dict[str, specs.Spec]:
    """One spec for each stage but ``tune`` and ``train``, by the stage's name."""
    return {stage: make(c) for stage, make in _SPECS.items()}


def _base(c: Competition, stage: str) -> dict[str, Any]:
    return {"competition": c.name, "seed": derive(c.seed, stage)}


def _files(c: Competition) -> dict[str, Any]:
    return {
        "columns": c.columns,
        "files": c.source.files,
        "delimiter": c.source.delimiter,
        "encoding": c.source.encoding,
    }


def _fetch(c: Competition) -> specs.FetchSpec:
    kaggle = c.source.kaggle if c.source.kaggle.asked else KaggleSource(competition=c.name)
    return specs.FetchSpec(
        **_base(c, "fetch"),
        source=c.source.model_copy(update={"kaggle": kaggle}),
        columns=c.columns,
        task=c.resolved_task,
        tables=c.tables,
        needs=c.metric.facts.needs,
    )


def _clean(c: Competition) -> specs.CleanSpec:
    return specs.CleanSpec(
        **_base(c, "clean"),
        **_files(c),
        task=c.resolved_task,
        tables=c.tables,
        clean=c.clean,
        transform=objective(c)[1],
        split_columns=[name for name in (c.split.group, c.split.time, c.split.column) if name],
    )


def _features(c: Competition) -> specs.FeaturesSpec:
    return specs.FeaturesSpec(**_base(c, "features"), features=c.features)


def _audit(c: Competition) -> specs.AuditSpec:
    return specs.AuditSpec(
        **_base(c, "audit"),
        task=c.resolved_task,
        title=c.title,
        split=c.split.kind,
        time=c.split.time,
        leave_one_out=[s.columns for s in c.preprocess.target_statistics if s.method == "leave_one_out"],
    )


def _split(c: Competition) -> specs.SplitSpec:
    return specs.SplitSpec(**_base(c, "split"), task=c.resolved_task, split=c.split)


def _select(c: Competition) -> specs.SelectSpec:
    """Whether both are compared is of no concern to the choice itself, and is kept out of what would rerun it."""
    return specs.SelectSpec(
        **_base(c, "select"), task=objective(c)[0], select=c.select.model_copy(update={"compare": True})
    )


def _oversample(c: Competition) -> specs.OversampleSpec:
    return specs.OversampleSpec(**_base(c, "oversample"), task=c.resolved_task, oversample=c.oversample)


def _ensemble(c: Competition) -> specs.EnsembleSpec:
    ensemble = c.ensemble
    if c.split.kind == "time" and "candidates" not in ensemble.model_fields_set:
        ensemble = ensemble.model_copy(update={"candidates": list(STEADY)})
    return specs.EnsembleSpec(
        **_base(c, "ensemble"), task=c.resolved_task, metric=c.metric, models=list(c.models), ensemble=ensemble
    )


def _evaluate(c: Competition) -> specs.EvaluateSpec:
    return specs.EvaluateSpec(
        **_base(c, "evaluate"),
        declared_seed=c.seed,
        title=c.title,
        task=c.resolved_task,
        metric=c.metric,
        models=list(c.models),
        evaluate=c.evaluate,
        columns=c.columns,
        files=c.source.files,
        oversample=c.oversample.method,
        select=c.select.label,
        scope=c.features.scope,
        limited_by_time=c.tune.seconds is not None or c.budget is not None,
        split_columns=[name for name in (c.split.group, c.split.time) if name],
        budget=c.budget,
    )


def _submit(c: Competition) -> specs.SubmitSpec:
    return specs.SubmitSpec(
        **_base(c, "submit"),
        **_files(c),
        task=c.resolved_task,
        metric=c.metric,
        submit=c.submit,
        budget=c.budget,
    )


_SPECS: dict[str, Callable[[Competition], specs.Spec]] = {
    "fetch": _fetch,
    "clean": _clean,
    "features": _features,
    "audit": _audit,
    "split": _split,
    "select": _select,
    "oversample": _oversample,
    "ensemble": _ensemble,
    "evaluate": _evaluate,
    "submit": _submit,
}
