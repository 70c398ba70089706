"""A comparison on the terminal: scores with their paired test first, then what was changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAVY
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.comparison.compare import Comparison
from pipeline.comparison.settings import Change
from pipeline.report import words

STYLES = {"better": "bold green", "worse": "bold red"}
MOST_NAMES = 12


def shown(found: Comparison) -> Iterator[RenderableType]:
    """The comparison's tables and lines, in their order."""
    yield score_table(found)
    for note in found.notes:
        yield Text(f"! {note}.", style="yellow")
    if found.settings:
        yield change_table("Declared settings", "key", found.settings, found)
    if found.members:
        yield change_table("The ensemble's members", "model", found.members, found)
    for name, listed in (("Columns gained", found.gained), ("Columns lost", found.lost), ("Inputs", found.inputs)):
        if listed:
            yield Text(f"{name} ({len(listed)}): {_listed(listed)}")
    if not (found.settings or found.members or found.gained or found.lost or found.inputs):
        yield Text("Nothing else differs: settings, members, columns, code and raw files are the same.")


def score_table(found: Comparison) -> Table:
    """Model, both scores, their difference ± corrected standard error, p and the verdict."""
    arrow = "↑" if found.greater_is_better else "↓"
    title = f"{found.title}: {words.metric_name(found.metric)} {arrow}, {found.before} → {found.after}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAVY)
    table.add_column("model", no_wrap=True)
    for name in ("before", "after", "difference", "p"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    decimals = words.decimals_of([line.se for line in found.scores])
    for line in found.scores:
        p = "" if line.p is None else f"{line.p:.2g}"
        scores = [words.score(value, None, decimals)[0] for value in (line.before, line.after)]
        verdict = Text(line.verdict, style=STYLES.get(line.verdict, "dim"))
        table.add_row(line.model, *scores, difference_words(line.difference, line.se, decimals), p, verdict)
    return table


def difference_words(difference: float | None, se: float | None, decimals: int | None) -> str:
    """A difference with its sign and standard error; empty where there is none.

    >>> difference_words(0.0123, 0.0045, 4)
    '+0.0123 ± 0.0045'
    """
    if difference is None:
        return ""
    text, error = words.score(difference, se, decimals)
    signed = f"+{text}" if difference > 0 else text
    return f"{signed} ± {error}" if error else signed


def change_table(title: str, heading: str, changes: Sequence[Change], found: Comparison) -> Table:
    """What stood before, and what stands after."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAVY)
    table.add_column(heading, overflow="fold")
    table.add_column(found.before, overflow="fold")
    table.add_column(found.after, overflow="fold")
    for change in changes:
        table.add_row(Text(change.key), Text(change.before), Text(change.after))
    return table


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
