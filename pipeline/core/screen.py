"""What a stage may say while it works. The command line owns the screen; a stage only reports to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

Item = TypeVar("Item")


class Screen(Protocol):
    """Where progress goes: a live bar on a terminal, plain lines elsewhere, nothing when quiet."""

    def track(self, items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
        """Hand the items through, and show how far they are."""
        ...

    def note(self, text: str) -> None:
        """One line that the user should read, such as a column that was dropped and why."""
        ...


class Silence:
    """A screen that shows nothing: for tests and for use from Python."""

    def track(self, items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
        """Hand the items through."""
        yield from items

    def note(self, text: str) -> None:
        """Say nothing."""
