"""What a later run is compared by: each fold's score, the columns and the ensemble's members, small enough for git."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

DIGITS = 9


def record(tables: Mapping[str, pd.DataFrame], known: Mapping[str, Any]) -> dict[str, Any]:
    """``record.json``, which git keeps beside ``metrics.json``, so that ``diff`` can pair two runs' folds.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``folds`` and ``importance``, as the evaluation makes them.
    known : mapping
        The evaluation's facts.

    Returns
    -------
    dict
        ``metric``, ``greater_is_better``, ``split`` (the folds' hash), ``candidate``, ``weights`` (by model; empty
        where the ensemble is no weighted mean), ``columns`` (those that any model reports an importance of, sorted) and
        ``folds``: by model and for ``ensemble``, each fold's score.
    """
    own = tables["folds"][tables["folds"]["metric"] == known["metric"]]
    folds = {
        str(model): {str(line["fold"]): round(float(line["score"]), DIGITS) for line in part.to_dict("records")}
        for model, part in own.groupby("model", sort=False)
    }
    return {
        "metric": known["metric"],
        "greater_is_better": known["greater_is_better"],
        "split": known["provenance"]["split"].get("hash", ""),
        "candidate": known["candidate"],
        "weights": {model: round(float(weight), 6) for model, weight in known["weights"].items()},
        "columns": sorted(set(tables["importance"]["column"].astype(str))),
        "folds": folds,
    }
