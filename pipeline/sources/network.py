"""Asking again when a connection fails: three tries, each after a longer pause."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")

PAUSES_SECONDS = (1.0, 4.0)


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
            note(f"{what} does not answer ({type(error).__name__}); asking again in {pause:g} s")
            time.sleep(pause)
    return ask()
