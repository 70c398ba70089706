"""The end of a run on the terminal: the leaderboard and where things lie. Reads JSON only, so it starts at once."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE_HEAVY
from rich.table import Table

from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.core.tables import read_json
from pipeline.report import words


def leaderboard_table(paths: Paths) -> Table:
    """Model, cross-validated score ± standard error, seconds and ensemble weight, the best first."""
    board = read_json(_board(paths))
    arrow = "↑" if board["greater_is_better"] else "↓"
    table = Table(
        title=f"{board['title']}: {words.metric_name(board['metric'])} {arrow}", title_justify="left", box=SIMPLE_HEAVY
    )
    table.add_column("model", no_wrap=True)
    for name in ("CV score", "seconds", "weight"):
        table.add_column(name, justify="right", no_wrap=True)
    decimals = words.decimals_of([line["se"] for line in board["lines"]])
    for line in board["lines"]:
        ours = line["model"] == "ensemble"
        name = f"ensemble ({words.candidate(board['candidate'])})" if ours else line["model"]
        table.add_row(name, *_cells(line, decimals), style="bold" if ours else None)
    return table


def final_lines(paths: Paths) -> list[str]:
    """The hold-out score where it is known, and the files that a user wants next."""
    board = read_json(_board(paths))
    lines = []
    if held := board["holdout"]:
        score = words.score_with_error(held["score"], held["se"])
        lines.append(f"hold-out    {words.metric_name(board['metric'])} {score} on {held['rows']:,} rows")
    lines.append(f"submission  {paths.shown(paths.stage('submit') / 'submission.csv')}")
    if second := board["second"]:
        file = paths.shown(paths.stage("submit") / "submission-2.csv")
        score = words.score_with_error(second["score"], second["se"])
        lines.append(f"second      {file} ({words.candidate(second['candidate'])}, CV {score})")
    lines.append(f"report      {paths.shown(paths.stage('evaluate') / 'report' / 'index.html')}")
    return lines


def effort_lines(paths: Paths) -> list[str]:
    """``tune.effort`` as YAML: the last ensemble's weights, added up over each model's members.

    Raises
    ------
    PodiumError
        Where the ensemble has no weights to go by: a stack of trees, or one model alone.
    """
    record = read_json(paths.stage("ensemble") / "weights.json")
    by_model: dict[str, float] = {}
    for member, weight in record["weights"].items():
        model = member.partition("-")[0]  # a model is a module's name, which has no hyphen
        by_model[model] = by_model.get(model, 0.0) + max(float(weight), 0.0)
    positive = {model: weight for model, weight in by_model.items() if round(weight, 2) > 0}
    if not positive:
        step = "Declare tune.effort by the leaderboard's scores, or give every model the same trials"
        got = f"candidate {record['candidate']}, which has none"
        raise PodiumError(paths.competition, "the last ensemble", "must have weights", got=got, step=step)
    ordered = sorted(positive.items(), key=lambda pair: (-pair[1], pair[0]))
    return ["tune:", "  effort:", *(f"    {model}: {weight:.2f}" for model, weight in ordered)]


def _cells(line: dict[str, Any], decimals: int | None) -> tuple[str, str, str]:
    score, se = words.score(line["score"], line["se"], decimals)
    seconds = "" if line["seconds"] is None else f"{line['seconds']:.1f}"
    weight = "" if line["weight"] is None else f"{line['weight']:.2f}"
    return f"{score} ± {se}" if se else score, seconds, weight


def _board(paths: Paths) -> Any:
    return paths.stage("evaluate") / "tables" / "leaderboard.json"
