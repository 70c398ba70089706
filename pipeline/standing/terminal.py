"""Where competitions stand, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAVY
from rich.table import Table
from rich.text import Text

from pipeline.report import words
from pipeline.standing.status import FOLLOWS, KEPT, RUNS, Standing

STYLES = {KEPT: "dim", RUNS: "bold yellow", FOLLOWS: "yellow"}


def status_table(title: str, found: Sequence[Standing]) -> Table:
    """Stage, what would become of it and why, and the seconds it took last time."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAVY)
    table.add_column("stage", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("last time", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold")
    for line in found:
        name = line.stage.replace("@", " ")
        seconds = "" if line.seconds is None else words.duration(line.seconds)
        table.add_row(name, Text(line.state, style=STYLES[line.state]), seconds, Text(line.why))
    return table


def status_line(found: Sequence[Standing]) -> str:
    """How many stages would run, and how long these took last time."""
    due = [line for line in found if line.state != KEPT]
    if not due:
        return "up to date"
    sure = sum(line.state == RUNS for line in due)
    known = [line.seconds for line in due if line.seconds is not None]
    unknown = len(due) - len(known)
    took = f"; they took {words.duration(sum(known))} last time" if known else ""
    more = f" ({unknown} of them not timed here yet)" if unknown else ""
    follow = f", {len(due) - sure} more may follow" if len(due) > sure else ""
    return f"{sure} of {len(found)} stages would run{follow}{took}{more}"
