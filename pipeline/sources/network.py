"""Asking again when a connection fails: three tries, each after a longer pause."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")

PAUSES_SECONDS = (1.0, 4.0)
LONGEST_PAUSE_SECONDS = 60.0


def persist(
    ask: Callable[[], Answer],
    kinds: tuple[type[Exception], ...],
    passing: Callable[[Exception], bool],
    note: Callable[[str], None],
    what: str,
) -> Answer:
    """What ``ask`` returns, asked again after a pause where its error may pass.

    Parameters
    ----------
    ask : callable
        The request.
    kinds : tuple of exception types
        The errors of a connection.
    passing : callable
        ``passing(error) -> bool``: whether asking again may help with one of them.
    note : callable
        Told of each new try.
    what : str
        Who is asked, such as ``Kaggle``. No detail of the error is told: addresses may hold credentials.
    """
    for pause in PAUSES_SECONDS:
        try:
            return ask()
        except kinds as error:
            if not passing(error):
                raise
            seconds = max(pause, _asked_for(error))
            status = getattr(getattr(error, "response", None), "status_code", None)
            said = f"answers {status}" if status else f"does not answer ({type(error).__name__})"
            note(f"{what} {said}; asking again in {seconds:g} s")
            time.sleep(seconds)
    return ask()


def _asked_for(error: Exception) -> float:
    """The pause in seconds that the answer's ``Retry-After`` asks for, up to a minute; 0 where it asks for none."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    text = str(headers.get("Retry-After", ""))
    return min(float(text), LONGEST_PAUSE_SECONDS) if text.isdecimal() else 0.0
