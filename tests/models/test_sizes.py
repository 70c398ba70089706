"""Settings by size."""

import pytest

from pipeline.models._sizes import along, by_size

POINTS = {100: 0.1, 10_000: 0.4}


@pytest.mark.parametrize(("size", "expected"), [(1, 0.1), (100, 0.1), (1_000, 0.2), (10_000, 0.4), (10**9, 0.4)])
def test_straight_in_the_logarithms_and_constant_beyond(size: int, expected: float) -> None:
    assert along(size, POINTS) == expected


def test_three_digits_that_can_be_declared_again() -> None:
    assert along(777, POINTS) == 0.185


def test_nulls_are_filled_in_and_declared_settings_stand() -> None:
    points = {"leaves": {100: 15, 10_000: 60}, "rate": POINTS}
    assert by_size({"leaves": None, "rate": None, "other": None}, points, 1_000) == {
        "leaves": 30,
        "rate": 0.2,
        "other": None,
    }
    assert by_size({"leaves": 7, "rate": 1.0}, points, 1_000) == {"leaves": 7, "rate": 1.0}
