"""What ``run`` would do: DVC's own comparison of files with the lock, and the plan compared key by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import plan
from pipeline.chain import hush_dvc
from pipeline.core.paths import Paths
from pipeline.core.tables import read_json
from pipeline.core.times import last_seconds
from pipeline.declaration.competition import Competition
from pipeline.stages import BY_MODEL, STAGES

KEPT, RUNS, FOLLOWS = "up to date", "runs", "may run"
NEVER = "it never ran"
MOST_NAMED = 3


@dataclass(frozen=True)
class Standing:
    """One stage: ``up to date``, ``runs``, or ``may run`` (where an earlier stage's result changes).

    Parameters
    ----------
    stage : str
        Its name, ``train@mlp`` for a model's.
    state : str
        One of the three.
    why : str
        What changed; empty where nothing did.
    seconds : float or None
        What it took last time on this machine.
    """

    stage: str
    state: str
    why: str
    seconds: float | None


def status_of(paths: Paths, competition: Competition) -> list[Standing]:
    """Every stage of the competition's chain, in its order; nothing is run or written."""
    changes, upstream = _asked_of_dvc(paths)
    specs = changed_specs(paths, competition)
    found: dict[str, Standing] = {}
    for stage in ("plan", *STAGES):
        for model in competition.models if stage in BY_MODEL else (None,):
            name = f"{stage}@{model}" if model else stage
            why = _why(paths, changes.get(name, []), specs.get(name.replace("@", "-")))
            state = RUNS if why else KEPT
            if not why:
                before = [other for other in upstream.get(name, ()) if other in found and found[other].state != KEPT]
                before = [other for other in before if other != "plan"]  # what plan changes is told by its specs
                state, why = (FOLLOWS, f"after {_listed(before)}") if before else (KEPT, "")
            found[name] = Standing(name, state, why, last_seconds(paths, stage, model))
    return list(found.values())


def changed_specs(paths: Paths, competition: Competition) -> dict[str, list[str]]:
    """By spec, such as ``train-mlp``, the keys that ``plan`` would write otherwise than they stand on the disk."""
    changed = {}
    for name, spec in plan.plan(competition).items():
        path = paths.data / "plan" / f"{name}.json"
        old, new = read_json(path) if path.exists() else None, spec.model_dump(mode="json")
        if old is not None and old != new:
            changed[name] = sorted(_differences(old, new))
    return changed


def _differences(old: Any, new: Any, key: str = "") -> Iterable[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in {*old, *new}:
            yield from _differences(old.get(name), new.get(name), f"{key}.{name}" if key else name)
    elif old != new:
        yield "the model's code" if key == "code" else f"{key} {_short(old)} → {_short(new)}"


def _short(value: Any) -> str:
    text = "–" if value is None else str(value)
    return text if len(text) <= 24 else f"{text[:23]}…"


def _asked_of_dvc(paths: Paths) -> tuple[dict[str, list[Any]], dict[str, list[str]]]:
    """DVC's status by stage (``never ran`` where the lock does not know it), and the stages that each stands on."""
    from dvc.repo import Repo

    hush_dvc()
    target = paths.shown(paths.recipe / "dvc.yaml")
    with Repo(str(paths.root)) as repo:
        changes = repo.status(targets=[str(paths.recipe / "dvc.yaml")])
        stages = {
            stage.name: stage
            for stage in repo.index.graph
            if paths.shown(Path(paths.root, stage.path_in_repo)) == target
        }
        upstream = {
            name: [other.name for other in repo.index.graph.successors(stage)] for name, stage in stages.items()
        }
        unknown = [name for name, stage in stages.items() if not any(out.hash_info for out in stage.outs)]
    told = {name.rpartition(":")[2]: list(found) for name, found in changes.items()}
    return told | {name: [NEVER] for name in unknown}, upstream


def _why(paths: Paths, changes: list[Any], spec: list[str] | None) -> str:
    reasons = [f"declared: {_listed(spec)}"] if spec and NEVER not in changes else []
    for change in changes:
        if isinstance(change, str):
            reasons.append(change)
            continue
        for kind, files in change.items():
            reasons += _file_reasons(paths, kind, files)
    return "; ".join(dict.fromkeys(reasons))


def _file_reasons(paths: Paths, kind: str, files: Mapping[str, str]) -> list[str]:
    """Why the files of one kind ask for a run; those that another stage writes are that stage's affair."""
    outputs = f"{paths.shown(paths.data)}/"
    if kind == "changed outs":
        gone, other = (
            [path for path, state in files.items() if state in states]
            for states in (("deleted", "not in cache"), ("modified", "new"))
        )
        reasons = [f"its output {_listed(gone)} is not there"] if gone else []
        return reasons + ([f"its output {_listed(other)} is not as it was written"] if other else [])
    own = {path: state for path, state in files.items() if not path.startswith(outputs)}
    return [f"changed: {_listed(list(own))}"] if own else []


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(name.replace("@", " ") for name in names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
