"""``submit``: the predictions joined on id with the sample submission, checked by name, written."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.tables import read_table, write_json
from pipeline.dataset import prediction_array, read_schema
from pipeline.declaration.specs import SubmitSpec, read_spec
from pipeline.submission.build import build, rules_of
from pipeline.submission.known import put_known
from pipeline.submission.layout import Layout
from pipeline.submission.lint import Rules, lint
from pipeline.submission.sample import ids_for, in_parts, layout_of, row_ids


def run(job: Job) -> str:
    """Write ``submission.csv``, ``submission-2.csv`` where the ensemble has a second pick, and ``check.json``."""
    spec = read_spec(job, SubmitSpec)
    schema = read_schema(job)
    needs = spec.metric.facts.needs
    part = "decided" if needs in ("label", "value") else "test"
    table = read_table(job.path("ensemble", f"{part}.parquet"))
    if spec.files.sample is None:
        job.screen.note("no sample submission is declared: the submission is laid out from the test file's ids")
    layout, delimiter = layout_of(job, spec, schema, row_ids(job).loc[table["row_id"]])
    if layout.unseen:
        job.screen.note(f"no training row has the class of {', '.join(layout.unseen)}: submitted as 0")
    ids = ids_for(job, schema, layout, table["row_id"])
    frame = build(spec, layout, ids, predictions(job, spec, table))
    rules = rules_of(spec, layout)
    refuse(job, lint(frame, layout.sample, rules))
    frame = in_parts(spec, frame, layout.parts)
    text = frame.to_csv(index=False, sep=delimiter, lineterminator="\n")
    facts = describe(frame, layout, rules) | {"sha256": hashlib.sha256(text.encode()).hexdigest()}
    facts |= {"budget_seconds": spec.budget} if spec.budget else {}
    texts = {"submission.csv": text}
    if (second := job.path("ensemble", f"{part}-2.parquet")).exists():
        other = build(spec, layout, ids, predictions(job, spec, read_table(second)))
        refuse(job, lint(other, layout.sample, rules))
        texts["submission-2.csv"] = other.to_csv(index=False, sep=delimiter, lineterminator="\n")
    with job.writing() as folder:
        for name, content in texts.items():
            (folder / name).write_text(content, encoding="utf-8", newline="")
        write_json(facts, folder / "check.json")
    return f"{len(frame)} rows, {', '.join(layout.columns[:3])}: {job.paths.shown(job.out / 'submission.csv')}"


def predictions(job: Job, spec: SubmitSpec, table: pd.DataFrame) -> np.ndarray:
    """The ensemble's predictions, with the values that the declaration knows put over them."""
    prediction = prediction_array(table)
    if not spec.submit.known:
        return prediction
    test = read_table(job.path("clean", "test.parquet")).set_index("row_id").loc[table["row_id"]]
    prediction, notes = put_known(spec, test, prediction)
    for note in notes:
        job.screen.note(note)
    return prediction


def refuse(job: Job, problems: list[PodiumError]) -> None:
    """Stop at the first problem, after the others were told."""
    for problem in problems[1:]:
        job.screen.note(str(problem))
    if problems:
        raise problems[0]


def describe(frame: pd.DataFrame, layout: Layout, rules: Rules) -> dict[str, Any]:
    """Rows, columns, and what the predictions look like: least, greatest and mean, or the count of each label.

    ``unseen``, where there are such, lists the columns of classes that no training row has.
    """
    facts: dict[str, Any] = {"rows": len(frame), "columns": list(frame.columns), "predictions": {}}
    facts |= {"unseen": layout.unseen} if layout.unseen else {}
    for column in layout.columns:
        if rules.kind == "number":
            numbers = frame[column].astype(np.float64)
            shape: dict[str, Any] = {"min": numbers.min(), "max": numbers.max(), "mean": numbers.mean()}
        else:
            first = frame[column].str.split().str[0] if rules.kind == "ranking" else frame[column]
            shape = {str(label): int(count) for label, count in first.value_counts().items()}
        facts["predictions"][column] = shape
    return facts
