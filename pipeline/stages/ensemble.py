"""``ensemble``: ensembles compete on nested folds, and the simplest within one standard error of the best wins.

The contest itself is ``pipeline/ensembles/_contest.py``. The winner is fitted on all rows for the test predictions;
what is written as its out-of-fold table are its nested predictions, calibrated where that is declared. Beside it a
second pick is written, which errs least like it. Nothing but tables is read, and no model of the zoo is fitted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.core.errors import PodiumError, nearest
from pipeline.core.job import Job
from pipeline.core.tables import finite, read_table, write_json, write_table
from pipeline.dataset import prediction_table, read_features, read_target
from pipeline.decisions import Decision, fit_decision
from pipeline.declaration.ensemble import SEES_FEATURES
from pipeline.declaration.specs import EnsembleSpec, read_spec
from pipeline.ensembles._calibrating import Calibrated, calibrate
from pipeline.ensembles._contest import (
    BEST_SINGLE,
    Entry,
    Field,
    choose,
    compare,
    compete,
    field_order,
    nested_scores,
    refit,
    sits_out,
)
from pipeline.ensembles._diversity import correlation_table, worth_table
from pipeline.ensembles._picks import Pick, second_pick
from pipeline.folds import Folds
from pipeline.members import Member, read_members

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Picked:
    """What goes out: predictions of the test rows, and how they become what is submitted."""

    test: np.ndarray
    decision: Decision


def run(job: Job) -> str:
    """Read the members' tables, let the candidates compete, write the winner's predictions and the whole comparison."""
    spec = read_spec(job, EnsembleSpec)
    folds = Folds.read(job.path("split", "folds.parquet"))
    field = read_field(job, spec, folds)
    names = field_order(spec)
    entries, refused = compete(spec, field, job.screen.track(names, "candidates", len(names)))
    for name, reason in refused.items():
        job.screen.note(f"{name} {reason}")
    winner = choose(spec, entries)
    weights, test = refit(spec, field, winner.name)
    winner, calibrated = calibrated_winner(spec, field, winner)
    first = picked(spec, field, winner, calibrated.calibration.apply(test))
    if spec.ensemble.factor != "none":
        values = first.decision.values
        said = f"values are multiplied by {values[0]:.4f}" if values else "a factor on the values is not earned"
        job.screen.note(said)
    second = second_pick(spec, field, entries, winner) if spec.ensemble.final_picks > 1 else None
    content: dict[str, Any] = {
        "candidate": winner.name,
        "weights": weights,
        "split": folds.hash,
        "second": _told(second),
    }
    content |= {"decision": first.decision.to_json(), "calibration": calibrated.calibration.to_json()}
    with job.writing() as folder:
        write_table(prediction_table(field.row_id, winner.nested), folder / "oof.parquet")
        _write_pick(folder, field, first, "")
        if second is not None:
            _write_pick(folder, field, picked(spec, field, second, _predicted(spec, field, second)), "-2")
        write_table(compare(spec, entries, refused), folder / "candidates.parquet")
        scored = [winner if entry.name == winner.name else entry for entry in entries]
        write_table(nested_scores(field, scored), folder / "folds.parquet")
        write_table(calibrated.table, folder / "calibrations.parquet")
        write_table(correlation_table(spec, field), folder / "correlation.parquet")
        write_table(worth_table(spec, field), folder / "worth.parquet")
        write_json(content, folder / "weights.json")
    return summary(spec, field, winner, next(entry for entry in entries if entry.name == BEST_SINGLE))


def calibrated_winner(spec: EnsembleSpec, field: Field, winner: Entry) -> tuple[Entry, Calibrated]:
    """The winner with its nested predictions as they are after calibration, and the map for the test rows."""
    found = calibrate(spec, field.y, winner.nested, np.where(field.usable, field.outer, -1))
    return replace(winner, nested=found.nested, scores=found.scores), found


def picked(spec: EnsembleSpec, field: Field, pick: Entry | Pick, test: np.ndarray) -> Picked:
    """A pick's test predictions, and what becomes of them: labels, or values times the factor that it calls for."""
    if spec.ensemble.factor != "none":
        return Picked(test, pick.decision)
    rows = field.usable
    return Picked(test, fit_decision(spec.metric, spec.task, field.y[rows], pick.nested[rows]))


def _predicted(spec: EnsembleSpec, field: Field, pick: Pick) -> np.ndarray:
    return field.test[pick.name] if pick.name in field.test else refit(spec, field, pick.name)[1]


def _told(pick: Pick | None) -> dict[str, Any] | None:
    if pick is None:
        return None
    found = {"score": pick.scores.mean, "se": finite(pick.scores.se), "correlation": pick.correlation}
    return {"candidate": pick.name, **found}


def _write_pick(folder: Path, field: Field, pick: Picked, suffix: str) -> None:
    write_table(prediction_table(field.test_row_id, pick.test), folder / f"test{suffix}.parquet")
    decided = pick.decision.apply(pick.test)
    write_table(prediction_table(field.test_row_id, decided), folder / f"decided{suffix}.parquet")


def read_field(job: Job, spec: EnsembleSpec, folds: Folds) -> Field:
    """The members' tables, aligned by row.

    Raises
    ------
    PodiumError
        Where a member was trained on other folds, its tables hold other rows, or its test predictions are not finite.
    """
    ids = {"oof": folds.row_id, "test": read_table(job.path("clean", "ids.parquet"), ["row_id"])["row_id"].to_numpy()}
    members = [m for model in spec.ensemble.members or spec.models for m in read_members(job.path("train", model))]
    members += [m for name in spec.ensemble.others for m in read_others(job, name)]
    for member in members:
        _check(job, member, folds, ids)
    oof, test = {m.name: m.oof for m in members}, {m.name: m.test for m in members}
    field = Field(folds.row_id, read_target(job), folds.outer, oof, ids["test"], test)
    lost = int((field.outer >= 0).sum() - field.usable.sum())
    if not members or not field.usable.any():
        raise PodiumError(job.competition, "the ensemble", "needs rows that every member was validated on", got="none")
    if lost:
        job.screen.note(f"{lost} validated rows without a finite prediction by every member are left out")
    raw = _read_raw(job, spec, field)
    return field if raw is None else replace(field, raw=raw[0], raw_test=raw[1])


def read_others(job: Job, name: str) -> list[Member]:
    """The members of another run or machine, from a folder that was put beside this run's: named ``<folder>/<member>``.

    Raises
    ------
    PodiumError
        Where the folder or one of its files is not there.
    """
    folder = job.path("train", name)
    lacking = [file for file in ("model.json", "oof.parquet", "test.parquet") if not (folder / file).is_file()]
    if lacking:
        there = sorted(path.name for path in folder.parent.glob("*") if path.is_dir())
        step = "Copy another run's train folder there" if folder.is_dir() else nearest(name, there)
        raise PodiumError(
            job.competition,
            f"ensemble.others: {name}",
            "must be a folder with model.json, oof.parquet and test.parquet",
            got=f"no {lacking[0]}",
            where=job.paths.shown(folder),
            step=step,
        )
    return [replace(member, name=f"{name}/{member.name}", model=name) for member in read_members(folder)]


def of_candidate(spec: EnsembleSpec, name: str) -> EnsembleSpec:
    """The spec with one candidate alone: what a finished run's blend needs, and no more."""
    candidates = [] if name == BEST_SINGLE else [name]
    return spec.model_copy(update={"ensemble": spec.ensemble.model_copy(update={"candidates": candidates})})


def _read_raw(job: Job, spec: EnsembleSpec, field: Field) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """The features of the training and the test rows, keys apart, where a candidate that takes part looks at them."""
    looking = [name for name in SEES_FEATURES if name in spec.ensemble.candidates]
    if not spec.ensemble.raw_columns or all(sits_out(spec, field, name) for name in looking):
        return None
    columns = [feature.name for feature in read_features(job) if feature.kind != "key"]
    train, test = (read_table(job.path("features", f"{part}.parquet"), columns) for part in ("train", "test"))
    return train, test


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
    if member.name.startswith(f"{member.model}/"):
        step = "Train it on this run's data/<competition>/split, or take it out of ensemble.others"
    return PodiumError(
        job.competition, f"the ensemble's member {member.name}", allowed, got=got, where=where, step=step
    )


def summary(spec: EnsembleSpec, field: Field, winner: Entry, single: Entry) -> str:
    """The one line for the screen."""
    found, alone = winner.scores, single.scores
    text = f"{winner.name} of {len(field.oof)} members, {spec.metric.label} {found.mean:.4f} ± {found.se:.4f}"
    return text if winner.name == BEST_SINGLE else f"{text}; best single {alone.mean:.4f} ± {alone.se:.4f}"
