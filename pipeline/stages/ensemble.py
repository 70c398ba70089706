"""``ensemble``: ensembles compete on nested folds, and the simplest within one standard error of the best wins.

The contest itself is ``pipeline/ensembles/_contest.py``. The winner is fitted on all rows for the test predictions;
what is written as its out-of-fold table are its nested predictions.
"""

from __future__ import annotations

import numpy as np

from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.tables import read_table, write_json, write_table
from pipeline.dataset import prediction_table, read_target
from pipeline.decisions import Decision, fit_decision
from pipeline.declaration.specs import EnsembleSpec, read_spec
from pipeline.ensembles._contest import BEST_SINGLE, Entry, Field, choose, compare, compete, nested_scores, refit
from pipeline.folds import Folds
from pipeline.members import Member, read_members


def run(job: Job) -> str:
    """Read the members' tables, let the candidates compete, write the winner's predictions and the whole comparison."""
    spec = read_spec(job, EnsembleSpec)
    folds = Folds.read(job.path("split", "folds.parquet"))
    field = read_field(job, spec, folds)
    names = [BEST_SINGLE, *spec.ensemble.candidates]
    entries, refused = compete(spec, field, job.screen.track(names, "candidates", len(names)))
    for name, reason in refused.items():
        job.screen.note(f"{name} {reason}")
    winner = choose(spec, entries)
    weights, test = refit(spec, field, winner.name)
    decision = decide(job, spec, field, winner)
    with job.writing() as folder:
        write_table(prediction_table(field.row_id, winner.nested), folder / "oof.parquet")
        write_table(prediction_table(field.test_row_id, test), folder / "test.parquet")
        write_table(prediction_table(field.test_row_id, decision.apply(test)), folder / "decided.parquet")
        write_table(compare(spec, entries, refused), folder / "candidates.parquet")
        write_table(nested_scores(field, entries), folder / "folds.parquet")
        content = {"candidate": winner.name, "weights": weights, "decision": decision.to_json(), "split": folds.hash}
        write_json(content, folder / "weights.json")
    return summary(spec, field, winner, entries[0])


def decide(job: Job, spec: EnsembleSpec, field: Field, winner: Entry) -> Decision:
    """What becomes of the winner's predictions: labels, or values times the factor that all folds call for."""
    if spec.ensemble.factor == "none":
        return fit_decision(spec.metric, spec.task, field.y[field.usable], winner.nested[field.usable])
    values = winner.decision.values
    job.screen.note(f"values are multiplied by {values[0]:.4f}" if values else "a factor on the values is not earned")
    return winner.decision


def read_field(job: Job, spec: EnsembleSpec, folds: Folds) -> Field:
    """The members' tables, aligned by row.

    Raises
    ------
    PodiumError
        Where a member was trained on other folds, its tables hold other rows, or its test predictions are not finite.
    """
    ids = {"oof": folds.row_id, "test": read_table(job.path("clean", "ids.parquet"), ["row_id"])["row_id"].to_numpy()}
    members = [m for model in spec.ensemble.members or spec.models for m in read_members(job.path("train", model))]
    for member in members:
        _check(job, member, folds, ids)
    oof, test = {m.name: m.oof for m in members}, {m.name: m.test for m in members}
    field = Field(folds.row_id, read_target(job), folds.outer, oof, ids["test"], test)
    lost = int((field.outer >= 0).sum() - field.usable.sum())
    if not members or not field.usable.any():
        raise PodiumError(job.competition, "the ensemble", "needs rows that every member was validated on", got="none")
    if lost:
        job.screen.note(f"{lost} validated rows without a finite prediction by every member are left out")
    return field


def _check(job: Job, member: Member, folds: Folds, ids: dict[str, np.ndarray]) -> None:
    """Refuse a member of other folds or other rows, or one whose test predictions are not finite."""
    if member.split != folds.hash:
        raise _refused(job, member, f"must be trained on split {folds.hash[:6]}", f"split {str(member.split)[:6]}")
    for part, rows in (("oof", member.row_id), ("test", member.test_row_id)):
        if not np.array_equal(rows, ids[part]):
            raise _refused(job, member, f"must predict this run's {len(ids[part])} {part} rows", f"{len(rows)} others")
    if bad := int((~np.isfinite(member.test)).sum()):
        raise _refused(job, member, "must give finite test predictions", f"{bad} that are not")


def _refused(job: Job, member: Member, allowed: str, got: str) -> PodiumError:
    where = job.paths.shown(job.path("train", member.model))
    step = f"Run it again: python -m pipeline train {job.competition} {member.model}"
    return PodiumError(
        job.competition, f"the ensemble's member {member.name}", allowed, got=got, where=where, step=step
    )


def summary(spec: EnsembleSpec, field: Field, winner: Entry, single: Entry) -> str:
    """The one line for the screen."""
    found, alone = winner.scores, single.scores
    text = f"{winner.name} of {len(field.oof)} members, {spec.metric.label} {found.mean:.4f} ± {found.se:.4f}"
    return text if winner.name == BEST_SINGLE else f"{text}; best single {alone.mean:.4f} ± {alone.se:.4f}"
