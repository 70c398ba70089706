"""One call of one stage: which competition, which model, where its files are, where its words go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.core.paths import Paths
from pipeline.core.screen import Screen, Silence
from pipeline.core.tables import written_whole


@dataclass(frozen=True)
class Job:
    """What the command line hands to a stage's ``run``.

    Parameters
    ----------
    paths : Paths
        The competition's folders.
    stage : str
        The stage's name.
    model : str or None
        The model's name, for ``tune`` and ``train``.
    screen : Screen
        Where progress and notes go.
    """

    paths: Paths
    stage: str
    model: str | None = None
    screen: Screen = field(default_factory=Silence)

    @property
    def competition(self) -> str:
        """The competition's name."""
        return self.paths.competition

    @property
    def out(self) -> Path:
        """This stage's own output folder."""
        return self.paths.stage(self.stage, self.model)

    def path(self, stage: str, *parts: str) -> Path:
        """A file of another stage's output, such as ``job.path("clean", "train.parquet")``."""
        return self.paths.stage(stage).joinpath(*parts)

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """The output folder, to be filled in the block; it appears whole or not at all."""
        with written_whole(self.out) as folder:
            yield folder
