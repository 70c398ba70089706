"""The first zoo."""

from __future__ import annotations

from pipeline import models
from pipeline.scaffold.models import MANY_ROWS, STARTERS, find_models


def test_all_starters_are_known_models() -> None:
    assert set(STARTERS) <= set(models.names())


def test_slow_ones_are_left_out_on_many_rows_with_the_reason() -> None:
    assert find_models(1000) == (list(STARTERS), {})
    named, left_out = find_models(MANY_ROWS + 1)
    assert set(named) | set(left_out) == set(STARTERS)
    assert "50,001 rows" in left_out["mlp"].why
