"""Spelling of labels, and columns that stand for classes."""

from __future__ import annotations

import pytest

from pipeline.submission.labels import UNSEEN, match_classes, spell


@pytest.mark.parametrize(
    ("label", "seen", "wanted"),
    [
        (True, [], "True"),
        (False, ["FALSE"], "FALSE"),
        (True, ["false"], "true"),
        (True, ["0"], "1"),
        (1, ["True"], "1"),
        (3, [], "3"),
        (3.0, ["1.0"], "3.0"),
        (3.0, ["1"], "3"),
        (0.5, ["1"], "0.5"),
        ("True ", [], "True "),
        ("Iris-setosa", [], "Iris-setosa"),
    ],
)
def test_spell(label: object, seen: list[str], wanted: str) -> None:
    assert spell(label, seen) == wanted  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("columns", "labels", "wanted"),
    [
        (["a", "b", "c"], ["c", "a", "b"], [1, 2, 0]),
        (["Class_1", "Class_2", "Class_10"], ["1", "2", "10"], [0, 1, 2]),
        (["Status_C", "Status_CL", "Status_D"], ["C", "CL", "D"], [0, 1, 2]),
        (["winner_model_a", "winner_model_b", "winner_tie"], ["model_a", "model_b", "tie"], [0, 1, 2]),
        (["p0", "p1", "p2"], ["0", "1", "2"], [0, 1, 2]),
        (["EAP", "hpl", "MWS"], ["eap", "HPL", "mws"], [0, 1, 2]),
        (["prob_Setosa", "prob_Virginica"], ["setosa", "virginica"], [0, 1]),
        (["TREA", "ASSAULT", "WARRANTS"], ["ASSAULT", "TREA"], [1, 0, UNSEEN]),
        (["Class_1", "Class_2", "Class_3", "Class_10"], ["1", "10"], [0, UNSEEN, UNSEEN, 1]),
        (["a", "b", "c", "d", "e"], ["a", "b"], None),
        (["a", "b"], ["a"], None),
        (["x_a", "y_a", "b"], ["a", "b"], None),
        (["p_a", "p_b", "p_c"], ["a", "x"], None),
        (["a", "b"], ["a", "b", "c"], None),
        (["a", "x", "c"], ["a", "b", "c"], None),
        (["Class_1", "Class_11"], ["1", "2"], None),
    ],
)
def test_match_classes(columns: list[str], labels: list[str], wanted: list[int] | None) -> None:
    assert match_classes(columns, labels) == wanted
