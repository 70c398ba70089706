"""Where everything lies: the one place that joins and quotes paths."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Paths:
    """The folders of one competition under a project root.

    Parameters
    ----------
    root : Path
        The project's root, which holds ``pipeline/`` and ``competitions/``.
    competition : str
        The competition's folder name.
    """

    root: Path
    competition: str

    @property
    def recipe(self) -> Path:
        """The competition's own folder: ``competitions/<slug>``."""
        return self.root / "competitions" / self.competition

    @property
    def declaration(self) -> Path:
        """The competition's declaration, ``competition.yaml``."""
        return self.recipe / "competition.yaml"

    @property
    def data(self) -> Path:
        """Everything that a run makes: ``data/<slug>``."""
        return self.root / "data" / self.competition

    def stage(self, stage: str, model: str | None = None) -> Path:
        """The folder of one stage's output, ``data/<slug>/<stage>[/<model>]``."""
        return self.data / stage / model if model else self.data / stage

    def plan(self, stage: str, model: str | None = None) -> Path:
        """The JSON that ``plan`` writes for a stage: ``data/<slug>/plan/<stage>[-<model>].json``."""
        return self.data / "plan" / (f"{stage}-{model}.json" if model else f"{stage}.json")

    def cache(self, stage: str, model: str | None = None) -> Path:
        """What must survive a kill: ``.cache/<slug>/<stage>[/<model>]``."""
        folder = self.root / ".cache" / self.competition / stage
        return folder / model if model else folder

    def shown(self, path: Path) -> str:
        """A path as a user reads it: from the root where it lies under it."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


def quoted(path: Path) -> str:
    """The path as one word of a shell command."""
    return shlex.quote(str(path))
