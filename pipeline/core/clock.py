"""The wall clock of a run that has a budget: started by ``run``, read by the stages that it starts."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from pipeline.core.errors import PodiumError

_VARIABLE = "PODIUM_CLOCK"
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class Clock:
    """When a run started, in seconds since 1970, and how many seconds it may take in all."""

    started: float
    seconds: float

    @property
    def left(self) -> float:
        """The seconds that are left, below 0 once they are spent."""
        return self.started + self.seconds - time.time()


def start_clock(started: float, seconds: float) -> None:
    """Let this process's children know when the run started and what it may take."""
    os.environ[_VARIABLE] = f"{started!r} {seconds!r}"


def read_clock() -> Clock | None:
    """The clock of the run that started this process; None where nobody started one, as under a bare ``dvc repro``."""
    words = os.environ.get(_VARIABLE, "").split()
    return Clock(float(words[0]), float(words[1])) if words else None


def seconds_of(text: str, competition: str = "", subject: str = "budget") -> float:
    """Seconds out of ``240s``, ``4m``, ``1.5h`` or ``240``.

    Raises
    ------
    PodiumError
        Where the text says no duration above 0.

    Examples
    --------
    >>> seconds_of("4m")
    240.0
    """
    unit = _UNITS.get(text[-1:], 0.0)
    number = text[:-1] if unit else text
    try:
        seconds = float(number) * (unit or 1.0)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise PodiumError(competition, subject, "must be a duration such as 240s, 4m or 1h", got=repr(text))
    return seconds
