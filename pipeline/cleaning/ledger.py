"""What ``clean`` did, written down as it goes: the notes for the user and the numbers for ``report.json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Ledger:
    """A book that every step writes into.

    Attributes
    ----------
    notes : list of str
        Lines that the user should read.
    report : dict of str to list
        Entries by heading, each a small mapping.
    """

    notes: list[str] = field(default_factory=list)
    report: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def note(self, text: str) -> None:
        """One line for the user."""
        self.notes.append(text)

    def enter(self, heading: str, **entry: Any) -> None:
        """One entry under a heading of the report."""
        self.report.setdefault(heading, []).append(entry)

    def drop(self, column: str, why: str) -> None:
        """A column that is dropped, and why: in the report and on the screen."""
        self.enter("dropped", column=column, why=why)
        self.note(f"column {column} is dropped: {why}")

    def content(self) -> dict[str, Any]:
        """The whole book, ready for JSON."""
        return {**self.report, "notes": list(self.notes)}


def examples(values: list[Any], most: int = 3) -> str:
    """The first few of these, for an error: ``'a', 'b', 'c' and 4 more``.

    >>> examples([1, 2, 3, 4, 5])
    '1, 2, 3 and 2 more'
    """
    shown = ", ".join(repr(value) for value in values[:most])
    return f"{shown} and {len(values) - most} more" if len(values) > most else shown
