"""The live board on a real pseudo-terminal: what is printed appears above it, and none is lost."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="no pseudo-terminals on this system")

SCRIPT = """
import subprocess, sys
from pipeline.board.board import Board, Row
from pipeline.board.live import shown_live
from pipeline.board.watch import watched_step

class Stage:
    name = "plan"

CHILD = (
    "import os; from pathlib import Path; from pipeline.board.events import tell;"
    "print('chatter of a library');"
    "tell(Path(os.environ['PODIUM_EVENTS']), 'summary', text='all is well', seconds=1.5, peak_mib=1.0)"
)

def step(stage):
    return subprocess.run([sys.executable, "-c", CHILD], check=True)

def broken(stage):
    print("the reason why", file=sys.stderr)
    raise SystemExit(3)

board = Board({"plan": Row("plan")}, lambda model: [], True)
with shown_live(board, "AUC") as hear:
    watched_step(board, hear, step, Stage())
print("after the board")
board = Board({"plan": Row("plan")}, lambda model: [], True)
with shown_live(board, "AUC") as hear:
    watched_step(board, hear, broken, Stage())
"""


def test_words_stand_above_the_board_and_the_terminal_is_given_back(tmp_path: Path) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", SCRIPT])
    shown = b""
    while True:
        try:
            shown += os.read(terminal, 65536)
        except OSError:
            break
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
    text = shown.decode()
    assert text.index("chatter of a library") < text.rindex("all is well") < text.index("after the board")
    assert "1.5 s" in text and "failed" in text
    assert text.index("after the board") < text.index("the reason why") < text.rindex("failed")
