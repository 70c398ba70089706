"""The live board: it owns the terminal while the chain runs, and shows what the stages' processes say above itself.

Everything that is printed meanwhile, by the stages, DVC or a library, goes into a file; its lines appear above the
board, so none breaks it, and none is lost where a stage fails.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.text import Text

from pipeline.board.board import Board
from pipeline.board.events import VARIABLE, Tail
from pipeline.board.picture import Picture

EVERY_SECONDS = 0.2


@contextmanager
def shown_live(board: Board, metric: str) -> Iterator[Callable[[], None]]:
    """Show the board on the terminal while the block runs; gives what takes in the events told so far."""
    with tempfile.TemporaryDirectory(prefix="podium-") as folder, _terminal_kept(Path(folder) / "said") as console:
        events = Path(folder) / "events"
        os.environ[VARIABLE] = str(events)
        picture = Picture(board, metric)
        live = Live(console=console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False)
        keeper = _Keeper(board, picture, live, (Tail(events), Tail(Path(folder) / "said")))
        try:
            with live:
                keeper.start()
                try:
                    yield keeper.hear
                finally:
                    keeper.stop()
        finally:
            del os.environ[VARIABLE]


class _Keeper(threading.Thread):
    """Brings the picture up to date a few times a second."""

    def __init__(self, board: Board, picture: Picture, live: Live, tails: tuple[Tail, Tail]) -> None:
        super().__init__(daemon=True)
        self.board, self.picture, self.live = board, picture, live
        self.events, self.said = tails
        self.over, self.lock = threading.Event(), threading.Lock()

    def run(self) -> None:
        """Until it is stopped: hear the events, say the notes, draw."""
        while not self.over.wait(EVERY_SECONDS):
            self.refresh()

    def stop(self) -> None:
        """Draw a last time, with all that was said."""
        self.over.set()
        self.join()
        self.refresh(last=True)

    def hear(self) -> None:
        """Take in the events told so far: before the stage that told them counts as ended."""
        with self.lock:
            for line in self.events.lines():
                self.board.hear(line)

    def refresh(self, last: bool = False) -> None:
        """Take in what is new, and draw."""
        console = self.live.console
        self.hear()
        for note in self.board.notes:
            console.print(Text("· ", style="yellow") + Text(note))
        self.board.notes.clear()
        for line in self.said.lines(rest=last):
            console.print(Text.from_ansi(line))
        height = len(self.board.rows) + 20 if last else console.height
        self.live.update(self.picture.draw(height, console.width), refresh=True)


@contextmanager
def _terminal_kept(said: Path) -> Iterator[Console]:
    """A console on the terminal, while standard output and error of this process and its children go into a file."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [os.dup(1), os.dup(2)]
    with said.open("ab") as stream, os.fdopen(os.dup(1), "w", encoding="utf-8") as terminal:
        for number in (1, 2):
            os.dup2(stream.fileno(), number)
        try:
            yield Console(file=terminal)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, descriptor in enumerate(kept, start=1):
                os.dup2(descriptor, number)
                os.close(descriptor)
