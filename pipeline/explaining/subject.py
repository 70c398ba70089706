"""Whom to explain, and by which of its features."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.core.job import Job
from pipeline.decisions import Decision, fit_decision
from pipeline.declaration.specs import EvaluateSpec
from pipeline.evaluation.scored import Scored
from pipeline.explaining.contributions import EXPLAINED
from pipeline.explaining.explain import Subject
from pipeline.folds import Folds


def tells(card: Mapping[str, Any]) -> bool:
    """Whether a member's trees tell contributions, by its ``model`` and ``params``; those with linear leaves do not."""
    return card["model"] in EXPLAINED and not card["params"].get("linear_tree")


def subject_of(board: pd.DataFrame, cards: Mapping[str, Mapping[str, Any]]) -> str:
    """The best member whose trees tell contributions, or else the best member there is.

    Parameters
    ----------
    board : DataFrame
        The leaderboard, the best first.
    cards : mapping of str to mapping
        Each member's record.
    """
    members = [str(name) for name in board["model"] if name in cards]
    return next((name for name in members if tells(cards[name])), members[0])


def read_subject(
    job: Job, spec: EvaluateSpec, scored: Scored, frame: pd.DataFrame, member: tuple[str, Mapping[str, Any]]
) -> Subject | None:
    """The member, given by its name and its record, with its stored models; None where none are kept.

    Parameters
    ----------
    frame : DataFrame
        The training rows' features.
    """
    name, card = member
    folder = job.path("train", card["model"], "models", name)
    if not any(folder.glob("r0f*")):
        return None
    rows, decision = scored.rows(name), Decision("none")
    if spec.metric.facts.needs == "label":
        decision = fit_decision(spec.metric, spec.task, scored.target[rows], scored.predictions[name][rows])
    folds = Folds.read(job.path("split", "folds.parquet"))
    return Subject(name, folder, frame, scored, folds, decision, spec.seed, told=tells(card))


def leading_features(importance: pd.DataFrame, features: Sequence[str]) -> list[str]:
    """The features that a member leans on, the most important first.

    A target statistic counts for the features that it is made of, whose names its own holds; what names no feature, as
    a pair of them, counts for none. A member that tells no importance leaves the features in their order.

    >>> table = pd.DataFrame({"column": ["b", "target_by_a"], "share": [0.6, 0.4]})
    >>> leading_features(table, ["a", "b", "c"])
    ['b', 'a', 'c']
    """
    known = set(features)
    found: dict[str, None] = {}
    for column in importance["column"]:
        found |= dict.fromkeys(_sources(str(column), known))
    return list(found | dict.fromkeys(features))


def _sources(column: str, features: Iterable[str]) -> list[str]:
    if column in features:
        return [column]
    made_of = f"_{column.removeprefix('target_by_')}_"
    return sorted(name for name in features if column.startswith("target_by_") and f"_{name}_" in made_of)
