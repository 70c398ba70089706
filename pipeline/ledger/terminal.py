"""The ledger on the terminal: what is going to be sent, what it scored, and the table of all that was sent."""

from __future__ import annotations

from rich.box import SIMPLE_HEAVY
from rich.table import Table
from rich.text import Text

from pipeline.core.paths import Paths
from pipeline.ledger.agreement import in_words
from pipeline.ledger.entry import Entry
from pipeline.ledger.refresh import Overview
from pipeline.ledger.send import Ready
from pipeline.report import words
from pipeline.sources.refusals import SITE


def parcel_table(ready: Ready) -> Table:
    """What is going to be sent, a line a fact."""
    parcel, entry, quota = ready.parcel, ready.parcel.entry, ready.quota
    table = Table(title="To be sent", title_justify="left", box=SIMPLE_HEAVY, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    left = "unknown" if quota.left is None else str(quota.left)
    facts = {
        "competition": f"{parcel.title} ({SITE}/competitions/{parcel.slug})",
        "file": f"{parcel.paths.shown(parcel.file)}, {entry.rows:,} rows",
        "predictions": f"of the {words.candidate(entry.candidate)}",
        "cross-validated": f"{words.metric_name(entry.metric)} {_with_error(entry)}",
        "SHA-256": entry.file[:16],
        "commit": commit_words(entry),
        "message": entry.message,
        "left today": f"{left} ({quota.sent} sent, as {quota.source} counts)",
    }
    for name, value in facts.items():
        table.add_row(name, Text(value))
    for concern in ready.concerns:
        table.add_row("in spite of", Text(concern))
    return table


def sent_lines(paths: Paths, entry: Entry) -> list[str]:
    """How it went: the score, or the command to look again."""
    where = paths.shown(paths.recipe / "submissions.jsonl")
    again = f"python -m pipeline ledger {paths.competition}"
    if entry.status == "pending":
        return [f"sent        score pending; look again: {again}", f"ledger      {where}"]
    lines = [f"public      {_score(entry.public)}", f"cv          {_with_error(entry)}"]
    lines += [f"private     {_score(entry.private)}"] if entry.private is not None else []
    return [*lines, f"ledger      {where} (commit it; {again} compares)"]


def ledger_table(found: Overview) -> Table:
    """Every submission, the last one first."""
    arrow = "↑" if found.greater_is_better else "↓"
    table = Table(title=Text(f"{found.title}: submissions"), title_justify="left", box=SIMPLE_HEAVY)
    table.add_column("sent (UTC)", no_wrap=True)
    for name in (f"CV {arrow}", "public", "private"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("file", "commit"):
        table.add_column(name, no_wrap=True)
    table.add_column("message", overflow="fold")
    picked = [found.finals.first, found.finals.second]
    for entry in reversed(found.entries):
        public = entry.status if entry.status != "complete" else _score(entry.public)
        cells = [entry.time[:16].replace("T", " "), _with_error(entry), public, _score(entry.private), entry.file[:8]]
        said = entry.message + (f" ({entry.error})" if entry.error else "")
        table.add_row(*cells, commit_words(entry, 8), Text(said), style="bold" if entry in picked else None)
    return table


def closing_lines(found: Overview, page: str) -> list[str]:
    """How far the leaderboard agrees, which two to pick, and where the page lies."""
    finals = found.finals
    lines = [f"agreement   {in_words(found.agreement)}"]
    if finals.first:
        lines.append(f"final 1     {_named(finals.first)}: the best by cross-validation")
        apart = "" if finals.apart is None else f", {words.number(finals.apart, 2)} apart"
        second = f"{_named(finals.second)}: {finals.reason}{apart}" if finals.second else f"none: {finals.reason}"
        lines.append(f"final 2     {second}")
    return [*lines, f"page        {page}"]


def commit_words(entry: Entry, length: int = 12) -> str:
    """The commit, and whether files differed from it."""
    return (entry.commit[:length] or "none") + (" with changes" if entry.dirty else "")


def _named(entry: Entry) -> str:
    return f"{entry.file[:8]} of {entry.day} ({_with_error(entry)}, {entry.message})"


def _with_error(entry: Entry) -> str:
    value, error = words.score(entry.cv, entry.se)
    return f"{value} ± {error}" if error else value


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"
