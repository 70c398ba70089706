"""Whom to explain, and by which of its features."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from pipeline.core.job import Job
from pipeline.decisions import Decision, fit_decision
from pipeline.declaration.specs import EvaluateSpec
from pipeline.evaluation.scored import Scored
from pipeline.explaining.contributions import EXPLAINED
from pipeline.explaining.explain import Subject
from pipeline.folds import Folds


def subject_of(board: pd.DataFrame, models: Mapping[str, str]) -> str:
    """The best member of a model whose trees can be explained, or else the best member there is.

    Parameters
    ----------
    board : DataFrame
        The leaderboard, the best first.
    models : mapping of str to str
        Each member's model.
    """
    members = [str(name) for name in board["model"] if name in models]
    told = [name for name in members if models[name] in EXPLAINED]
    return (told or members)[0]


def read_subject(
    job: Job, spec: EvaluateSpec, scored: Scored, frame: pd.DataFrame, member: tuple[str, str]
) -> Subject | None:
    """The member, given by its name and its model's, with its stored models; None where none are kept.

    Parameters
    ----------
    frame : DataFrame
        The training rows' features.
    """
    name, model = member
    folder = job.path("train", model, "models", name)
    if not folder.is_dir():
        return None
    rows, decision = scored.rows(name), Decision("none")
    if spec.metric.facts.needs == "label":
        decision = fit_decision(spec.metric, spec.task, scored.target[rows], scored.predictions[name][rows])
    folds = Folds.read(job.path("split", "folds.parquet"))
    return Subject(name, folder, frame, scored, folds, decision, spec.seed, told=model in EXPLAINED)


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
