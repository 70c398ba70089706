"""The board as a table on a terminal; what is finished is folded up where the terminal is too low for all."""

from __future__ import annotations

from rich.box import SIMPLE
from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from pipeline.board.board import DONE, FAILED, KEPT, RESTORED, RUNNING, WAITING, Board, Row
from pipeline.report import words

MARKS = {DONE: "[green]✓[/]", KEPT: "[dim]=[/]", RESTORED: "[green]↺[/]", FAILED: "[red]✗[/]", WAITING: "[dim]·[/]"}
SPARE_LINES = 7
NARROW = 78


class Picture:
    """Draws a board; keeps the spinner turning from one drawing to the next."""

    def __init__(self, board: Board, metric: str) -> None:
        self.board, self.metric = board, metric
        self.spinner = Spinner("dots", style="cyan")

    def draw(self, height: int, width: int) -> RenderableType:
        """The table for a terminal of so many lines and columns, and the line of sums below it."""
        table = Table(box=SIMPLE, pad_edge=False, expand=width >= NARROW)
        table.add_column("", width=1)
        table.add_column("stage", no_wrap=True)
        table.add_column("progress", width=16, no_wrap=True)
        table.add_column("time", justify="right", no_wrap=True)
        table.add_column("left", justify="right", no_wrap=True)
        if width >= NARROW:
            table.add_column("result", ratio=1, no_wrap=True, overflow="ellipsis")
        rows, folded = self._fitting(height - SPARE_LINES)
        if folded:
            table.add_row("[dim]…[/]", Text(f"{folded} more, finished or waiting", style="dim"))
        for row in rows:
            cells = self._cells(row)
            table.add_row(*cells[: len(table.columns)])
        return Group(table, self.sums())

    def sums(self) -> Text:
        """Stages done, the best score so far, and the time left."""
        rows = list(self.board.rows.values())
        through = sum(row.state not in (WAITING, RUNNING) for row in rows)
        line = Text(f"{through} of {len(rows)} stages")
        if best := self.board.best:
            score, se = words.score(best.score, best.se)
            error = f" ± {se}" if se else ""
            line.append(f"   best so far {self.metric} {score}{error} ({best.model})", style="bold")
        if through < len(rows):
            left = self.board.left_in_all()
            told = "not known before a first run" if left is None else f"at most about {words.duration(left)}"
            line.append(f"   time left {told}", style="dim")
        return line

    def _fitting(self, lines: int) -> tuple[list[Row], int]:
        rows = list(self.board.rows.values())
        if len(rows) <= lines:
            return rows, 0
        busy = next((place for place, row in enumerate(rows) if row.state in (RUNNING, FAILED)), None)
        if busy is None:
            busy = sum(row.state != WAITING for row in rows)
        room = max(lines - 1, 3)
        start = min(max(busy - room // 2, 0), len(rows) - room)
        return rows[start : start + room], len(rows) - room

    def _cells(self, row: Row) -> list[RenderableType]:
        mark: RenderableType = self.spinner if row.state == RUNNING else Text.from_markup(MARKS[row.state])
        busy = row.state == RUNNING
        name = Text(row.name, style="bold" if busy else "dim" if row.state in (WAITING, KEPT) else "")
        bar: RenderableType = Text("")
        if busy and row.total:
            bar = ProgressBar(row.total, row.done, width=16)
        elif row.state in (KEPT, RESTORED, FAILED):
            bar = Text(row.state, style="red" if row.state == FAILED else "dim")
        spent, left = self.board.spent(row), self.board.left(row) if busy else None
        shown = "" if spent is None else words.duration(spent)
        return [mark, name, bar, shown, "" if left is None else words.duration(left), Text(row.words)]
