"""``clean`` of a new competition: rows without a target, scales of words, labels too rare to fold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.scaffold.guess import Guess, words_of
from pipeline.scaffold.task import are_numbers

if TYPE_CHECKING:
    import pandas as pd


def find_clean(
    target: pd.Series, ordered: Mapping[str, Guess[list[str]]], label_counts: Mapping[str, int], scarce: list[str]
) -> Mapping[str, Guess[Any]]:
    """The section.

    Parameters
    ----------
    target : Series of words
        The training rows' target, under its name.
    ordered : mapping of str to guess of list of str
        Columns whose words are a scale.
    label_counts : mapping of str to int
        The rows of each label.
    scarce : list of str
        Labels of too few rows.
    """
    section: dict[str, Guess[Any]] = {}
    if lost := int(words_of(target).isna().sum()):
        section["unlabelled"] = Guess("drop", f"{lost} training rows have no target; no model can learn from them")
    if ordered:
        why = "levels whose words are a scale, from lowest to highest; they become numbers"
        section["ordered"] = Guess({name: guess.value for name, guess in ordered.items()}, why)
    if scarce:
        name = str(target.name)
        subject = name if name.isidentifier() else f"`{name}`"
        rules = [
            {"drop": f"{subject} == {_literal(label)}", "reason": f"{label_counts[label]} rows are too few to fold"}
            for label in scarce
        ]
        why = "labels of so few rows would bring the folds down to as few; no model predicts them"
        section["outliers"] = Guess(rules, why)
    return section


def _literal(label: str) -> str:
    """A label as a query writes it: numbers and truths bare, words in quotes."""
    return label if are_numbers({label}) or label in ("True", "False") else repr(label)
