"""The ledger: a line of JSON for every submission that was sent, in ``competitions/<slug>/submissions.jsonl``.

It is in git: with it, a score at Kaggle leads back to the commit, the data and the folds that it came from.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.declaration.base import Section

LEDGER = "submissions.jsonl"


class Entry(Section):
    """One submission.

    Attributes
    ----------
    time : str
        When it was sent, UTC, ``2026-01-02T10:00:00Z``.
    ref : int
        Kaggle's number of it; 0 where Kaggle gave none.
    status : {"pending", "complete", "error"}
        What Kaggle says of it.
    public, private : float or None
        Kaggle's scores, as far as they are known.
    metric, cv, se, candidate
        The metric's label, the cross-validated score and its standard error, and which ensemble it is.
    file, rows : str, int
        The file's SHA-256 and its rows.
    commit, dirty : str, bool
        The project's commit, and whether pipeline or recipe differed from it; an empty commit where there is no git.
    data, split : str
        The hashes of the raw files and of the folds.
    message : str
        What the user said of it.
    error : str
        Why Kaggle could not score it.
    """

    time: str
    ref: int = 0
    status: Literal["pending", "complete", "error"] = "pending"
    public: float | None = None
    private: float | None = None
    metric: str
    cv: float
    se: float | None = None
    candidate: str
    file: str
    rows: int
    commit: str = ""
    dirty: bool = False
    data: str
    split: str
    message: str
    error: str = ""

    @property
    def day(self) -> str:
        """The day it was sent, in UTC, which is the day that Kaggle counts."""
        return self.time[:10]


def ledger_path(paths: Paths) -> Path:
    """Where a competition's ledger lies."""
    return paths.recipe / LEDGER


def read_ledger(paths: Paths) -> list[Entry]:
    """The entries in the order they were sent; none where nothing was sent yet.

    Raises
    ------
    PodiumError
        For a line that is none of a ledger's; it names the line.
    """
    path = ledger_path(paths)
    if not path.exists():
        return []
    entries = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            entries += [Entry.model_validate(json.loads(line))] if line.strip() else []
        except (json.JSONDecodeError, ValidationError):
            where = f"{paths.shown(path)}, line {number}"
            step = "Mend the line by what `git diff` or `git log` shows of it"
            raise PodiumError(
                paths.competition, "the ledger", "must hold a submission a line", where=where, step=step
            ) from None
    return entries


def write_ledger(paths: Paths, entries: list[Entry]) -> None:
    """Write the whole ledger, aside and then renamed into place."""
    path = ledger_path(paths)
    aside = path.with_name(f".{path.name}.tmp")
    lines = [json.dumps(entry.model_dump(), ensure_ascii=False, allow_nan=False) for entry in entries]
    aside.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    aside.replace(path)


def replaced(entries: list[Entry], entry: Entry) -> list[Entry]:
    """The entries with the one of the same file changed, or with a new one at the end."""
    if any(one.file == entry.file for one in entries):
        return [entry if one.file == entry.file else one for one in entries]
    return [*entries, entry]
