"""Names that a benchmark's command is given, such as families or peers."""

from __future__ import annotations

from collections.abc import Collection

from pipeline.core.errors import PodiumError, nearest


def chosen(text: str, known: Collection[str], benchmark: str, option: str) -> list[str]:
    """The names in a text, with spaces or commas between.

    Raises
    ------
    PodiumError
        Where one is unknown; it names the nearest.
    """
    names = text.replace(",", " ").split()
    for name in names:
        if name not in known:
            raise PodiumError(benchmark, option, "must be known ones", got=repr(name), step=nearest(name, list(known)))
    return names
