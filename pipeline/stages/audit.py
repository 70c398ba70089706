"""``audit``: train against test, and the suspicions worth having before any model is fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.auditing import findings
from pipeline.auditing.adversarial import Adversarial, tell_apart
from pipeline.auditing.drift import drift_table
from pipeline.auditing.duplicates import Duplicates, find_duplicates
from pipeline.auditing.finding import Finding
from pipeline.auditing.single import MEASURES, Judge
from pipeline.core.job import Job
from pipeline.core.tables import finite, read_table, write_json, write_table
from pipeline.dataset import Feature, Schema, read_features, read_schema
from pipeline.declaration.specs import AuditSpec, read_spec

_JUDGED_ROWS = 100_000
_TOP = 10


@dataclass(frozen=True)
class Material:
    """What the audit looks at.

    Parameters
    ----------
    train, test : DataFrame
        The feature tables, ``row_id`` first.
    target : array of shape (n,)
        Class codes or values.
    unused : DataFrame
        ``row_id``, and what only the training file has: its id, and columns that test lacks.
    features : list of Feature
        What the feature columns are.
    schema : Schema
        The cleaned tables' schema.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    target: np.ndarray
    unused: pd.DataFrame
    features: list[Feature]
    schema: Schema


@dataclass(frozen=True)
class Audit:
    """What the audit found.

    Parameters
    ----------
    drift : DataFrame
        One line a column, see ``pipeline.auditing.drift``.
    adversarial : Adversarial or None
        None where there are too few rows.
    duplicates : Duplicates
        Rows and columns that stand twice.
    strengths : dict of str to float
        How well each feature alone predicts the target, the best first.
    warnings : list of Finding
        The gravest kinds first.
    """

    drift: pd.DataFrame
    adversarial: Adversarial | None
    duplicates: Duplicates
    strengths: dict[str, float]
    warnings: list[Finding]


def run(job: Job) -> str:
    """Write ``data/<competition>/audit/``: ``audit.json`` and ``drift.parquet``."""
    spec = read_spec(job, AuditSpec)
    material = Material(
        train=read_table(job.path("features", "train.parquet")),
        test=read_table(job.path("features", "test.parquet")),
        target=read_table(job.path("clean", "target.parquet"))["target"].to_numpy(),
        unused=read_table(job.path("clean", "unused.parquet")),
        features=read_features(job),
        schema=read_schema(job),
    )
    audited = audit(spec, material)
    for warning in audited.warnings:
        if warning.kind == "leak":
            job.screen.note(f"suspected leak: {warning.column}: {warning.what}")
    with job.writing() as folder:
        write_json(_content(audited, material), folder / "audit.json")
        write_table(audited.drift, folder / "drift.parquet")
    return _summary(audited)


def audit(spec: AuditSpec, material: Material) -> Audit:
    """Look at everything that can be looked at without a model of the target."""
    kinds = {feature.name: feature.kind for feature in material.features}
    eaten = {name: kind for name, kind in kinds.items() if kind != "key"}
    train, test = material.train, material.test
    drift = drift_table(train, test, kinds)
    adversarial = tell_apart(train, test, eaten, spec.seed)
    duplicates = find_duplicates(train, test, material.target, list(kinds))
    rows = _judged_rows(len(train), spec.seed)
    judge = Judge.draw(spec.task, material.target[rows], spec.seed)
    strengths = _strengths(judge, train[list(kinds)].iloc[rows])
    unused = material.unused.iloc[rows]
    others = _strengths(judge, unused.drop(columns=["row_id", material.schema.id], errors="ignore"))
    warnings = [
        *findings.leaks(strengths, spec.task),
        *findings.train_only(others, spec.task),
        *findings.order(judge, _orders(unused, material.schema)),
        *findings.adversarial(adversarial, {feature.name: feature.builder for feature in material.features}),
        *findings.drifts(drift, {feature.name: feature.source for feature in material.features}),
        *findings.duplicates(duplicates, len(train), len(test)),
        *findings.constants(train, list(kinds)),
        *findings.id_likes(train, kinds),
    ]
    return Audit(drift, adversarial, duplicates, strengths, warnings)


def _judged_rows(rows: int, seed: int) -> np.ndarray:
    if rows <= _JUDGED_ROWS:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, _JUDGED_ROWS, replace=False))


def _strengths(judge: Judge, frame: pd.DataFrame) -> dict[str, float]:
    strengths = {str(name): judge.strength(frame[name]) for name in frame.columns}
    return dict(sorted(strengths.items(), key=lambda pair: (-pair[1], pair[0])))


def _orders(unused: pd.DataFrame, schema: Schema) -> dict[str, pd.Series]:
    """The order of the training rows, and the id where it holds numbers in another order."""
    orders = {"": unused["row_id"]}
    if schema.id in unused:
        numbers = pd.to_numeric(unused[schema.id], errors="coerce").astype(np.float64)
        if numbers.notna().all() and not numbers.is_monotonic_increasing:
            orders[str(schema.id)] = numbers
    return orders


def _content(audited: Audit, material: Material) -> dict[str, Any]:
    measure = MEASURES[material.schema.task]
    shares = dict(list(audited.adversarial.shares.items())[:_TOP]) if audited.adversarial else {}
    return {
        "adversarial_auc": finite(audited.adversarial.auc) if audited.adversarial else None,
        "adversarial_se": finite(audited.adversarial.se) if audited.adversarial else None,
        "top": list(shares),
        "top_shares": shares,
        "duplicates": {
            "train": audited.duplicates.train,
            "disagreeing": audited.duplicates.disagreeing,
            "test": audited.duplicates.test,
            "across": audited.duplicates.across,
        },
        "single_columns": {
            "measure": measure,
            "best": [{"column": c, "score": finite(s)} for c, s in list(audited.strengths.items())[:_TOP]],
        },
        "warnings": [warning.to_json() for warning in audited.warnings],
    }


def _summary(audited: Audit) -> str:
    told = "too few rows for adversarial validation"
    if audited.adversarial:
        told = f"adversarial AUC {audited.adversarial.auc:.3f} ± {audited.adversarial.se:.3f}"
    kinds = pd.Series([warning.kind for warning in audited.warnings], dtype="str").value_counts(sort=False)
    listed = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    return f"{told}; {len(audited.warnings)} warnings" + (f" ({listed})" if listed else "")
