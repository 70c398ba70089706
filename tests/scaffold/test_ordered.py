"""Levels that words order."""

from __future__ import annotations

import pytest

from pipeline.scaffold.ordered import order_of


@pytest.mark.parametrize(
    "order",
    [
        ["Poor", "Fair", "Good", "Excellent"],
        ["low", "medium", "high"],
        ["Fa", "TA", "Gd", "Ex"],
        ["never", "sometimes", "often", "always"],
        ["S", "M", "L", "XL"],
        ["<18", "18-25", "26-40", "40+"],
        ["0-4", "5-9", "10-14"],
        ["Jan", "Feb", "Mar"],
        ["strongly_disagree", "neutral", "strongly_agree"],
    ],
)
def test_scales_are_put_in_order(order: list[str]) -> None:
    assert order_of(set(order)) == order


@pytest.mark.parametrize(
    "levels",
    [["red", "green", "blue"], ["low", "high"], ["A1", "A2", "B1"], ["12", "13", "15"], ["Good", "good", "bad"]],
)
def test_other_levels_are_left(levels: list[str]) -> None:
    assert order_of(set(levels)) is None
