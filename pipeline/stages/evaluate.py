"""``evaluate``: how good every member and the ensemble are, as numbers, tables, DVC plots and a page to look at."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.job import Job
from pipeline.core.revision import revision
from pipeline.core.seeds import derive
from pipeline.core.tables import read_table, write_json, write_table
from pipeline.core.times import all_times
from pipeline.dataset import Schema
from pipeline.decisions import fit_decision
from pipeline.declaration.specs import EvaluateSpec, read_spec
from pipeline.evaluation import (
    calibration,
    columns,
    confusion,
    correlations,
    data,
    distributions,
    gain,
    holdout,
    periods,
    precision_recall,
    resampling,
    residuals,
    roc,
    slices,
    trials,
)
from pipeline.evaluation import facts as facts_of
from pipeline.evaluation import scores as scores_of
from pipeline.evaluation import thresholds as thresholds_of
from pipeline.evaluation.dvc_plots import plot_tables
from pipeline.evaluation.evidence import BLENDING, Evidence, read_evidence
from pipeline.evaluation.labels import decided_labels
from pipeline.evaluation.leaderboard import Effort, leaderboard_table
from pipeline.evaluation.record import record
from pipeline.evaluation.scored import ENSEMBLE, Scored
from pipeline.explaining.explain import explain
from pipeline.explaining.subject import leading_features, read_subject, subject_of
from pipeline.report.page import write_page
from pipeline.report.waiting import write_waiting_pages

MOST_SLICED, MOST_BESIDE = 6, 3


def run(job: Job) -> str:
    """Evaluate, and write ``metrics.json``, ``record.json``, ``tables/``, ``plots/`` and ``report/``."""
    spec = read_spec(job, EvaluateSpec)
    evidence = read_evidence(job, spec)
    scores_of.check_metrics(spec.competition, evidence.scored, spec.evaluate.also)
    tables, facts = evaluate(evidence, spec)
    tables |= column_tables(job, spec, evidence, tables)
    facts["driver"] = facts_of.driver(tables.get("permutation"))
    with job.writing() as folder:
        for name, table in tables.items():
            write_table(table, folder / "tables" / f"{name}.parquet")
        write_json(facts, folder / "tables" / "facts.json")
        write_json(run_facts(job), folder / "tables" / "run.json")
        write_json(facts_of.leaderboard_json(tables["leaderboard"], facts), folder / "tables" / "leaderboard.json")
        write_json(facts_of.metrics_json(tables["summary"], facts), folder / "metrics.json")
        write_json(record(tables, facts), folder / "record.json")
        (folder / "plots").mkdir()
        for name, plot in plot_tables(tables, spec.metric.label).items():
            plot.to_csv(folder / "plots" / f"{name}.csv", index=False, lineterminator="\n")
        write_page(folder)
        shutil.copyfile(job.path("audit", "index.html"), folder / "report" / "audit.html")
        write_waiting_pages(folder / "report", spec.competition, facts["tables"])
    return _sentence(facts)


def evaluate(evidence: Evidence, spec: EvaluateSpec) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """All tables by name, and the facts that are no tables."""
    scored, notes = evidence.scored, evidence.notes
    metrics = [spec.metric, *(m for m in spec.evaluate.also if m != spec.metric)]
    nested = _nested_scores(evidence.tables)
    tables = {"folds": scores_of.fold_table(scored, metrics, nested)}
    tables["summary"] = scores_of.summary_table(tables["folds"])
    held = holdout_scores(evidence, spec)
    tables["leaderboard"] = leaderboard_table(tables["summary"], spec.metric, _efforts(notes), held)
    tables |= _class_tables(scored, spec.evaluate.bins) if scored.probabilistic else {}
    tables |= _label_tables(scored) if scored.task != "regression" else _residual_tables(scored)
    tables |= {name: evidence.tables[name] for name in (*BLENDING, "curves")}
    importance = {m: evidence.tables[f"importance {m}"] for m in notes["scores"]}
    tables["importance"] = columns.importance_table(importance)
    if "stability" in evidence.tables:
        tables["stability"] = evidence.tables["stability"]
        tables["selection_gain"] = facts_of.selection_gain(notes)
    searches = {name.removeprefix("trials "): t for name, t in evidence.tables.items() if name.startswith("trials ")}
    if searches:
        tables["trials"] = trials.trial_table(searches, spec.metric.greater_is_better)
        tables["settings"] = trials.setting_table(searches, spec.metric.greater_is_better)
    tables["class_counts"] = resampling.count_table(notes["counts"], scored.classes)
    tables["with_without"] = facts_of.with_without(notes["scores"], "without_resampling")
    tables["taught"] = facts_of.with_without(notes["scores"], "without_pseudo_labels")
    return tables, facts_of.facts(spec, evidence.schema, tables, held, notes)


def run_facts(job: Job) -> dict[str, Any]:
    """What differs from run to run: the commit, whether files differ from it, each stage's last seconds and memory."""
    commit, changed = revision(job.paths)
    return {"commit": commit, "changed": changed, "stages": all_times(job.paths)}


def column_tables(
    job: Job, spec: EvaluateSpec, evidence: Evidence, tables: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """What the leading columns do: ``slices``, and a member's explanation by its stored fold models."""
    frame, schema = read_table(job.path("features", "train.parquet")).drop(columns="row_id"), evidence.schema
    cards = evidence.notes["cards"]
    member = subject_of(tables["leaderboard"], cards)
    own = tables["importance"][tables["importance"]["model"] == member]
    leading = leading_features(own, [str(name) for name in frame])
    beside = _beside(job, spec, schema)
    built = dict.fromkeys([*(name for name in spec.split_columns if name in frame), *leading])
    shown = [name for name in built if name not in beside][:MOST_SLICED]
    cleaned = read_table(job.path("clean", "train.parquet"), beside) if beside else pd.DataFrame()
    sliced = {name: cleaned[name] for name in beside} | {name: frame[name] for name in shown}
    tested = _test_columns(job, beside, shown)
    found = {"slices": slices.slice_table(evidence.scored, sliced), "drift": evidence.tables["drift"]}
    found |= {"target": data.target_table(evidence.scored), "levels": data.level_table(evidence.scored, sliced, tested)}
    found["class_levels"] = data.class_table(evidence.scored, sliced)
    found["distributions"] = distributions.distribution_table(evidence.scored, frame, leading)
    found["correlations"] = correlations.correlation_table(evidence.scored, frame, leading)
    found["associations"] = correlations.association_table(evidence.scored, frame, leading)
    dates = [name for name in beside if pd.api.types.is_datetime64_any_dtype(cleaned[name])]
    found["periods"] = periods.period_table(evidence.scored, {n: cleaned[n] for n in dates}, tested)
    subject = read_subject(job, spec, evidence.scored, frame, (member, cards[member]))
    return found | (explain(subject, leading) if subject else {})


def _beside(job: Job, spec: EvaluateSpec, schema: Schema) -> list[str]:
    """The cleaned columns that slices begin with: what the folds go by, then dates and groups; those of both parts."""
    from pyarrow.parquet import read_schema as read_columns

    parts = [set(read_columns(job.path("clean", f"{part}.parquet")).names) for part in ("train", "test")]
    told = [column.name for column in schema.columns if column.role in ("date", "group")]
    names = dict.fromkeys([*spec.split_columns, *told])
    return [name for name in names if all(name in part for part in parts)][:MOST_BESIDE]


def _test_columns(job: Job, cleaned: list[str], features: list[str]) -> dict[str, pd.Series]:
    parts = [read_table(job.path(stage, "test.parquet"), names) for stage, names in
             (("clean", cleaned), ("features", features)) if names]  # fmt: skip
    return {str(name): part[name] for part in parts for name in part}


def holdout_scores(evidence: Evidence, spec: EvaluateSpec) -> dict[str, dict[str, float]]:
    """Scores on the held-out answers by model; empty where there are none.

    A model's labels come from the decision fitted on all its out-of-fold rows, the ensemble's are those submitted.
    """
    if evidence.answers is None:
        return {}
    columns_, scored = spec.columns, evidence.scored
    answers = holdout.answers_by_row(evidence.answers, evidence.ids, columns_.id, columns_.target, spec.competition)
    truth = holdout.coded(answers, evidence.schema.classes, spec.competition)
    places = pd.Index(evidence.ids["row_id"]).get_indexer(answers.index)
    result = {}
    for model, prediction in evidence.test.items():
        if spec.metric.facts.needs == "label":
            rows = scored.rows(model)
            known = scored.predictions[model][rows]
            prediction = fit_decision(spec.metric, spec.task, scored.target[rows], known).apply(prediction)
        if model == ENSEMBLE and spec.metric.facts.needs in ("label", "value"):
            prediction = evidence.decided
        draw = np.random.default_rng(derive(spec.seed, "holdout"))
        result[model] = holdout.holdout_score(spec.metric, truth, prediction[places], draw)
    return result


def _nested_scores(tables: Mapping[str, pd.DataFrame]) -> dict[int, float]:
    candidates, nested = tables["candidates"], tables["nested"]
    chosen = candidates.loc[candidates["chosen"], "name"].iloc[0]
    own = nested[nested["candidate"] == chosen]
    return dict(zip(own["fold"].astype(int), own["score"].astype(float), strict=True))


def _efforts(notes: Mapping[str, Any]) -> dict[str, Effort]:
    weights = notes["weights"].get("weights", {})
    return {m: facts_of.effort(m, notes, weights) for m in notes["scores"]}


def _class_tables(scored: Scored, bins: int) -> dict[str, pd.DataFrame]:
    tables = {
        "roc": roc.roc_table(scored),
        "roc_by_fold": roc.roc_by_fold(scored),
        "precision_recall": precision_recall.precision_recall_table(scored),
        "precision_recall_by_fold": precision_recall.precision_recall_by_fold(scored),
        "calibration": calibration.calibration_table(scored, bins),
        "histogram": calibration.histogram_table(scored),
        "gain": gain.gain_table(scored),
    }
    return tables | ({"thresholds": thresholds_of.threshold_table(scored)} if scored.task == "binary" else {})


def _label_tables(scored: Scored) -> dict[str, pd.DataFrame]:
    truth, decided = decided_labels(scored)
    return {"confusion": confusion.confusion_table(truth, decided, scored.classes)}


def _residual_tables(scored: Scored) -> dict[str, pd.DataFrame]:
    every = residuals.residual_table(scored)
    return {
        "residuals": every,
        "residual_sample": residuals.sample_table(every),
        "residual_spread": residuals.spread_table(every),
        "deciles": residuals.decile_table(scored),
        "worst": residuals.worst_table(every),
    }


def _sentence(facts: Mapping[str, Any]) -> str:
    own = facts["ensemble"]
    text = f"{facts['metric']} {own['score']:.5f} ± {own['se']:.5f} ({facts['candidate']})"
    held = facts.get("holdout")
    return f"{text}, hold-out {held['score']:.5f} ± {held['se']:.5f}" if held else text
