"""A target whose labels have a column each in the sample submission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.scaffold.guess import Guess, listed, words_of
from pipeline.scaffold.read import Raw

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ByClass:
    """Such a target, and its labels in the order of their columns."""

    target: Guess[str]
    labels: tuple[str, ...]


def find_classes(raw: Raw, extra: list[str], submitted: list[str]) -> ByClass | None:
    """The column of train whose labels the sample's columns stand for, or None.

    One with a column for each label goes first. Columns may stand for labels that no training row has, unless train has
    such columns itself: those are targets of their own.

    Parameters
    ----------
    extra : list of str
        The columns that train alone has.
    submitted : list of str
        The sample submission's columns beside its id.
    """
    labels = {column: classes_of(raw.train[column], submitted) for column in extra} if len(submitted) > 1 else {}
    found = [_by_class(column, submitted, matched) for column, matched in labels.items() if all(matched) and matched]
    if not found and not {*submitted} & {*extra}:
        found = [_by_class(column, submitted, matched) for column, matched in labels.items() if matched]
    return found[0] if found else None


def classes_of(target: pd.Series, columns: list[str]) -> list[str]:
    """The label that each of the sample's columns stands for, matched as ``submit`` does; nothing where they do not.

    A column of a label that the target never has gets an empty text.
    """
    from pipeline.submission.labels import UNSEEN, match_classes

    labels = sorted(str(label) for label in words_of(target).dropna().unique()[: len(columns) + 1])
    codes = match_classes(columns, labels) or []
    return ["" if code == UNSEEN else labels[code] for code in codes]


def _by_class(column: str, submitted: list[str], matched: list[str]) -> ByClass:
    labels = tuple(label for label in matched if label)
    unseen = [name for name, label in zip(submitted, matched, strict=True) if not label]
    why = f"the sample submission has a column for each of its {len(labels)} labels"
    if unseen:
        why += f"; no training row has the labels of {listed(unseen)}: submitted as 0"
    return ByClass(Guess(column, why), labels)
