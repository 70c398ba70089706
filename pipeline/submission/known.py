"""Test rows whose value is known without a model, put over what the models predicted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipeline.core.query import matching
from pipeline.declaration.specs import SubmitSpec
from pipeline.declaration.submit import Known


def put_known(spec: SubmitSpec, test: pd.DataFrame, prediction: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """The predictions with the declared values in their rows, and a line on each rule.

    Parameters
    ----------
    test : DataFrame of m rows
        The cleaned test rows, in the order of the predictions.
    prediction : float array of shape (m,)
        Values.

    Raises
    ------
    PodiumError
        Where a rule names a column that is not there, or is no query.
    """
    prediction, notes = prediction.copy(), []
    for rule, rows in _matched(spec, test):
        prediction[rows] = rule.value
        notes.append(f"{len(rows)} test rows where {rule.where} are {rule.value:g} ({rule.reason})")
    return prediction, notes


def known_rows(spec: SubmitSpec, test: pd.DataFrame) -> np.ndarray:
    """Which of the cleaned test rows a declared rule answers: bool of shape (m,)."""
    known = np.zeros(len(test), dtype=bool)
    for _, rows in _matched(spec, test):
        known[rows] = True
    return known


def _matched(spec: SubmitSpec, test: pd.DataFrame) -> Iterator[tuple[Known, np.ndarray]]:
    """Each rule with the places of its rows."""
    numbered = test.reset_index(drop=True)
    for number, rule in enumerate(spec.submit.known):
        key = f"submit.known[{number}].where"
        yield rule, matching(spec.competition, key, numbered, rule.where, "the test rows").to_numpy()
