"""Learning curves: which rounds are drawn, and the table of all fits."""

from __future__ import annotations

from pipeline.fitting.learning import curve_facts, curve_table, drawn_rounds
from pipeline.models import Curve


def test_few_rounds_are_drawn_whole_and_many_in_few_points() -> None:
    assert drawn_rounds(1, 1) == [1] and drawn_rounds(7, None) == list(range(1, 8))
    drawn = drawn_rounds(3000, 1777)
    assert len(drawn) <= 121 and drawn[0] == 1 and drawn[-1] == 3000 and 1777 in drawn
    assert drawn[:8] == list(range(1, 9)), "early rounds, where most happens, are close together"


def test_the_kept_round_has_its_own_value() -> None:
    facts = curve_facts(Curve("loss", [float(number) for number in range(1, 1001)]), 777)
    assert facts is not None and facts["values"][facts["rounds"].index(777)] == 777.0
    assert curve_facts(None, 5) is None


def test_fits_without_a_curve_have_no_lines() -> None:
    curve = curve_facts(Curve("loss", [3.0, 1.0, 2.0]), 2)
    table = curve_table({"a": {"r0f0": [curve, None], "r0f1": [None, curve]}, "b": {"r0f0": [None]}})
    assert table[["member", "fold", "repeat"]].drop_duplicates().to_numpy().tolist() == [
        ["a", "r0f0", 0],
        ["a", "r0f1", 1],
    ]
    assert table["kept"].tolist() == [False, True, False] * 2
    empty = curve_table({"b": {"r0f0": [None]}})
    assert empty.empty and (empty.dtypes == table.dtypes).all() and list(empty) == list(table)
