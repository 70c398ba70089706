"""The pages that stand where tables' reports will, so that no link of a report leads nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.report.pages import environment

FOLDER = "tables"


def write_waiting_pages(report: Path, competition: str, tables: Iterable[str]) -> None:
    """Write, under a report's folder, a page for each table that says how its report is made."""
    (report / FOLDER).mkdir(parents=True, exist_ok=True)
    for name in tables:
        (report / FOLDER / f"{name}.html").write_text(waiting_page(competition, name), encoding="utf-8")


def waiting_page(competition: str, name: str) -> str:
    """The page of one table."""
    return environment().get_template("waiting.html").render(competition=competition, name=name)
