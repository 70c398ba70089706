"""Places on Earth: pairs of columns that are a latitude and a longitude, and the ways between them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

from pipeline.declaration.columns import Role
from pipeline.scaffold.guess import Guess, Look, listed, numbers_of, spaced, untaken, words_of
from pipeline.scaffold.read import Raw

if TYPE_CHECKING:
    import pandas as pd

LATITUDES = frozenset(("lat", "latitude"))
LONGITUDES = frozenset(("lon", "lng", "long", "longitude"))
MOST_LATITUDE, MOST_LONGITUDE = 90.0, 360.0
IN_RANGE = 0.99
MOST_POINTS = 4
SAMPLED_ROWS = 20_000
ENDINGS = ("_km", "_bearing_sin", "_bearing_cos")


def find_distances(
    raw: Raw, looks: Mapping[str, Look], roles: Mapping[str, Guess[Role]], taken: Collection[str]
) -> dict[str, Guess[list[dict[str, Any]]]]:
    """``features.distances``: one entry for each two of two to four points.

    Parameters
    ----------
    taken : collection of str
        Names that the distances' columns must not have.
    """
    names = [name for name, look in looks.items() if look.kind == "number" and name not in roles]
    points = {rest: pair for rest, pair in find_points(names).items() if _on_earth(raw.train, *pair)}
    if not 2 <= len(points) <= MOST_POINTS:
        return {}
    entries = [
        {"name": untaken(f"{one}_to_{other}", taken, ENDINGS), "start": [*points[one]], "end": [*points[other]]}
        for one, other in combinations(points, 2)
    ]
    why = f"latitudes and longitudes of {len(points)} points, by their names and values: {listed([*points])}"
    return {"distances": Guess(entries, f"{why}; the way between each two")}


def find_points(names: Collection[str]) -> dict[str, tuple[str, str]]:
    """The columns of latitude and longitude whose names are alike but for these words, by the rest of their names.

    >>> find_points(["pickup_latitude", "pickup_longitude", "dropoffLat", "dropoffLng", "long"])
    {'pickup': ('pickup_latitude', 'pickup_longitude'), 'dropoff': ('dropoffLat', 'dropoffLng')}
    """
    latitudes, longitudes = _by_rest(names, LATITUDES), _by_rest(names, LONGITUDES)
    return {rest: (latitude, longitudes[rest]) for rest, latitude in latitudes.items() if rest in longitudes}


def _by_rest(names: Collection[str], kind: Collection[str]) -> dict[str, str]:
    """Columns with a word of this kind, by the rest of their names; of two alike, the first."""
    found: dict[str, str] = {}
    for name in names:
        if (rest := _rest(name, kind)) is not None:
            found.setdefault(rest, name)
    return found


def _rest(name: str, kind: Collection[str]) -> str | None:
    """What is left of a name without its one word of this kind, ``point`` for nothing; None without such a word."""
    parts = re.findall(r"[^\W\d_]+|\d+", spaced(name))
    rest = [part for part in parts if part not in kind]
    return ("_".join(rest) or "point") if len(rest) == len(parts) - 1 else None


def _on_earth(rows: pd.DataFrame, latitude: str, longitude: str) -> bool:
    """Whether nearly all known values are degrees; a builder takes the others for missing."""
    limits = {latitude: MOST_LATITUDE, longitude: MOST_LONGITUDE}
    sample = rows.iloc[:: max(1, -(-len(rows) // SAMPLED_ROWS))]
    return all(_within(words_of(sample[name]).dropna(), limit) for name, limit in limits.items())


def _within(words: pd.Series, limit: float) -> bool:
    numbers = numbers_of(words)
    return numbers is not None and float((numbers.abs() <= limit).mean()) >= IN_RANGE
