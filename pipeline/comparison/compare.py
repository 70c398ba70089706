"""What differs between two runs: declared settings, code and data, columns, members and scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.comparison.run import Run
from pipeline.comparison.scores import ScoreChange, score_change
from pipeline.comparison.settings import Change, changed_settings
from pipeline.core.errors import PodiumError

ENSEMBLE = "ensemble"


@dataclass(frozen=True)
class Comparison:
    """The later run held against the earlier one.

    Parameters
    ----------
    competition, title, metric : str
        What is compared, and by which score.
    greater_is_better : bool
        The metric's direction.
    before, after : str
        The runs' labels.
    settings : list of Change
        Keys of ``competition.yaml``.
    inputs : list of str
        The code and raw files of which the runs had other versions, by path.
    gained, lost : list of str
        Columns that models eat in one of the runs only.
    members : list of Change
        Each model's weight in the ensemble, and how the ensemble is made, where they differ.
    scores : list of ScoreChange
        The ensemble first, then the models, the best later score first.
    notes : list of str
        What a reader must know to read the rest.
    """

    competition: str
    title: str
    metric: str
    greater_is_better: bool
    before: str
    after: str
    settings: list[Change]
    inputs: list[str]
    gained: list[str]
    lost: list[str]
    members: list[Change]
    scores: list[ScoreChange]
    notes: list[str]


def compare(competition: str, before: Run, after: Run) -> Comparison:
    """Hold two runs against each other.

    Raises
    ------
    PodiumError
        Where they are scored by different metrics.
    """
    old, new = before.record, after.record
    if old["metric"] != new["metric"]:
        got = f"{old['metric']} at {before.label}, {new['metric']} in {after.label}"
        step = "Scores of different metrics cannot be compared: name another revision"
        raise PodiumError(competition, "metric", "must be the same in both runs", got=got, step=step)
    paired = bool(old["split"]) and old["split"] == new["split"]
    return Comparison(
        competition=competition,
        title=str(after.declared.get("title", competition)),
        metric=new["metric"],
        greater_is_better=new["greater_is_better"],
        before=before.label,
        after=after.label,
        settings=changed_settings(before.declared, after.declared),
        inputs=_changed_inputs(before, after),
        gained=sorted(set(new["columns"]) - set(old["columns"])),
        lost=sorted(set(old["columns"]) - set(new["columns"])),
        members=_members(old, new),
        scores=_scores(old, new, paired),
        notes=_notes(before, after, paired),
    )


def _changed_inputs(before: Run, after: Run) -> list[str]:
    paths = sorted({*before.inputs, *after.inputs})
    own = f"competitions/{after.declared.get('name')}/competition.yaml"
    return [path for path in paths if before.inputs.get(path) != after.inputs.get(path) and path != own]


def _members(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    changes = []
    if old["candidate"] != new["candidate"]:
        changes.append(Change("made by", old["candidate"].replace("_", " "), new["candidate"].replace("_", " ")))
    for model in sorted({*old["folds"], *new["folds"]} - {ENSEMBLE}):
        was, now = (_weight(record, model) for record in (old, new))
        if was != now:
            changes.append(Change(model, was, now))
    return changes


def _weight(record: Mapping[str, Any], model: str) -> str:
    if model not in record["folds"]:
        return "not in the zoo"
    weights = record["weights"]
    return f"{weights.get(model, 0.0):.2f}" if weights else "member"


def _scores(old: Mapping[str, Any], new: Mapping[str, Any], paired: bool) -> list[ScoreChange]:
    sign = 1 if new["greater_is_better"] else -1
    models = dict.fromkeys([*new["folds"], *old["folds"]])
    lines = [score_change(m, old["folds"].get(m), new["folds"].get(m), sign, paired) for m in models]
    return sorted(lines, key=lambda line: (line.model != ENSEMBLE, line.after is None, -sign * (line.after or 0.0)))


def _notes(before: Run, after: Run, paired: bool) -> list[str]:
    notes = [
        f"competition.yaml was edited after the run of {run.label}: its scores are of the declaration before"
        for run in (before, after)
        if not run.ran
    ]
    if not paired:
        notes.append("The folds differ, so scores cannot be paired: differences come with the error of unpaired means")
    return notes
