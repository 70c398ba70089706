"""``ledger``: the entries with the scores that Kaggle knows by now, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.declaration.read import read_declaration
from pipeline.ledger.agreement import Agreement, agreement
from pipeline.ledger.entry import Entry, read_ledger, write_ledger
from pipeline.ledger.finals import Finals, pick_finals
from pipeline.ledger.kaggle import find, list_submissions, open_competition
from pipeline.ledger.parcel import sent_file, sent_name, slug_of

if TYPE_CHECKING:
    from pipeline.ledger.form import Form


@dataclass(frozen=True)
class Overview:
    """Everything that the terminal and the page show.

    Parameters
    ----------
    title, slug : str
        The competition as people call it, and its slug.
    greater_is_better : bool
        The metric's direction.
    entries : list of Entry
        As they were sent.
    agreement : Agreement
        Cross-validation against the leaderboard.
    finals : Finals
        Which two to pick.
    """

    title: str
    slug: str
    greater_is_better: bool
    entries: list[Entry]
    agreement: Agreement
    finals: Finals


def overview(paths: Paths, offline: bool, note: Callable[[str], None]) -> Overview:
    """The ledger, brought up to date where Kaggle answers.

    Raises
    ------
    PodiumError
        Where the competition has no leaderboard, or its ledger cannot be read.
    """
    declared = read_declaration(paths.declaration)
    slug, better = slug_of(declared), declared.metric.greater_is_better
    entries = read_ledger(paths)
    if entries and not offline:
        try:
            entries = refresh(paths, slug, entries, note)
        except PodiumError as error:
            note(f"scores as of the last look, because Kaggle could not be asked. {error}")
    finals = pick_finals(entries, better, _Copies(paths, slug).apart)
    return Overview(declared.title, slug, better, entries, agreement(entries), finals)


def refresh(paths: Paths, slug: str, entries: list[Entry], note: Callable[[str], None]) -> list[Entry]:
    """The entries with what Kaggle's list says of them, written where anything is new."""
    listed = list_submissions(open_competition(paths.competition, slug, note))
    found = {entry.file: find(listed, entry, sent_name(slug, entry.file)) for entry in entries}
    news = [line.onto(entry) if (line := found[entry.file]) else entry for entry in entries]
    unknown = len(listed) - len({line.ref for line in found.values() if line})
    if unknown:
        note(f"{unknown} more at Kaggle that this ledger does not hold: they were sent another way")
    if news != entries:
        write_ledger(paths, news)
    return news


@dataclass(frozen=True)
class _Copies:
    """The files that were sent, as far as copies are here."""

    paths: Paths
    slug: str

    @cached_property
    def form(self) -> Form | None:
        """What they look like; None where the run that says so is not here."""
        from pipeline.ledger.form import form_of

        try:
            return form_of(self.paths)
        except PodiumError:
            return None

    def apart(self, a: Entry, b: Entry) -> float | None:
        """How different two are; None where that cannot be told here."""
        files = [sent_file(self.paths, self.slug, entry.file) for entry in (a, b)]
        if not all(file.exists() for file in files) or self.form is None:
            return None
        from pipeline.submission.compare import comparable, difference

        ours, theirs = (self.form.read(file) for file in files)
        same_rows = comparable(ours, theirs, self.form.rules)
        return difference(ours, theirs, self.form.rules) if same_rows else None
