"""Stacks of confusion matrices score as each of them alone."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.decisions.confusion import count, label_score
from pipeline.declaration.metric import Metric

LABELS = ["accuracy", "balanced_accuracy", "fbeta", "mcc", "qwk"]


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("classes", [2, 4])
def test_stacks(name: str, classes: int) -> None:
    stack = np.random.default_rng(0).integers(0, 9, (3, 5, classes, classes))
    scores = label_score(Metric(name=name), stack)
    assert scores.shape == (3, 5)
    assert scores[1, 2] == label_score(Metric(name=name), stack[1, 2])


def test_count_weighs_rows() -> None:
    found = count(np.array([0, 1, 1]), np.array([0, 0, 1]), 2, np.array([1.0, 2.0, 0.5]))
    assert found.tolist() == [[1.0, 0.0], [2.0, 0.5]]


def test_one_class_only() -> None:
    alone = np.array([[5, 0], [0, 0]])
    assert label_score(Metric(name="qwk"), alone) == 1
    assert label_score(Metric(name="mcc"), alone) == 0
    assert label_score(Metric(name="fbeta"), alone) == 0
