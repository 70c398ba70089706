"""How far, and in which direction, one point on Earth lies from another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.builders import Distance
from pipeline.features.builder import Builder, Made, Need, Roles, as_floats

EARTH_RADIUS_KM = 6371.0088
MOST_LATITUDE, MOST_LONGITUDE = 90.0, 360.0
_SAME_POINT_KM = 1e-6


@dataclass
class Distances(Builder):
    """The great-circle distance between two points in kilometres, and the sine and cosine of the initial bearing.

    The Earth is taken for a ball of its mean radius, 6371.0088 km, which is right to about half a percent.

    Parameters
    ----------
    declared : list of Distance
        As declared.

    References
    ----------
    R. W. Sinnott. *Virtues of the haversine.* Sky and Telescope 68, 1984.
    """

    declared: list[Distance] = field(default_factory=list)
    name: ClassVar[str] = "distances"

    def needs(self) -> Iterator[Need]:
        """Both points' coordinates."""
        for number, distance in enumerate(self.declared):
            yield Need(f"distances[{number}].start", distance.start, "number")
            yield Need(f"distances[{number}].end", distance.end, "number")

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn nothing."""

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<name>_km``, ``<name>_bearing_sin`` and ``<name>_bearing_cos``."""
        for distance in self.declared:
            start, end = _radians(frame, distance.start), _radians(frame, distance.end)
            source = ", ".join([*distance.start, *distance.end])
            km = kilometres(*start, *end)
            east, north = bearing(*start, *end)
            apart = km > _SAME_POINT_KM
            yield Made(f"{distance.name}_km", km, source)
            yield Made(f"{distance.name}_bearing_sin", np.where(apart, east, np.nan), source)
            yield Made(f"{distance.name}_bearing_cos", np.where(apart, north, np.nan), source)


def kilometres(
    latitude: np.ndarray, longitude: np.ndarray, other_latitude: np.ndarray, other_longitude: np.ndarray
) -> np.ndarray:
    """The great-circle distance by the haversine formula, for angles in radians, all of shape (n,).

    >>> quarter = kilometres(np.array([0.0]), np.array([0.0]), np.array([np.pi / 2]), np.array([0.0]))
    >>> quarter.round(2).tolist()
    [10007.56]
    """
    across = np.sin((other_longitude - longitude) / 2) ** 2 * np.cos(latitude) * np.cos(other_latitude)
    square = np.sin((other_latitude - latitude) / 2) ** 2 + across
    km: np.ndarray = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(square, 0, 1)))
    return km


def bearing(
    latitude: np.ndarray, longitude: np.ndarray, other_latitude: np.ndarray, other_longitude: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The sine and cosine of the angle from north, clockwise, in which the great circle starts; radians in."""
    turn = other_longitude - longitude
    east = np.sin(turn) * np.cos(other_latitude)
    north = np.cos(latitude) * np.sin(other_latitude) - np.sin(latitude) * np.cos(other_latitude) * np.cos(turn)
    angle = np.arctan2(east, north)
    return np.sin(angle), np.cos(angle)


def _radians(frame: pd.DataFrame, point: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """A point's latitude and longitude in radians, NaN where no such place is."""
    latitude, longitude = (as_floats(frame[name]) for name in point)
    known = (np.abs(latitude) <= MOST_LATITUDE) & (np.abs(longitude) <= MOST_LONGITUDE)
    return np.where(known, np.radians(latitude), np.nan), np.where(known, np.radians(longitude), np.nan)
