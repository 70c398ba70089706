"""What ``python -m pipeline doctor`` does: look at everything, print a line for each, with the remedy below."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.doctor.access import data_findings, kaggle_finding
from pipeline.doctor.finding import Finding
from pipeline.doctor.machine import core_finding, disk_finding, gpu_finding, memory_finding
from pipeline.doctor.software import package_findings, project_findings, python_finding

MARKS = {"good": Text("✓", style="green"), "note": Text("·", style="yellow"), "bad": Text("✗", style="bold red")}


def show_findings(root: Path, console: Console) -> bool:
    """Print every finding; true where nothing needs mending."""
    found = list(findings(root))
    console.print(findings_table(found))
    bad = sum(one.level == "bad" for one in found)
    console.print(f"{bad} to mend" if bad else "nothing to mend", style="bold red" if bad else "bold green")
    return not bad


def findings(root: Path) -> Iterator[Finding]:
    """Everything that is looked at, in the order in which it should be mended."""
    yield python_finding(root)
    yield from package_findings(root)
    yield from project_findings(root)
    yield core_finding()
    yield memory_finding()
    yield gpu_finding()
    yield disk_finding(root)
    yield kaggle_finding()
    yield from data_findings(root)


def findings_table(found: list[Finding]) -> Table:
    """A line for each, the remedy below what is not good."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in found:
        words = Text(one.found, style="bold red" if one.level == "bad" else "")
        if one.remedy:
            words.append(f"\n→ {one.remedy}", style="italic not bold default")
        table.add_row(MARKS[one.level], one.subject, words)
    return table
