"""The screens that the command line owns: a live bar on a terminal, plain lines elsewhere, silence when quiet."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

from rich.console import Console

from pipeline.board.events import Reporting, events_file, tell
from pipeline.core.screen import Screen, Silence

Item = TypeVar("Item")


class Live:
    """A rich progress bar for each tracked loop, gone when the loop ends."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def track(self, items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
        """Hand the items through under a bar with the time spent and the time left."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import TimeRemainingColumn as Remaining

        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=28), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), Remaining(), console=self.console, transient=True) as progress:
            yield from progress.track(items, total=_length(items, total), description=label)

    def note(self, text: str) -> None:
        """A line above the bar."""
        self.console.print(f"  [yellow]·[/] {_escaped(text)}", highlight=False)


class Plain:
    """Lines for a log file: one when a loop starts and ends, and at most one every ten seconds between."""

    every_seconds = 10.0

    def __init__(self, console: Console) -> None:
        self.console = console

    def track(self, items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
        """Hand the items through, with a line now and then."""
        length = _length(items, total)
        last = time.monotonic()
        for done, item in enumerate(items, start=1):
            yield item
            if time.monotonic() - last >= self.every_seconds:
                last = time.monotonic()
                self.console.out(f"  {label} {done}/{length if length is not None else '?'}", highlight=False)

    def note(self, text: str) -> None:
        """A line."""
        self.console.out(f"  - {text}", highlight=False)


def console() -> Console:
    """Where tables go: as wide as the terminal, 110 columns elsewhere."""
    return Console(width=None if sys.stdout.isatty() else 110)


def choose_screen(quiet: bool) -> Screen:
    """Silence when quiet; a report to the board of the run that asked for it; else a live bar, or plain lines."""
    if quiet:
        return Silence()
    if told := events_file():
        return Reporting(told)
    return Live(Console()) if lively() else Plain(Console())


def lively() -> bool:
    """Whether the screen may move: on a terminal that can, unless ``PODIUM_PLAIN`` is set."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("PODIUM_PLAIN")


def say_summary(name: str, summary: str, seconds: float, peak_mib: float) -> None:
    """A stage's one line: to the board where one listens, else on the screen."""
    if told := events_file():
        tell(told, "summary", text=summary, seconds=seconds, peak_mib=peak_mib)
    else:
        print_line(f"{name:<22} {summary}  [{seconds:.1f} s, {peak_mib:.0f} MiB]")


def print_line(text: str) -> None:
    """A line on standard output, as it is."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _length(items: Iterable[object], total: int | None) -> int | None:
    return len(items) if total is None and isinstance(items, Sized) else total


def _escaped(text: str) -> str:
    return text.replace("[", r"\[")
