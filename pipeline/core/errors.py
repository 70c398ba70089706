"""The one kind of error that a user is meant to read."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any


class PodiumError(Exception):
    """Something the user can mend, said in one sentence and the next step.

    Parameters
    ----------
    competition : str
        The competition's folder name; empty where none is known yet.
    subject : str
        The key, column or file at fault, such as ``split.folds``.
    allowed : str
        What is allowed, as a predicate: ``must be an integer of at least 2``.
    got : str
        What came, as it came.
    where : str
        The file (and line) to look at.
    step : str
        The next step, as an imperative sentence.

    Examples
    --------
    >>> print(PodiumError("titanic", "split.folds", "must be at least 2", got="1", where="competition.yaml, line 14"))
    titanic: split.folds must be at least 2; got 1 (competition.yaml, line 14)
    """

    def __init__(
        self, competition: str, subject: str, allowed: str, *, got: str = "", where: str = "", step: str = ""
    ) -> None:
        self.competition, self.subject, self.allowed = competition, subject, allowed
        self.got, self.where, self.step = got, where, step
        super().__init__(self.sentence())

    def __reduce__(self) -> tuple[Any, ...]:
        """How it comes out of another process whole."""
        parts = (self.competition, self.subject, self.allowed, self.got, self.where, self.step)
        return _again, parts

    def sentence(self) -> str:
        """The whole message: owner, subject, what is allowed, what came, where, and the next step."""
        text = f"{self.competition}: " if self.competition else ""
        text += f"{self.subject} {self.allowed}"
        if self.got:
            text += f"; got {self.got}"
        if self.where:
            text += f" ({self.where})"
        if self.step:
            text += f". {self.step}"
        return text


def _again(competition: str, subject: str, allowed: str, got: str, where: str, step: str) -> PodiumError:
    return PodiumError(competition, subject, allowed, got=got, where=where, step=step)


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or lists all of them.

    >>> nearest("xgbost", ["xgboost", "linear"])
    'Did you mean xgboost? Known: linear, xgboost'
    """
    names = sorted(known)
    small = {name.lower(): name for name in names}
    close = difflib.get_close_matches(word.lower(), small, n=1, cutoff=0.6)
    hint = f"Did you mean {small[close[0]]}? " if close else ""
    return f"{hint}Known: {', '.join(names)}"
