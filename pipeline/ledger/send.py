"""``send``: the finished submission checked once more, sent to Kaggle, scored there, and entered in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.declaration.read import read_declaration
from pipeline.ledger.entry import Entry, read_ledger, replaced, write_ledger
from pipeline.ledger.kaggle import (
    Listed,
    Quota,
    find,
    find_quota,
    list_submissions,
    open_competition,
    post,
    refuse_closed,
    wait_for_score,
)
from pipeline.ledger.parcel import Parcel, pack
from pipeline.sources.client import Kaggle
from pipeline.sources.refusals import discreet


@dataclass(frozen=True)
class Ready:
    """A parcel that may go out.

    Parameters
    ----------
    parcel : Parcel
        What goes.
    quota : Quota
        What Kaggle takes today.
    concerns : list of str
        What the user said to send it in spite of.
    kaggle : Kaggle or None
        The client; None for a rehearsal, which asks nothing of Kaggle.
    """

    parcel: Parcel
    quota: Quota
    concerns: list[str]
    kaggle: Kaggle | None


def prepare(paths: Paths, message: str, anyway: bool, rehearsal: bool, note: Callable[[str], None]) -> Ready:
    """Check everything that can be checked before a file goes out.

    Raises
    ------
    PodiumError
        Where there is no leaderboard, no finished run, no sound file; where the file was sent before; where something
        speaks against it and ``anyway`` is false; where Kaggle would not take it.
    """
    _refuse_secret(paths, message)
    parcel = pack(paths, read_declaration(paths.declaration), message)
    entries = read_ledger(paths)
    _refuse_sent(parcel, entries)
    concerns = _checked(parcel, entries)
    for text in concerns:
        note(text)
    if concerns and not anyway:
        step = f'If that is meant, send it by --anyway: make submit-{paths.competition} MSG="..." OPTIONS=--anyway'
        raise PodiumError(paths.competition, "the submission", "is not sent as it is", got=concerns[0], step=step)
    now = datetime.now(UTC)
    if rehearsal:
        today = sum(entry.day == f"{now:%Y-%m-%d}" for entry in entries)
        return Ready(parcel, Quota(today, None, "the ledger"), concerns, None)
    kaggle = open_competition(paths.competition, parcel.slug, note)
    _refuse_secret(paths, message, kaggle.api)
    listed = list_submissions(kaggle)
    _refuse_listed(parcel, listed)
    quota = find_quota(kaggle, listed, now)
    refuse_closed(kaggle, quota, now)
    return Ready(parcel, quota, concerns, kaggle)


def deliver(ready: Ready, kaggle: Kaggle) -> Entry:
    """Send the file and enter it; its score is pending.

    Raises
    ------
    PodiumError
        Where Kaggle does not take it, with its reason.
    """
    parcel = ready.parcel
    ref = post(kaggle, parcel.put_aside(), parcel.entry.message)
    return enter(parcel, parcel.entry.model_copy(update={"time": stamp(datetime.now(UTC)), "ref": ref}))


def await_score(ready: Ready, kaggle: Kaggle, entry: Entry, seconds: float) -> Entry:
    """The entry with its score where it comes in time; entered in the ledger either way.

    Raises
    ------
    PodiumError
        Where Kaggle cannot score the file.
    """
    parcel = ready.parcel
    entry = enter(parcel, wait_for_score(kaggle, entry, parcel.name, seconds))
    if entry.status == "error":
        step = f"The ledger has it as failed. Look at {kaggle.wanted.address}/submissions"
        raise PodiumError(parcel.paths.competition, "the submission", "could not be scored", got=entry.error, step=step)
    return entry


def enter(parcel: Parcel, entry: Entry) -> Entry:
    """Put an entry into the ledger."""
    write_ledger(parcel.paths, replaced(read_ledger(parcel.paths), entry))
    return entry


def stamp(moment: datetime) -> str:
    """A moment as the ledger writes it.

    >>> stamp(datetime(2026, 1, 2, 10, tzinfo=UTC))
    '2026-01-02T10:00:00Z'
    """
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _checked(parcel: Parcel, entries: Sequence[Entry]) -> list[str]:
    from pipeline.chain import behind
    from pipeline.ledger.concerns import find_concerns, refuse_unsound
    from pipeline.ledger.form import form_of

    form = form_of(parcel.paths)
    frame = form.read(parcel.file)
    refuse_unsound(form, frame)
    try:
        stale = behind(parcel.paths)
        changed = [f"{', '.join(stale)} changed since the run that made it"] if stale else []
    except PodiumError as error:
        changed = [str(error)]
    return [*changed, *find_concerns(parcel, form, frame, entries)]


def _refuse_sent(parcel: Parcel, entries: Sequence[Entry]) -> None:
    for entry in entries:
        if entry.file == parcel.entry.file and entry.status != "error":
            raise _sent_before(parcel, entry.time, entry.public)


def _refuse_listed(parcel: Parcel, listed: Sequence[Listed]) -> None:
    """Refuse a file that Kaggle has though the ledger lacks it; it is entered, for it is the same file."""
    found = find([line for line in listed if line.status != "error"], parcel.entry, parcel.name)
    if found:
        enter(parcel, found.onto(parcel.entry.model_copy(update={"time": found.time})))
        raise _sent_before(parcel, found.time, found.public, " It was not in the ledger, and is now")


def _sent_before(parcel: Parcel, when: str, public: float | None, more: str = "") -> PodiumError:
    name = parcel.paths.competition
    scored = "its score was pending" if public is None else f"public score {public:g}"
    step = f"See python -m pipeline ledger {name}; change the recipe and run make {name} for another one.{more}"
    return PodiumError(name, "the submission", "must not have been sent before", got=f"{when}, {scored}", step=step)


def _refuse_secret(paths: Paths, message: str, api: Any = None) -> None:
    """The message goes to Kaggle and into git: a credential that was pasted into it must not."""
    if discreet(message, api, most=len(message)) != " ".join(message.split()):
        allowed = "must not hold a credential, nor an address with what stands behind its question mark"
        raise PodiumError(paths.competition, "the message", allowed, step="Say it without")
