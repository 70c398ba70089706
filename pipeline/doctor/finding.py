"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["good", "note", "bad"]


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was found, and the remedy.

    Parameters
    ----------
    subject, found : str
        Such as ``memory`` and ``7.2 GiB free of 16.0``.
    level : {"good", "note", "bad"}
        ``note`` is worth knowing and keeps nothing from working; ``bad`` does.
    remedy : str
        What to do; never empty where it is ``bad``.
    """

    subject: str
    found: str
    level: Level = "good"
    remedy: str = ""
