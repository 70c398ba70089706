"""Watching a chain: a board of its stages, and DVC's own step wrapped so that the board hears of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pipeline.board.board import Best, Board, Row
from pipeline.board.live import shown_live
from pipeline.core.paths import Paths
from pipeline.core.tables import read_json
from pipeline.core.times import last_seconds
from pipeline.declaration.competition import Competition
from pipeline.report import words
from pipeline.stages import BY_MODEL, STAGES

Step = Callable[..., Any]


def board_of(paths: Paths, competition: Competition) -> Board:
    """A board with a row for every stage of a competition's chain, in DVC's names."""
    rows = {}
    for stage in ("plan", *STAGES):
        for model in competition.models if stage in BY_MODEL else (None,):
            name = f"{stage}@{model}" if model else stage
            rows[name] = Row(f"{stage} {model}" if model else stage, last_seconds(paths, stage, model))
    return Board(rows, lambda model: scores_of(paths, model), competition.metric.greater_is_better)


def scores_of(paths: Paths, model: str) -> list[Best]:
    """The scores that ``train`` left for a model, or for each of its members; none where it left none."""
    path = paths.stage("train", model) / "scores.json"
    if not path.exists():
        return []
    content = read_json(path)
    members = {model: content} if "mean" in content else content
    return [Best(name, own["mean"], own.get("se")) for name, own in members.items() if own.get("mean") is not None]


@contextmanager
def watched(paths: Paths, competition: Competition) -> Iterator[Step]:
    """Show the live board while the block runs; gives the step that DVC is to take for each stage."""
    board = board_of(paths, competition)
    with shown_live(board, words.metric_name(competition.metric.label)) as hear:
        from dvc.repo.reproduce import _reproduce_stage

        yield lambda stage, **options: watched_step(board, hear, _reproduce_stage, stage, **options)


def watched_step(board: Board, hear: Callable[[], None], step: Step, stage: Any, **options: Any) -> Any:
    """Bring one stage up to date as DVC does, and tell the board."""
    board.begin(stage.name)
    try:
        done = step(stage, **options)
    except BaseException:
        hear()
        board.fail(stage.name)
        raise
    hear()
    board.end(stage.name, ran=bool(done))
    return done
