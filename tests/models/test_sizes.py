"""Settings by size."""

import pytest

from pipeline.models._sizes import along

POINTS = {100: 0.1, 10_000: 0.4}


@pytest.mark.parametrize(("size", "expected"), [(1, 0.1), (100, 0.1), (1_000, 0.2), (10_000, 0.4), (10**9, 0.4)])
def test_straight_in_the_logarithms_and_constant_beyond(size: int, expected: float) -> None:
    assert along(size, POINTS) == expected


def test_three_digits_that_can_be_declared_again() -> None:
    assert along(777, POINTS) == 0.185
