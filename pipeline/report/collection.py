"""The page over every finished competition, wherever it is listed: what ``make reports`` shows."""

from __future__ import annotations

from pathlib import Path

from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.report.leaderboard import row_of


def finished(root: Path) -> list[str]:
    """The competitions whose report and submission are there, by name."""
    folders = sorted(path.parent.name for path in (root / "competitions").glob("*/competition.yaml"))
    known = [Paths(root, name) for name in folders]
    wanted = (("evaluate", "report/index.html"), ("submit", "check.json"))
    return [p.competition for p in known if all((p.stage(stage) / file).exists() for stage, file in wanted)]


def report_of(paths: Paths) -> Path:
    """A finished run's page.

    Raises
    ------
    PodiumError
        Where it is not there.
    """
    page = paths.stage("evaluate") / "report" / "index.html"
    if not page.exists():
        step = f"Finish the run first: make {paths.competition}"
        raise PodiumError(paths.competition, paths.shown(page), "is not there", step=step)
    return page


def write_collection(root: Path) -> Path:
    """Write ``data/reports/index.html``, with a line for each finished competition.

    Raises
    ------
    PodiumError
        Where none has finished.
    """
    from pipeline.report.pages import environment

    names = finished(root)
    if not names:
        step = "Run one: make demo"
        raise PodiumError("", "reports", "need a competition that has finished", got="none", step=step)
    rows = [row_of(Paths(root, name)) for name in names]
    target = root / "data" / "reports" / "index.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(environment().get_template("index.html").render(rows=rows), encoding="utf-8")
    return target
