"""The board: states, progress, time left, the best score so far, and how it is drawn."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.board.board import DONE, FAILED, KEPT, RESTORED, Best, Board, Row
from pipeline.board.events import Reporting, Tail, tell
from pipeline.board.picture import Picture
from pipeline.board.watch import board_of, scores_of, watched_step
from pipeline.core.paths import Paths
from pipeline.core.tables import write_json
from pipeline.core.times import last_seconds, remember
from pipeline.declaration.competition import Competition
from pipeline.stages import STAGES

SCORES = {"linear": [Best("linear", 0.8, 0.01)], "gbdt": [Best("gbdt", 0.7, None), Best("gbdt-2", 0.9, 0.02)]}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Stage:
    def __init__(self, name: str) -> None:
        self.name = name


def board(greater: bool = True, last: float | None = None) -> Board:
    names = ["plan", "train@linear", "train@gbdt", "submit"]
    rows = {name: Row(name.replace("@", " "), last) for name in names}
    return Board(rows, lambda model: SCORES[model], greater, Clock())


def summary(seconds: float) -> str:
    return json.dumps({"kind": "summary", "text": "done so", "seconds": seconds, "peak_mib": 1.0})


def progress(done: int, total: int) -> str:
    return json.dumps({"kind": "progress", "label": "x", "done": done, "total": total})


def drawn(found: Board, height: int = 50, width: int = 110) -> str:
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(Picture(found, "AUC").draw(height, width))
    return console.export_text()


def test_what_ran_what_was_kept_and_what_came_from_the_cache_are_told_apart() -> None:
    found = board()
    for name, ran, said in (("plan", False, None), ("train@linear", True, summary(3.0)), ("train@gbdt", True, None)):
        found.begin(name)
        if said:
            found.hear(said)
        found.end(name, ran)
    assert [row.state for row in found.rows.values()][:3] == [KEPT, DONE, RESTORED]
    assert found.rows["train@linear"].seconds == 3.0


@pytest.mark.parametrize(("greater", "best"), [(True, "gbdt-2"), (False, "gbdt")])
def test_the_best_score_so_far_follows_the_metrics_direction(greater: bool, best: str) -> None:
    found = board(greater)
    for name in ("train@linear", "train@gbdt"):
        found.begin(name)
        found.end(name, ran=False)
    assert found.best is not None and found.best.model == best


def test_time_left_is_by_progress_and_else_by_the_last_time() -> None:
    found = board(last=10.0)
    assert found.left_in_all() == 40.0
    found.begin("plan")
    found.clock.now = 4.0  # type: ignore[attr-defined]
    assert found.left(found.rows["plan"]) == 6.0
    found.hear(progress(1, 5))
    assert found.left(found.rows["plan"]) == 16.0
    assert found.left_in_all() == 46.0
    assert board().left_in_all() is None


def test_a_stage_that_fails_hears_its_last_words_first() -> None:
    found, heard = board(), []

    def step(stage: Stage, **options: bool) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watched_step(found, lambda: heard.append(found.current), step, Stage("plan"), force=True)
    assert found.rows["plan"].state == FAILED
    assert heard == [found.rows["plan"]]


def test_every_stage_has_its_row_in_dvcs_names(tmp_path: Path) -> None:
    declared = {"name": "toy", "title": "Toy", "task": "binary", "metric": "auc", "columns": {"target": "y"}}
    competition = Competition.model_validate(declared | {"models": {"linear": {}, "gbdt": {}}})
    rows = board_of(Paths(tmp_path, "toy"), competition).rows
    assert {"plan", "train@linear", "tune@gbdt"} < set(rows)
    assert len(rows) == 1 + len(STAGES) + 2


def test_scores_are_read_for_one_member_and_for_several(tmp_path: Path) -> None:
    paths = Paths(tmp_path, "toy")
    assert scores_of(paths, "linear") == []
    write_json({"mean": 0.5, "se": None}, paths.stage("train", "linear") / "scores.json")
    write_json(
        {"gbdt": {"mean": 0.5}, "gbdt-2": {"mean": 0.6, "se": 0.1}}, paths.stage("train", "gbdt") / "scores.json"
    )
    assert scores_of(paths, "linear") == [Best("linear", 0.5, None)]
    assert scores_of(paths, "gbdt") == [Best("gbdt", 0.5, None), Best("gbdt-2", 0.6, 0.1)]


def test_the_picture_shows_all_and_folds_where_the_terminal_is_low() -> None:
    found = board(last=61.0)
    found.begin("train@linear")
    found.hear(progress(2, 5))
    shown = drawn(found)
    assert all(row.name in shown for row in found.rows.values())
    assert "0 of 4 stages" in shown and "time left at most about" in shown
    low = drawn(found, height=10)
    assert "train linear" in low and "1 more" in low and "submit" not in low
    assert max(map(len, drawn(found, width=70).splitlines())) <= 70


def test_words_of_a_stage_are_no_markup() -> None:
    found = board()
    found.begin("plan")
    found.hear(json.dumps({"kind": "summary", "text": "[red]x[/nothing]", "seconds": 1.0, "peak_mib": 1.0}))
    assert "[red]x[/nothing]" in drawn(found)


def test_a_report_is_heard_line_by_line(tmp_path: Path) -> None:
    path, found = tmp_path / "events", board()
    tail = Tail(path)
    assert tail.lines() == []
    screen = Reporting(path)
    found.begin("plan")
    assert list(screen.track([1, 2, 3], "folds")) == [1, 2, 3]
    screen.note("a note")
    for line in tail.lines():
        found.hear(line)
    assert (found.rows["plan"].done, found.rows["plan"].total, found.notes) == (3, 3, ["a note"])
    assert tail.lines() == []


def test_a_half_written_line_waits_for_its_end(tmp_path: Path) -> None:
    path = tmp_path / "events"
    tail = Tail(path)
    path.write_text('{"kind": "no')
    assert tail.lines() == []
    path.write_text('{"kind": "note"}\n')
    assert tail.lines() == ['{"kind": "note"}']
    tell(path, "note", text="é")
    assert json.loads(tail.lines()[0])["text"] == "é"


def test_times_are_remembered_and_a_damaged_note_stops_nothing(tmp_path: Path) -> None:
    paths = Paths(tmp_path, "toy")
    assert last_seconds(paths, "train", "linear") is None
    remember(paths, "train", "linear", 12.5, 300)
    assert last_seconds(paths, "train", "linear") == 12.5
    (paths.cache("times") / "train-linear.json").write_text("{")
    assert last_seconds(paths, "train", "linear") is None
