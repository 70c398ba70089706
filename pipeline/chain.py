"""Running a competition's chain through DVC from Python: the same as ``dvc repro``, with the stages' own lines only.

Of the orders that the dependencies allow, DVC takes any. Here the audit comes before the first model, and the models
come in the order of their worth: what goes wrong is seen early, and the best score too. In a run that has a budget the
strongest is followed by the quickest, whose unused seconds then fall to the strong ones after them.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline import models
from pipeline.copies import check_folders
from pipeline.core.clock import read_clock
from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.declaration.competition import Competition
from pipeline.declaration.read import read_declaration
from pipeline.locks import quick_locks
from pipeline.stages import BY_MODEL, STAGES


def run_chain(
    paths: Paths,
    force: bool = False,
    until: str | None = None,
    replan: bool = False,
    step: Callable[..., Any] | None = None,
) -> bool:
    """Bring every stage of a competition up to date, or only one and those it stands on; true where any had to run.

    Parameters
    ----------
    until : str or None
        A stage to end with: it and what it depends on are brought up to date, and nothing else.
    replan : bool
        Whether ``plan`` is run even where no file that it depends on has changed.
    step : callable or None
        What brings one stage up to date, in place of DVC's own step.

    Raises
    ------
    SystemExit
        With the failed stage's exit code; the stage has said what was wrong.
    PodiumError
        Where DVC itself could not go on.
    """
    from dvc.exceptions import DvcException, ReproductionError
    from dvc.repo import Repo

    check_folders(paths.root, paths.competition)
    target = paths.recipe / "dvc.yaml"
    _same_python_for_stages()
    hush_dvc(logging.WARNING)
    try:
        order = stage_order(read_declaration(paths.declaration), timed=read_clock() is not None)
        with Repo(str(paths.root)) as repo, _ordered(order), quick_locks():
            wanted = f"{paths.shown(target)}:{until}" if until else paths.shown(target)
            own = {"repro_fn": step} if step else {}
            if replan:
                repo.reproduce(f"{paths.shown(target)}:plan", force=True, single_item=True, **own)
            return bool(repo.reproduce(wanted, force=force, **own))
    except ReproductionError as error:
        code = _exit_code(error)
        if code is None:
            raise PodiumError(paths.competition, "the chain", "stopped", got=_causes(error)) from error
        raise SystemExit(130 if code in (130, -2) else 1) from None
    except DvcException as error:
        raise PodiumError(paths.competition, "DVC", "could not run the chain", got=_causes(error)) from error


def stage_order(competition: Competition, timed: bool = False) -> list[str]:
    """The stages by DVC's names, in the order of the chain; a model's search and training follow one another.

    Parameters
    ----------
    timed : bool
        Whether the run has a budget: then the quickest models follow the strongest.

    Examples
    --------
    ``["plan", "fetch", ..., "audit", ..., "tune@lightgbm", "train@lightgbm", "tune@linear", ..., "submit"]``
    """
    worth = {name: models.load(name, competition.name).share for name in competition.models}
    strongest_first = sorted(worth, key=lambda name: -worth[name])
    in_turn = [*strongest_first[:1], *sorted(strongest_first[1:], key=worth.__getitem__)] if timed else strongest_first
    of_models = [f"{stage}@{name}" for name in in_turn for stage in BY_MODEL]
    plain = ["plan", *(stage for stage in STAGES if stage not in BY_MODEL)]
    first = list(STAGES).index(BY_MODEL[0]) + 1
    return [*plain[:first], *of_models, *plain[first:]]


@contextmanager
def _ordered(names: list[str]) -> Iterator[None]:
    """While the block runs, DVC brings stages up to date in this order, as far as the dependencies allow."""
    from dvc.repo import reproduce

    place, found = {name: number for number, name in enumerate(names)}, reproduce.plan_repro

    def plan_repro(graph: Any, *args: Any, **options: Any) -> list[Any]:
        from networkx import lexicographical_topological_sort, reverse_view

        steps = found(graph, *args, **options)
        return list(
            lexicographical_topological_sort(
                reverse_view(graph.subgraph(steps)), key=lambda stage: place.get(stage.name, len(place))
            )
        )

    setattr(reproduce, found.__name__, plan_repro)
    try:
        yield
    finally:
        setattr(reproduce, found.__name__, found)


def behind(paths: Paths) -> list[str]:
    """The stages up to the submission and its score that would run again, because what they depend on changed since.

    Raises
    ------
    PodiumError
        Where DVC cannot tell.
    """
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    hush_dvc()
    target = paths.recipe / "dvc.yaml"  # in full: status, unlike reproduce, looks from the working folder
    try:
        with Repo(str(paths.root)) as repo:
            found = repo.status(targets=[f"{target}:submit", f"{target}:evaluate"], with_deps=True)
    except DvcException as error:
        allowed = "cannot tell whether the submission is up to date"
        raise PodiumError(paths.competition, "DVC", allowed, got=_causes(error)) from error
    return sorted(name.rpartition(":")[2] for name in found)


def hush_dvc(level: int = logging.ERROR) -> None:
    """Let DVC say only what is as grave as this, and draw no bars of its own over what a command prints."""
    logging.getLogger("dvc").setLevel(level)
    logging.getLogger("dvc.progress").setLevel(logging.CRITICAL)  # by which its bars decide whether they are drawn


def _same_python_for_stages() -> None:
    """Put this interpreter's folder first, because the chain's commands say ``python``."""
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def _exit_code(error: BaseException) -> int | None:
    from dvc.stage.exceptions import StageCmdFailedError

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, StageCmdFailedError):
            return int(str(cause).rpartition("exited with ")[2] or 1)
        cause = cause.__cause__
    return None


def _causes(error: BaseException) -> str:
    lines = []
    cause: BaseException | None = error
    while cause is not None:
        lines.append(str(cause))
        cause = cause.__cause__
    return ": ".join(line for line in lines if line)
