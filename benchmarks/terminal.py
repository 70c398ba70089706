"""A picture of the terminal for the README: a command run on a pseudo-terminal, and what it leaves on the screen.

python -m benchmarks.terminal docs/images/terminal.svg python -m pipeline run breast-cancer
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

WIDTH, HEIGHT = 110, 60
_MOVES = re.compile(r"\x1b\[(\d*)(A|K)|\x1b\[\?25[lh]|\r|\n")


def captured(command: list[str]) -> str:
    """What a command writes to a terminal of ``WIDTH`` columns, escape sequences and all."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(WIDTH), "LINES": str(HEIGHT)}
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, close_fds=True)
    os.close(theirs)
    parts = []
    while part := _read(ours):
        parts.append(part)
    process.wait()
    return b"".join(parts).decode("utf-8", errors="replace")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux's way to say that nobody writes there any more
        return b""


def screen_of(written: str) -> list[str]:
    r"""The lines that stand on the screen in the end, with their colours: lines that were wiped are gone.

    >>> screen_of("working\r\n1 of 2\r\x1b[2K\x1b[1A\x1b[2Kdone\r\n")
    ['done', '']
    """
    lines, row, place = [""], 0, 0
    for move in [*_MOVES.finditer(written), None]:
        lines[row] += written[place : move.start() if move else len(written)]
        if move is None:
            break
        place = move.end()
        if move[2] == "A":
            row = max(row - int(move[1] or 1), 0)
        elif move[2] == "K" or (move[0] == "\r" and written[place : place + 1] not in ("\r", "\n")):
            lines[row] = ""
        elif move[0] == "\n":
            row += 1
            lines += [""] * (row == len(lines))
    return lines


def picture(lines: list[str], title: str) -> str:
    """The lines as an SVG that asks no server for its font."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi("\n".join(lines).strip("\n")))
    plain = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    drawn = console.export_svg(title=title, code_format=plain, unique_id="podium")
    return drawn.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, monospace")


def main() -> None:
    """Draw the picture."""
    target, *command = sys.argv[1:]
    lines = screen_of(captured(command))
    Path(target).write_text(picture(lines, " ".join(command)), encoding="utf-8")


if __name__ == "__main__":
    main()
