"""What the earlier stages left for the evaluation, read into one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.job import Job
from pipeline.core.tables import read_json, read_table
from pipeline.dataset import Schema, prediction_array, read_schema, read_target
from pipeline.declaration.specs import EvaluateSpec
from pipeline.evaluation import holdout
from pipeline.evaluation.scored import ENSEMBLE, Scored
from pipeline.folds import Folds
from pipeline.members import read_curves, read_importances, read_members, read_notes, read_records

BLENDING = ("candidates", "calibrations", "correlation", "worth")


@dataclass(frozen=True)
class Evidence:
    """What the earlier stages left for the evaluation.

    Parameters
    ----------
    scored : Scored
        Out-of-fold predictions beside the truth.
    schema : Schema
        The target's labels.
    test : mapping of str to array
        Test predictions by member and ``ensemble``, in the order of ``ids``.
    decided : array
        The ensemble's test predictions as submitted.
    ids : DataFrame
        ``row_id`` and ``id`` of the test rows.
    answers : DataFrame or None
        The held-out answers, where the source has them.
    notes : mapping
        The small JSON files of other stages: ``scores``, ``cards``, ``timings`` by member, ``weights``, ``audit``,
        ``counts``, ``split``, ``source``, ``selection`` (None where all columns are kept).
    tables : mapping of str to DataFrame
        Those of ``BLENDING``, ``nested``, ``drift``, ``curves``, ``stability`` where columns are selected; importances
        as ``importance <member>``, searches as ``trials <model>``.
    """

    scored: Scored
    schema: Schema
    test: Mapping[str, np.ndarray]
    decided: np.ndarray
    ids: pd.DataFrame
    answers: pd.DataFrame | None
    notes: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]


def read_evidence(job: Job, spec: EvaluateSpec) -> Evidence:
    """Everything that the evaluation reads."""
    schema, folds = read_schema(job), Folds.read(job.path("split", "folds.parquet"))
    members = [member for model in spec.models for member in read_members(job.path("train", model))]
    blended = {part: prediction_array(read_table(job.path("ensemble", f"{part}.parquet"))) for part in ("oof", "test")}
    scored = Scored(
        task=spec.task,
        metric=spec.metric,
        classes=tuple(holdout.plain(label) for label in schema.classes),
        row_id=folds.row_id,
        target=read_target(job),
        outer=folds.outer,
        predictions={member.name: member.oof for member in members} | {ENSEMBLE: blended["oof"]},
    )
    return Evidence(
        scored=scored,
        schema=schema,
        test={member.name: member.test for member in members} | {ENSEMBLE: blended["test"]},
        decided=prediction_array(read_table(job.path("ensemble", "decided.parquet"))),
        ids=read_table(job.path("clean", "ids.parquet")),
        answers=_read_answers(job.path("fetch"), spec.files.solution),
        notes=_read_notes(job, spec),
        tables=_read_tables(job, spec),
    )


def _read_answers(folder: Path, name: str | None) -> pd.DataFrame | None:
    path = folder / name if name else None
    if path is None or not path.is_file():
        return None
    with path.open(encoding="utf-8-sig") as stream:
        heading = stream.readline()
    delimiter = max(",;\t|", key=heading.count)
    return pd.read_csv(path, sep=delimiter, encoding="utf-8-sig")


def _read_notes(job: Job, spec: EvaluateSpec) -> dict[str, Any]:
    return {
        "scores": read_notes(job, spec.models, "scores.json"),
        "timings": read_notes(job, spec.models, "timing.json"),
        "cards": read_records(job, spec.models),
        "weights": read_json(job.path("ensemble", "weights.json")),
        "audit": read_json(job.path("audit", "audit.json")),
        "counts": read_json(job.path("oversample", "counts.json")),
        "split": read_json(job.path("split", "split.json")),
        "source": read_json(job.path("fetch", "source.json")),
        "selection": None if spec.select == "none" else read_json(job.path("select", "summary.json")),
    }


def _read_tables(job: Job, spec: EvaluateSpec) -> dict[str, pd.DataFrame]:
    paths = {name: job.path("ensemble", f"{name}.parquet") for name in BLENDING}
    paths["drift"] = job.path("audit", "drift.parquet")
    paths["nested"] = job.path("ensemble", "folds.parquet")
    if spec.select != "none":
        paths["stability"] = job.path("select", "stability.parquet")
    searches = {model: job.path("tune", model, "trials.parquet") for model in spec.models}
    paths |= {f"trials {model}": path for model, path in searches.items() if path.exists()}
    importances = {f"importance {m}": table for m, table in read_importances(job, spec.models).items()}
    curves = {"curves": read_curves(job, spec.models)}
    return importances | curves | {name: read_table(path) for name, path in paths.items()}
