"""Great circles by distances that are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics.pairwise import haversine_distances

from pipeline.declaration.builders import Distance
from pipeline.features.distances import EARTH_RADIUS_KM, Distances
from tests.features.build import made

TRIP = Distance(name="trip", start=["lat", "lon"], end=["to_lat", "to_lon"])
QUARTER = EARTH_RADIUS_KM * np.pi / 2


def trips(*rows: tuple[float | None, ...]) -> dict[str, list[float | None]]:
    frame = pd.DataFrame(rows, columns=["lat", "lon", "to_lat", "to_lon"], dtype=float)
    return made(Distances([TRIP]), frame)


def test_quarters_of_the_globe_in_each_direction() -> None:
    columns = trips((0, 0, 90, 0), (0, 0, 0, 90), (0, 0, -90, 0), (0, 0, 0, -90))
    assert columns["trip_km"] == pytest.approx([QUARTER] * 4)
    assert columns["trip_bearing_sin"] == pytest.approx([0, 1, 0, -1])
    assert columns["trip_bearing_cos"] == pytest.approx([1, 0, -1, 0])


def test_from_berlin_to_paris() -> None:
    columns = trips((52.52, 13.405, 48.8566, 2.3522))
    assert columns["trip_km"] == pytest.approx([877.5], abs=0.5)
    degrees = np.degrees(np.arctan2(columns["trip_bearing_sin"], columns["trip_bearing_cos"])) % 360
    assert degrees == pytest.approx([246.8], abs=0.2)


@given(st.lists(st.tuples(*[st.floats(-90, 90), st.floats(-180, 180)] * 2), min_size=1, max_size=8))
def test_the_distance_is_scikit_learns(rows: list[tuple[float, ...]]) -> None:
    points = np.radians(rows)
    expected = np.diag(haversine_distances(points[:, :2], points[:, 2:])) * EARTH_RADIUS_KM
    columns = trips(*rows)
    assert columns["trip_km"] == pytest.approx(expected, abs=1e-3)


def test_across_the_date_line_is_near() -> None:
    near = trips((0, 179.5, 0, -179.5), (0, 359.5, 0, 0.5))
    assert near["trip_km"] == pytest.approx([QUARTER / 90] * 2)
    assert near["trip_bearing_sin"] == pytest.approx([1, 1])


@pytest.mark.parametrize("place", range(4))
def test_a_missing_or_impossible_coordinate_leaves_nothing(place: int) -> None:
    limit = (90.0, 360.0)[place % 2]
    row: list[float | None] = [10.0, 20.0, 30.0, 40.0]
    rows = [(*row[:place], value, *row[place + 1 :]) for value in (None, limit + 0.1, -limit - 0.1, limit)]
    for values in trips(*rows).values():
        assert values[:3] == [None] * 3 and values[3] is not None


def test_the_same_point_has_no_bearing() -> None:
    columns = trips((41.3, -8.6, 41.3, -8.6), (41.3, 0, 41.3, 360))
    assert columns["trip_km"] == pytest.approx([0, 0], abs=1e-6)
    assert columns["trip_bearing_sin"] == columns["trip_bearing_cos"] == [None, None]


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (["lat", "lon"], "start and end must be two points; both are lat, lon"),
        (["to_lat"], "at least 2 items"),
        (["to_lat", "to_lon", "h"], "at most 2 items"),
    ],
)
def test_two_points_of_two_columns_are_asked_for(end: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Distance(name="trip", start=["lat", "lon"], end=end)
