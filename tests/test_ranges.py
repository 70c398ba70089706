"""Ranges: merged, and fitted to a table's size."""

from __future__ import annotations

from pipeline.models import Range
from pipeline.ranges import sized, space_of


def test_declared_ranges_replace_the_cards() -> None:
    card = {"x": Range(0.1, 1.0, log=True), "kind": Range(choices=("a", "b"))}
    merged = space_of(card, {"x": {"high": 0.5}, "kind": {"choices": ["c"]}, "new": {"low": 1, "high": 3}})
    assert merged["x"] == Range(0.1, 0.5, log=True) and merged["kind"] == Range(choices=("c",))
    assert merged["new"] == Range(1, 3) and space_of(card, {"kind": {"low": 0, "high": 1}})["kind"] == Range(0, 1)


def test_ranges_follow_the_tables_size() -> None:
    card = {"leaves": Range(4, 512, integer=True, per_row=0.02), "share": Range(0.1, 1.0, least_columns=3)}
    small, large = sized(card, rows=900, columns=6), sized(card, rows=900_000, columns=600)
    assert (small["leaves"].high, large["leaves"].high) == (18, 512)
    assert (small["share"].low, large["share"].low) == (0.5, 0.1)
    tiny = sized(card, rows=50, columns=2)
    assert tiny["leaves"].high == 8 and tiny["share"].low == tiny["share"].high == 1.0
