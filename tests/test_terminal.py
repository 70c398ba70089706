"""The README's picture of the terminal: what was wiped is gone, what is drawn asks no server for anything."""

from __future__ import annotations

import re
import sys

from benchmarks.terminal import captured, picture, screen_of


def test_what_stays_on_the_screen_is_what_was_not_wiped() -> None:
    assert screen_of("a\r\n1/2\r\x1b[2K\x1b[1A\x1b[2Kboard\r\nsums\r\n") == ["board", "sums", ""]
    assert screen_of("\x1b[?25l10%\r20%\rdone\r\n\x1b[?25h") == ["done", ""]


def test_a_command_believes_that_it_is_on_a_terminal() -> None:
    code = "import os, sys; print(sys.stdout.isatty(), os.get_terminal_size().columns)"
    assert screen_of(captured([sys.executable, "-c", code])) == ["True 110", ""]


def test_the_picture_holds_the_words_and_no_font_of_a_servers() -> None:
    drawn = picture(["\x1b[1mmodel\x1b[0m  0.9952 ± 0.0023"], "podium show")
    assert "0.9952" in drawn and "podium&#160;show" in drawn.replace(" ", "&#160;")
    assert set(re.findall(r"https?://[^\s\"<]+", drawn)) <= {"http://www.w3.org/2000/svg", "https://www.textualize.io"}
