"""How much of the study is made: which models, which methods, how many rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline import models as zoo
from pipeline.core.errors import PodiumError, nearest
from pipeline.core.paths import Paths
from pipeline.declaration.read import read_declaration
from pipeline.imbalance.methods import METHODS, MODELS


@dataclass(frozen=True)
class Options:
    """What is asked for.

    Parameters
    ----------
    models, methods : sequence of str
        In the order in which they are shown.
    rows : int or None
        So many training rows, drawn with every class's share; None takes all.
    precision : float in (0, 1]
        At which recall is told.
    """

    models: Sequence[str]
    methods: Sequence[str]
    rows: int | None = None
    precision: float = 0.9


def choose(paths: Paths, models: str | None, methods: str | None, rows: int | None, precision: float) -> Options:
    """The options of a command line, checked against the competition, the zoo and the methods.

    Raises
    ------
    PodiumError
        Where a name is unknown, or the competition has no classes to balance.
    """
    competition = read_declaration(paths.declaration)
    name = competition.name
    if competition.resolved_task == "regression" or competition.metric.facts.ordered:
        raise PodiumError(name, "imbalance", "needs classes to balance", got=f"metric {competition.metric.label}")
    if rows is not None and rows < 1:
        raise PodiumError(name, "--rows", "must be at least 1", got=str(rows))
    known = [*MODELS, *(other for other in zoo.names() if other not in MODELS)]
    return Options(
        chosen(name, "models", models, known) or list(MODELS),
        chosen(name, "methods", methods, METHODS) or list(METHODS),
        rows,
        precision,
    )


def chosen(competition: str, option: str, names: str | None, known: Sequence[str]) -> list[str]:
    """The names of a comma-separated option, each once, in the known ones' order; none where it is not given.

    Raises
    ------
    PodiumError
        Where a name is unknown; it names the nearest.

    Examples
    --------
    >>> chosen("toy", "methods", "smote,none", METHODS)
    ['none', 'smote']
    """
    if names is None:
        return []
    wanted = {name.strip() for name in names.split(",") if name.strip()}
    for name in sorted(wanted):
        if name not in known:
            raise PodiumError(
                competition, f"--{option}", "must name known ones", got=repr(name), step=nearest(name, known)
            )
    if not wanted:
        raise PodiumError(competition, f"--{option}", "must name one at least", got=repr(names))
    return [name for name in known if name in wanted]
