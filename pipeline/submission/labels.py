"""Labels as the files spell them, and the class that a column of the sample stands for."""

from __future__ import annotations

from collections.abc import Sequence

Label = str | bool | int | float

UNSEEN = -1
"""The class of a column that stands for a label which no training row has."""
_SPELLINGS = (("False", "True"), ("false", "true"), ("FALSE", "TRUE"), ("0", "1"))


def spell(label: Label, seen: Sequence[str] = ()) -> str:
    """A label as a submission writes it, in the manner of the values that the sample shows.

    Examples
    --------
    >>> spell(True), spell(True, ["false"]), spell(3.0, ["1", "2"]), spell(3.0), spell("yes")
    ('True', 'true', '3', '3.0', 'yes')
    """
    if isinstance(label, bool):
        for pair in _SPELLINGS:
            if seen and set(seen) <= set(pair):
                return pair[label]
        return str(label)
    if isinstance(label, float) and label.is_integer() and seen and all("." not in text for text in seen):
        return str(int(label))
    return str(label)


def match_classes(columns: Sequence[str], labels: Sequence[str]) -> list[int] | None:
    """For each column the class that it stands for, or None where they do not match one to one.

    A column matches the label that it equals, or else the one that it ends with: ``Class_1`` matches ``1``. Letters'
    case is looked past where nothing else matches. Columns may be left over, up to half of them, where two labels or
    more have theirs: they stand for labels that no training row has, and are ``UNSEEN``.

    Examples
    --------
    >>> match_classes(["Status_C", "Status_CL"], ["C", "CL"]), match_classes(["b", "a"], ["a", "b"])
    ([0, 1], [1, 0])
    >>> match_classes(["ant", "bee", "cat"], ["ant", "cat"])
    [0, -1, 1]
    """
    if not _may_be_all(len(columns), len(labels)):
        return None
    for same in (_equal, _ends_with, _ends_with_in_any_case, _plainly_ends_with):
        found = [[i for i, label in enumerate(labels) if same(column, label)] for column in columns]
        if all(len(options) <= 1 for options in found):
            classes = [options[0] if options else UNSEEN for options in found]
            if sorted(code for code in classes if code != UNSEEN) == list(range(len(labels))):
                return classes
    return None


def _may_be_all(columns: int, labels: int) -> bool:
    """Whether so many columns may hold one for each label and, besides, those of labels never seen."""
    return columns == labels or (2 <= labels < columns <= 2 * labels)


def _equal(column: str, label: str) -> bool:
    return column.strip() == label


def _ends_with(column: str, label: str) -> bool:
    before = column[: -len(label)] if label and column.endswith(label) else ""
    return bool(before) and not before[-1].isalnum()


def _ends_with_in_any_case(column: str, label: str) -> bool:
    return column.lower() == label.lower() or _ends_with(column.lower(), label.lower())


def _plainly_ends_with(column: str, label: str) -> bool:
    return bool(label) and column.endswith(label) and not (column[: -len(label)][-1:].isdigit() and label.isdigit())
