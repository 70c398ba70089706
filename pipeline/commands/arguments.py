"""Arguments and options that commands share, and the project that they are about."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths


def project_root() -> Path:
    """The folder that holds ``pipeline/`` and ``competitions/``: the working folder, or one above it."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "pipeline" / "chain.yaml").is_file():
            return folder
    raise PodiumError("", str(here), "is not inside a Podium project", step="Change to the project's root folder")


def paths_of(competition: str) -> Paths:
    """Where the files of one of the project's competitions lie."""
    return Paths(project_root(), competition)


def known_competitions(incomplete: str) -> list[str]:
    """What the shell completes a competition's name to."""
    from pipeline.declaration.read import competitions

    try:
        return [name for name in competitions(project_root() / "competitions") if name.startswith(incomplete)]
    except PodiumError:
        return []


Quiet = Annotated[bool, typer.Option("--quiet", "-q", envvar="PODIUM_QUIET", help="Print errors only.")]
Debug = Annotated[bool, typer.Option("--debug", envvar="PODIUM_DEBUG", help="Show the traceback of an error.")]
Name = Annotated[
    str,
    typer.Argument(
        metavar="COMPETITION", help="A folder's name under competitions/.", autocompletion=known_competitions
    ),
]
