"""What ``python -m pipeline status`` does: one competition stage by stage, or a line for each competition."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from pipeline.copies import check_folders
from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.declaration.read import competitions, read_declaration
from pipeline.standing.status import status_of
from pipeline.standing.terminal import status_line, status_table


def show_status(root: Path, competition: str | None, console: Console) -> None:
    """Print where one competition stands, or all of them."""
    if competition is not None:
        paths = Paths(root, competition)
        declared = read_declaration(paths.declaration)
        check_folders(root, competition)
        found = status_of(paths, declared)
        console.print(status_table(declared.title, found))
        console.print(status_line(found), highlight=False, soft_wrap=True)
        return
    for name in competitions(root / "competitions"):
        console.print(Text(f"{name:<22} {_line(root, name)}"), soft_wrap=True)


def _line(root: Path, name: str) -> str:
    """One competition's line; what keeps it from running is said in its place."""
    try:
        check_folders(root, name)
        return status_line(status_of(Paths(root, name), read_declaration(Paths(root, name).declaration)))
    except PodiumError as error:
        return f"cannot run: {error}"
