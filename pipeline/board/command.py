"""Bringing a chain up to date with what the user wants to see of it: a live board, plain lines, or nothing."""

from __future__ import annotations

import os
from typing import Any

from pipeline.chain import run_chain
from pipeline.core.paths import Paths
from pipeline.declaration.read import read_declaration


def run_shown(paths: Paths, quiet: bool, plain: bool, **options: Any) -> bool:
    """Run the chain; true where any stage had to run.

    The board needs a terminal. Elsewhere, or when asked for, the stages print a line each; when quiet, errors only.
    What is asked for reaches the stages' own processes by ``PODIUM_QUIET`` and ``PODIUM_PLAIN``.

    Parameters
    ----------
    options
        As ``run_chain`` takes them.
    """
    from pipeline.screens import lively

    if quiet:
        os.environ["PODIUM_QUIET"] = "1"
    if plain:
        os.environ["PODIUM_PLAIN"] = "1"
    if quiet or not lively():
        return run_chain(paths, **options)
    from pipeline.board.watch import watched

    with watched(paths, read_declaration(paths.declaration)) as step:
        return run_chain(paths, step=step, **options)
