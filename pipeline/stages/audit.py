"""``audit``: train against test, and the suspicions worth having before any model is fitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.auditing import findings, findings_in_time
from pipeline.auditing.adversarial import Adversarial, tell_apart
from pipeline.auditing.describe import describe_table
from pipeline.auditing.drift import drift_table
from pipeline.auditing.duplicates import Duplicates, find_duplicates
from pipeline.auditing.finding import Finding
from pipeline.auditing.shift import Shift, find_shift
from pipeline.auditing.single import MEASURES, Judge
from pipeline.core.job import Job
from pipeline.core.tables import finite, read_table, write_json, write_table
from pipeline.dataset import Feature, Schema, read_features, read_schema
from pipeline.declaration.specs import AuditSpec, read_spec
from pipeline.report.audit_page import write_audit_page

_JUDGED_ROWS = 100_000
_TOP = 10
_NOTED = {"leak": "suspected leak", "leave_one_out": "a training row's own target may be read off"}


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
    time : Series of n rows or None
        The column that orders the training rows, where the split declares one.
    dates : mapping of str to (Series, Series)
        The date columns of train and test, as ``clean`` left them.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    target: np.ndarray
    unused: pd.DataFrame
    features: list[Feature]
    schema: Schema
    time: pd.Series | None = None
    dates: Mapping[str, tuple[pd.Series, pd.Series]] = field(default_factory=dict)


@dataclass(frozen=True)
class Audit:
    """What the audit found.

    Parameters
    ----------
    drift, described : DataFrame
        One line a column, see ``pipeline.auditing.drift`` and ``pipeline.auditing.describe``.
    adversarial : Adversarial or None
        None where there are too few rows.
    duplicates : Duplicates
        Rows and columns that stand twice.
    shift : Shift or None
        What changes with time, where the split declares one.
    strengths : dict of str to float
        How well each feature alone predicts the target, the best first.
    warnings : list of Finding
        The gravest kinds first.
    """

    drift: pd.DataFrame
    described: pd.DataFrame
    adversarial: Adversarial | None
    duplicates: Duplicates
    shift: Shift | None
    strengths: dict[str, float]
    warnings: list[Finding]


def run(job: Job) -> str:
    """Write ``data/<competition>/audit/``.

    ``audit.json``, ``drift.parquet``, ``describe.parquet``, ``shift.parquet`` where the split names a time, and
    ``index.html``, which shows them.
    """
    spec = read_spec(job, AuditSpec)
    material = read_material(job, spec)
    audited = audit(spec, material)
    for warning in audited.warnings:
        if warning.kind in _NOTED:
            job.screen.note(f"{_NOTED[warning.kind]}: {warning.column}: {warning.what}")
    with job.writing() as folder:
        write_json(_content(audited, material), folder / "audit.json")
        write_table(audited.drift, folder / "drift.parquet")
        write_table(audited.described, folder / "describe.parquet")
        if audited.shift is not None:
            write_table(audited.shift.periods, folder / "shift.parquet")
        write_audit_page(folder, spec.title or spec.competition, spec.competition)
    return _summary(audited)


def read_material(job: Job, spec: AuditSpec) -> Material:
    """Everything that the audit reads."""
    schema = read_schema(job)
    names = [column.name for column in schema.columns if column.role == "date"]
    ours, theirs = (_present(job.path("clean", f"{part}.parquet"), names) for part in ("train", "test"))
    return Material(
        train=read_table(job.path("features", "train.parquet")),
        test=read_table(job.path("features", "test.parquet")),
        target=read_table(job.path("clean", "target.parquet"))["target"].to_numpy(),
        unused=read_table(job.path("clean", "unused.parquet")),
        features=read_features(job),
        schema=schema,
        time=_time(job, spec.time) if spec.time else None,
        dates={name: (ours[name], theirs[name]) for name in names if name in ours and name in theirs},
    )


def _time(job: Job, name: str) -> pd.Series | None:
    """The declared time; where it is wrong, ``split`` says so."""
    for stage in ("clean", "features"):
        found = _present(job.path(stage, "train.parquet"), [name])
        if name in found:
            return found[name]
    return None


def _present(path: Path, names: list[str]) -> pd.DataFrame:
    """Those of these columns that the table has."""
    from pyarrow.parquet import read_schema as read_columns

    known = read_columns(path).names if names and path.exists() else []
    wanted = [name for name in names if name in known]
    return read_table(path, wanted) if wanted else pd.DataFrame()


def audit(spec: AuditSpec, material: Material) -> Audit:
    """Look at everything that can be looked at without a model of the target."""
    kinds = {feature.name: feature.kind for feature in material.features}
    eaten = {name: kind for name, kind in kinds.items() if kind != "key"}
    train, test = material.train, material.test
    drift = drift_table(train, test, kinds)
    adversarial = tell_apart(train, test, eaten, spec.seed)
    duplicates = find_duplicates(train, test, material.target, list(kinds))
    described = describe_table(train, test, kinds, _labelled(material))
    shift = _shift(spec, material, eaten)
    raw = [feature.name for feature in material.features if feature.builder in ("clean", "features.py")]
    rows = _judged_rows(len(train), spec.seed)
    judge = Judge.draw(spec.task, material.target[rows], spec.seed)
    strengths = _strengths(judge, train[list(kinds)].iloc[rows])
    unused = material.unused.iloc[rows]
    others = _strengths(judge, unused.drop(columns=["row_id", material.schema.id], errors="ignore"))
    warnings = [
        *findings.leaks(strengths, spec.task),
        *findings.train_only(others, spec.task),
        *findings.left_out(train, spec.leave_one_out),
        *findings.order(judge, _orders(unused, material.schema)),
        *findings.adversarial(adversarial, {feature.name: feature.builder for feature in material.features}),
        *findings.drifts(drift, {feature.name: feature.source for feature in material.features}),
        *findings_in_time.forward(spec.split, material.dates),
        *findings_in_time.shifts(shift, material.target, spec.task),
        *findings.duplicates(duplicates, len(train), len(test)),
        *findings.constants(train, list(kinds)),
        *findings.id_likes(train, kinds),
        *findings.far_out(described, raw),
    ]
    return Audit(drift, described, adversarial, duplicates, shift, strengths, warnings)


def _labelled(material: Material) -> pd.Series:
    """The target under its name: values, or labels as texts."""
    target = pd.Series(material.target, name=material.schema.target)
    if material.schema.task == "regression":
        return target
    return target.map(lambda code: str(material.schema.classes[code])).astype("str")


def _shift(spec: AuditSpec, material: Material, eaten: Mapping[str, str]) -> Shift | None:
    """What changes with the declared time; columns made of the time itself are left out."""
    if material.time is None:
        return None
    own = {f.name for f in material.features if spec.time in (f.name, f.source)}
    kinds = {name: kind for name, kind in eaten.items() if name not in own}
    return find_shift(material.train, kinds, material.target, material.time, spec.task, spec.seed)


def _judged_rows(rows: int, seed: int) -> np.ndarray:
    if rows <= _JUDGED_ROWS:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, _JUDGED_ROWS, replace=False))


def _strengths(judge: Judge, frame: pd.DataFrame) -> dict[str, float]:
    strengths = {str(name): judge.strength(frame[name]) for name in frame.columns}
    return dict(sorted(strengths.items(), key=lambda pair: (-pair[1], pair[0])))


def _orders(unused: pd.DataFrame, schema: Schema) -> dict[str, pd.Series]:
    """The order of the training rows, and the id where it holds numbers in another order and is no feature."""
    orders = {"": unused["row_id"]}
    if schema.id in unused and not schema.id_is_feature:
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
        "drifts": [
            {key: _plain(line[key]) for key in ("column", "psi", "test", "statistic", "p_value", "unseen")}
            for line in audited.drift.head(_TOP).to_dict("records")
        ],
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
        "rows": {"train": len(material.train), "test": len(material.test)},
        "shift": _shift_content(audited),
        "warnings": [warning.to_json() for warning in audited.warnings],
    }


def _plain(value: Any) -> Any:
    return finite(value) if isinstance(value, float) else value


def _shift_content(audited: Audit) -> dict[str, Any] | None:
    """Covariate, label and concept shift, told apart; None where no time is declared, and nothing can be told."""
    shift = audited.shift
    if shift is None:
        return None
    apart = shift.covariate
    numbers = {"early": shift.early, "late": shift.late, "loss": shift.loss, "loss_se": shift.loss_se}
    return {
        "time": shift.time,
        "covariate": {"auc": finite(apart.auc), "se": finite(apart.se)} if apart else None,
        "label": {"p_value": finite(shift.label_p)},
        "concept": {name: finite(number) for name, number in numbers.items()},
    }


def _summary(audited: Audit) -> str:
    told = "too few rows for adversarial validation"
    if audited.adversarial:
        told = f"adversarial AUC {audited.adversarial.auc:.3f} ± {audited.adversarial.se:.3f}"
    kinds = pd.Series([warning.kind for warning in audited.warnings], dtype="str").value_counts(sort=False)
    listed = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    return f"{told}; {len(audited.warnings)} warnings" + (f" ({listed})" if listed else "")
