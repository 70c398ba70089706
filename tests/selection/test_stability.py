"""How often columns are chosen, and how far the folds agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.selection.stability import stability_table, steadiness


def test_the_table_counts_folds_and_leaves_the_full_choice_out() -> None:
    chosen = {"r0f0": ["a", "key"], "r0f1": ["a", "b", "key"], "full": ["b", "key"]}
    lines = [("r0f0", "a", 2.0), ("r0f0", "b", 1.0), ("r0f0", "c", 0.0)]
    lines += [("r0f1", "a", 4.0), ("r0f1", "b", 3.0), ("r0f1", "c", 0.0), ("full", "a", 100.0)]
    table = stability_table(chosen, pd.DataFrame(lines, columns=["fold", "column", "score"])).set_index("column")
    assert table.index.tolist() == ["a", "key", "b", "c"]
    assert table["kept"].tolist() == [2, 2, 1, 0] and (table["folds"] == 2).all()
    assert table.loc["a", "score"] == 3 and table.loc["key", "score"] == 0
    assert table["full"].tolist() == [False, True, True, False]


def test_steadiness_is_one_where_folds_agree_and_about_zero_by_lot() -> None:
    rng = np.random.default_rng(0)
    drawn = np.array([np.isin(np.arange(400), rng.choice(400, 100, replace=False)) for _ in range(10)]).sum(axis=0)
    assert steadiness([5, 5, 0, 0], 5) == pytest.approx(1.0)
    assert abs(steadiness(drawn.tolist(), 10) or 1) < 0.05
    assert steadiness([5, 5], 5) is None and steadiness([1, 0], 1) is None
