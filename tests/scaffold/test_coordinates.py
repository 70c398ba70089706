"""Latitudes and longitudes among the columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.declaration.features import Features
from pipeline.scaffold.coordinates import find_distances, find_points
from pipeline.scaffold.guess import Guess
from pipeline.scaffold.halves import Files
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.read import Raw
from pipeline.scaffold.roles import looks

ROWS = 300


def found(*points: str, roles: dict[str, Guess[Any]] | None = None, **changes: Any) -> list[dict[str, Any]]:
    """What is declared for points whose columns are named ``<point>lat`` and ``<point>lon``."""
    rng = np.random.default_rng(6)
    columns = {f"{point}{axis}": rng.normal(40, 2, ROWS) for point in points for axis in ("lat", "lon")}
    train = pd.DataFrame({**columns, **changes}).astype("str")
    raw = Raw(train.assign(y="1"), train, None, Files("a", "b", None))
    known = looks(raw, Keys(Guess(None, ""), Guess("y", "")))
    guess = find_distances(raw, known, roles or {}, train.columns).get("distances")
    assert guess is None or Features.model_validate({"distances": guess.value})
    return guess.value if guess else []


def test_two_points_give_one_distance() -> None:
    (distance,) = found("pickup_", "dropoff_")
    assert distance["name"] == "pickup_to_dropoff"
    assert distance["start"] == ["pickup_lat", "pickup_lon"] and distance["end"] == ["dropoff_lat", "dropoff_lon"]


def test_each_two_of_several_points() -> None:
    assert [entry["name"] for entry in found("a_", "b_", "")] == ["a_to_b", "a_to_point", "b_to_point"]
    assert len(found(*"abcd")) == 0, "alat is no latitude"
    assert (len(found("a_", "b_", "c_", "d_")), len(found("a_", "b_", "c_", "d_", "e_"))) == (6, 0)


def test_one_point_has_no_way_to_go() -> None:
    assert found("") == found("home_") == []


@pytest.mark.parametrize(
    "names",
    [
        ["start_latitude", "start_longitude"],
        ["Start Lat", "Start Lng"],
        ["startLat", "startLong"],
        ["lat_start", "lon_start"],
        ["LATITUDE.START", "LONGITUDE.START"],
    ],
)
def test_names_of_many_styles(names: list[str]) -> None:
    assert find_points(["flat", "along", *names]) == {"start": tuple(names)}


def test_numbers_tell_points_apart() -> None:
    assert find_points(["lat1", "lon1", "lat2", "lon2", "lat3"]) == {"1": ("lat1", "lon1"), "2": ("lat2", "lon2")}


@pytest.mark.parametrize(
    "changes", [{"b_lat": np.full(ROWS, 4_000_000)}, {"b_lon": np.full(ROWS, 400.5)}, {"b_lat": ["north"] * ROWS}]
)
def test_what_is_not_in_degrees_is_left(changes: dict[str, Any]) -> None:
    assert found("a_", "b_", **changes) == []


def test_a_rare_slip_does_not_hide_a_point() -> None:
    assert len(found("a_", "b_", b_lat=[401.0, *np.full(ROWS - 1, 40.7)])) == 1
    assert len(found("a_", "b_", b_lat=[401.0] * 9 + [40.7] * (ROWS - 9))) == 0


def test_columns_that_have_a_role_are_left() -> None:
    assert found("a_", "b_", roles={"a_lat": Guess("categorical", "")}) == []


def test_names_of_distances_are_free() -> None:
    (distance,) = found("a_", "b_", a_to_b_km=np.arange(ROWS))
    assert distance["name"] == "a_to_b_2"
