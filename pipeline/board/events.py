"""What a stage's process tells the board of the run that started it: a line of JSON an event, in a file.

The run names the file in ``PODIUM_EVENTS``. Events say nothing of the stage: DVC runs one at a time, and the board
knows which.

    {"kind": "progress", "label": "train mlp", "done": 2, "total": 5}
    {"kind": "note", "text": "mlp: 3 of 5 folds were finished by an earlier run"}
    {"kind": "summary", "text": "auc 0.9952 ± 0.0023 over 5 folds, cpu", "seconds": 9.8, "peak_mib": 492.0}
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Sized
from pathlib import Path
from typing import Any, TypeVar

Item = TypeVar("Item")

VARIABLE = "PODIUM_EVENTS"


def events_file() -> Path | None:
    """The file that the run which started this process listens to; None where none does."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def tell(path: Path, kind: str, **content: Any) -> None:
    """Append one event."""
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps({"kind": kind, **content}, ensure_ascii=False) + "\n")


class Reporting:
    """A screen that tells the board instead of showing anything itself."""

    every_seconds = 0.2

    def __init__(self, path: Path) -> None:
        self.path = path

    def track(self, items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
        """Hand the items through, and tell how far they are."""
        length = len(items) if total is None and isinstance(items, Sized) else total
        tell(self.path, "progress", label=label, done=0, total=length)
        last, done = time.monotonic(), 0
        for done, item in enumerate(items, start=1):
            yield item
            if time.monotonic() - last >= self.every_seconds:
                last = time.monotonic()
                tell(self.path, "progress", label=label, done=done, total=length)
        tell(self.path, "progress", label=label, done=done, total=length)

    def note(self, text: str) -> None:
        """Tell a line that the user should read."""
        tell(self.path, "note", text=text)


class Tail:
    """The lines that are new in a growing text file."""

    def __init__(self, path: Path) -> None:
        self.path, self.place = path, 0

    def lines(self, rest: bool = False) -> list[str]:
        """Whole lines since the last call; with ``rest``, an unfinished one too."""
        if not self.path.exists():
            return []
        with self.path.open("rb") as stream:
            stream.seek(self.place)
            content = stream.read()
        whole = content if rest else content[: content.rfind(b"\n") + 1]
        self.place += len(whole)
        return whole.decode("utf-8", errors="replace").splitlines()
