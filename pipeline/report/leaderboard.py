"""The leaderboard over competitions: one row for each, and the page that shows them all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.core.paths import Paths
from pipeline.core.tables import read_json, write_json
from pipeline.report import words


def write_row(paths: Paths) -> str:
    """Write ``data/leaderboard/rows/<competition>.json`` out of what ``evaluate`` and ``submit`` left."""
    row = row_of(paths)
    target = _folder(paths.root) / "rows" / f"{paths.competition}.json"
    write_json(row, target)
    score = words.score_with_error(row["score"], row["se"])
    return f"{paths.competition}: {row['metric']} {score} ({paths.shown(target)})"


def row_of(paths: Paths) -> dict[str, Any]:
    """The row: competition, title, task, metric, score and standard error, hold-out, models, the submission's hash."""
    board = read_json(paths.stage("evaluate") / "tables" / "leaderboard.json")
    check = read_json(paths.stage("submit") / "check.json")
    metrics = read_json(paths.stage("evaluate") / "metrics.json")
    known = {key: board[key] for key in ("competition", "title", "task", "metric", "greater_is_better", "candidate")}
    return known | {
        "score": metrics["ensemble"]["score"],
        "se": metrics["ensemble"]["se"],
        "holdout": metrics.get("holdout"),
        "models": sorted(metrics["models"]),
        "train_rows": board["rows"]["train"],
        "submission": check["sha256"],
    }


def write_index(root: Path, competitions: list[str]) -> str:
    """Write ``data/leaderboard/index.html`` over the rows of these competitions, in their order.

    Raises
    ------
    PodiumError
        Where a competition's row is not there yet.
    """
    from pipeline.report.pages import environment

    rows = [read_json(_folder(root) / "rows" / f"{name}.json") for name in competitions]
    page = environment().get_template("index.html").render(rows=rows)
    target = _folder(root) / "index.html"
    target.write_text(page, encoding="utf-8")
    return f"{len(rows)} competition{'s' if len(rows) != 1 else ''}: {Paths(root, '').shown(target)}"


def _folder(root: Path) -> Path:
    return root / "data" / "leaderboard"
