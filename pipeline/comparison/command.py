"""What ``python -m pipeline diff`` does: read both runs, compare, print, write the page."""

from __future__ import annotations

from rich.console import Console

from pipeline.comparison.compare import compare
from pipeline.comparison.page import write_comparison_page
from pipeline.comparison.run import run_at, working_run
from pipeline.comparison.terminal import shown
from pipeline.core.paths import Paths


def run_diff(paths: Paths, revision: str, later: str | None, console: Console) -> None:
    """Hold the run in the working folder, or at another revision, against the one at a revision."""
    after = run_at(paths, later) if later else working_run(paths)
    found = compare(paths.competition, run_at(paths, revision), after)
    for part in shown(found):
        console.print(part)
    page = write_comparison_page(paths, found)
    console.print(f"page  {paths.shown(page)}", highlight=False, soft_wrap=True)
