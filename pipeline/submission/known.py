"""Test rows whose value is known without a model, put over what the models predicted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.core.query import matching
from pipeline.declaration.specs import SubmitSpec


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
    numbered = test.reset_index(drop=True)
    for number, rule in enumerate(spec.submit.known):
        rows = matching(spec.competition, f"submit.known[{number}].where", numbered, rule.where, "the test rows")
        prediction[rows.to_numpy()] = rule.value
        notes.append(f"{len(rows)} test rows where {rule.where} are {rule.value:g} ({rule.reason})")
    return prediction, notes
