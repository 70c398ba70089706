"""What a run's board knows, and nothing of how it is shown."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

WAITING, RUNNING, DONE, KEPT, RESTORED, FAILED = "waiting", "running", "done", "up to date", "from the cache", "failed"


@dataclass
class Row:
    """One stage, or one stage of one model.

    ``state`` is one of the words above; ``last`` the seconds it took last time; ``done`` of ``total`` is its progress;
    ``words`` what it said of its result.
    """

    name: str
    last: float | None = None
    state: str = WAITING
    started: float = 0.0
    seconds: float | None = None
    done: int = 0
    total: int | None = None
    words: str = ""


@dataclass(frozen=True)
class Best:
    """The best score so far: whose, and its mean with the standard error."""

    model: str
    score: float
    se: float | None


@dataclass
class Board:
    """The rows of a run in their order, changed by what DVC and the stages tell.

    Parameters
    ----------
    rows : mapping of str to Row
        By the name that DVC gives: ``clean``, ``train@mlp``.
    score_of : callable
        Given a model's name, its scores in a finished training; empty where there are none.
    greater_is_better : bool
        Which score is the best.
    clock : callable
        Seconds that only grow.
    """

    rows: Mapping[str, Row]
    score_of: Callable[[str], list[Best]]
    greater_is_better: bool
    clock: Callable[[], float] = time.monotonic
    best: Best | None = None
    notes: list[str] = field(default_factory=list)
    current: Row | None = None

    def begin(self, name: str) -> None:
        """DVC looks at a stage, and runs it unless nothing changed."""
        row = self.rows[name]
        row.state, row.started = RUNNING, self.clock()
        self.current = row

    def end(self, name: str, ran: bool) -> None:
        """DVC is through with a stage; ``ran`` is false where nothing had changed."""
        row = self.rows[name]
        if row.seconds is not None:
            row.state = DONE
        else:
            row.state = RESTORED if ran else KEPT
        self.current = None
        stage, _, model = name.partition("@")
        if stage == "train":
            self._weigh(model)

    def fail(self, name: str) -> None:
        """A stage ended with an error."""
        row = self.rows[name]
        row.state, row.seconds = FAILED, self.clock() - row.started
        self.current = None

    def hear(self, line: str) -> None:
        """An event of the stage that is at work."""
        event: dict[str, Any] = json.loads(line)
        row = self.current
        if event["kind"] == "note":
            self.notes.append(event["text"])
        elif row is not None and event["kind"] == "progress":
            row.done, row.total = event["done"], event["total"]
        elif row is not None and event["kind"] == "summary":
            row.words, row.seconds = event["text"], event["seconds"]

    def spent(self, row: Row) -> float | None:
        """Seconds that a stage has taken so far; None for one that did not run."""
        if row.state == RUNNING and row.seconds is None:
            return self.clock() - row.started
        return row.seconds

    def left(self, row: Row) -> float | None:
        """Seconds that a stage will take yet, by its progress or by the last time; None where neither tells."""
        if row.state == WAITING:
            return row.last
        if row.state != RUNNING or row.seconds is not None:
            return 0.0
        spent = self.clock() - row.started
        if row.total and row.done:
            return spent / row.done * (row.total - row.done)
        return None if row.last is None else max(row.last - spent, 0.0)

    def left_in_all(self) -> float | None:
        """Seconds to the end, if every waiting stage has to run; None where one of them never ran before."""
        parts = [self.left(row) for row in self.rows.values()]
        known = [part for part in parts if part is not None]
        return sum(known) if len(known) == len(parts) else None

    def _weigh(self, model: str) -> None:
        sign = 1 if self.greater_is_better else -1
        for found in self.score_of(model):
            if self.best is None or sign * found.score > sign * self.best.score:
                self.best = found
