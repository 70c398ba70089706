"""What is going to be sent: the finished run's submission, what it scored here, and where it comes from."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.core.revision import revision as checked_out
from pipeline.core.tables import read_json, text_hash
from pipeline.declaration.competition import Competition
from pipeline.ledger.entry import Entry, ledger_path


@dataclass(frozen=True)
class Parcel:
    """A submission before it is sent.

    Parameters
    ----------
    paths : Paths
        The competition's folders.
    title, slug : str
        The competition as people call it, and its slug at Kaggle.
    file : Path
        The submission.
    entry : Entry
        What the ledger will hold of it; ``time`` is empty as yet.
    """

    paths: Paths
    title: str
    slug: str
    file: Path
    entry: Entry

    @property
    def name(self) -> str:
        """Its file's name at Kaggle: it holds the hash, so that Kaggle's own list tells what was sent."""
        return sent_name(self.slug, self.entry.file)

    def put_aside(self) -> Path:
        """A copy that stays when the pipeline makes the next submission: ``data/<competition>/sent/<name>``."""
        kept = sent_file(self.paths, self.slug, self.entry.file)
        kept.parent.mkdir(parents=True, exist_ok=True)
        aside = kept.with_name(f".{kept.name}.tmp")
        shutil.copyfile(self.file, aside)
        aside.replace(kept)
        return kept


def slug_of(declared: Competition) -> str:
    """The competition's slug at Kaggle.

    Raises
    ------
    PodiumError
        Where its files come from elsewhere, so that there is no leaderboard to send to.
    """
    source = declared.source
    elsewhere = {
        f"source.sklearn {source.sklearn}": source.sklearn,
        f"source.openml {source.openml}": source.openml,
        f"source.kaggle.dataset {source.kaggle.dataset}": source.kaggle.dataset,
    }
    for subject, given in elsewhere.items():
        if given:
            allowed = "is a data set and no competition of Kaggle's: there is no leaderboard to send to"
            step = "Its hold-out is scored by the run itself: `python -m pipeline show " + declared.name + "`"
            raise PodiumError(declared.name, subject, allowed, step=step)
    return source.kaggle.competition or declared.name


def pack(paths: Paths, declared: Competition, message: str) -> Parcel:
    """The parcel out of what ``evaluate`` and ``submit`` left.

    Raises
    ------
    PodiumError
        Where the run is not finished, or the submission is not the one that ``submit`` wrote; for an empty message.
    """
    slug = slug_of(declared)
    if not message.strip():
        step = f'Say what is new in it: make submit-{declared.name} MSG="..."'
        raise PodiumError(declared.name, "the message", "must not be empty", step=step)
    file = paths.stage("submit") / "submission.csv"
    check, metrics = (_finished(paths, *parts) for parts in (("submit", "check.json"), ("evaluate", "metrics.json")))
    _must_exist(paths, file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    if digest != check["sha256"]:
        step = f"Make it anew: python -m pipeline submit {declared.name}"
        allowed = "must be as `submit` wrote it, since the cross-validated score is of that file"
        raise PodiumError(declared.name, paths.shown(file), allowed, got="another hash", step=step)
    raw = _finished(paths, "fetch", "source.json")["files"]
    commit, dirty = revision(paths)
    entry = Entry(
        time="",
        metric=metrics["metric"],
        cv=metrics["ensemble"]["score"],
        se=metrics["ensemble"]["se"],
        candidate=_finished(paths, "ensemble", "weights.json")["candidate"],
        file=digest,
        rows=check["rows"],
        commit=commit,
        dirty=dirty,
        data=text_hash(*(f"{name} {raw[name]['sha256']}" for name in sorted(raw))),
        split=_finished(paths, "split", "split.json")["hash"],
        message=" ".join(message.split()),
    )
    return Parcel(paths, declared.title, slug, file, entry)


def sent_name(slug: str, digest: str) -> str:
    """The name under which a file is sent and kept."""
    return f"{slug}-{digest[:12]}.csv"


def sent_file(paths: Paths, slug: str, digest: str) -> Path:
    """Where the copy of a file that was sent lies; it may not be there, for it is not in git."""
    return paths.data / "sent" / sent_name(slug, digest)


def revision(paths: Paths) -> tuple[str, bool]:
    """The commit that is checked out, and whether the pipeline or the recipe differs from it; "" where there is no git.

    The ledger itself does not count: every submission changes it.
    """
    return checked_out(paths, [ledger_path(paths)])


def _finished(paths: Paths, stage: str, name: str) -> Any:
    path = paths.stage(stage) / name
    _must_exist(paths, path)
    return read_json(path)


def _must_exist(paths: Paths, path: Path) -> None:
    if not path.exists():
        step = f"Finish the run first: make {paths.competition}"
        raise PodiumError(paths.competition, paths.shown(path), "is not there", step=step)
