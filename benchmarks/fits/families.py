"""The families that are measured: with which settings, at which sizes, and what is left out for its time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SIZES = (10_000, 100_000, 1_000_000)
UP_TO_100_000 = (10_000, 100_000)


@dataclass(frozen=True)
class Family:
    """One family's place in the measurement.

    Parameters
    ----------
    params : mapping
        Settings over the card's defaults: few rounds, and nothing that goes by the rows, so that the time's growth is
        the rows' own. Rounds are fixed: stopping rows are looked at, and never stop the fit.
    sizes : tuple of int
        Rows of the training table; a fold is fitted on four fifths of them.
    left_out : str
        Why larger tables are not measured; empty where they are.
    """

    params: Mapping[str, Any] = field(default_factory=dict)
    sizes: tuple[int, ...] = SIZES
    left_out: str = ""


_EPOCHS = "takes a minute or more for the epochs that outweigh its preparation"
_SAMPLED = "fits 50,000 rows at most, a sample of larger tables"

FAMILIES: dict[str, Family] = {
    "linear": Family({"C": 1.0, "max_iter": 100}),
    "random_forest": Family({"n_estimators": 20}),
    "extra_trees": Family({"n_estimators": 20}),
    "balanced_forest": Family({"n_estimators": 10}, UP_TO_100_000, "takes minutes a fit"),
    "adaboost": Family({"n_estimators": 20, "max_rows": 10**9}, UP_TO_100_000, "fits 20,000 rows by default"),
    "gbdt": Family({"n_estimators": 40, "early_stopping_rounds": 40, "learning_rate": 0.1, "max_leaf_nodes": 31}),
    "xgboost": Family(
        {
            "n_estimators": 30,
            "early_stopping_rounds": 30,
            "learning_rate": 0.1,
            "max_depth": 6,
            "min_child_weight": 5.0,
        }
    ),
    "lightgbm": Family(
        {
            "n_estimators": 60,
            "early_stopping_rounds": 60,
            "learning_rate": 0.1,
            "num_leaves": 31,
            "min_child_samples": 20,
        }
    ),
    "catboost": Family(
        {
            "n_estimators": 30,
            "early_stopping_rounds": 30,
            "learning_rate": 0.1,
            "rsm": 1.0,
            "max_ctr_complexity": 1,
        }
    ),
    "knn": Family({"n_neighbors": 20}, (10_000, 50_000), _SAMPLED),
    "svm": Family({"C": 1.0, "width": 0.3}, (10_000, 50_000), _SAMPLED),
    "mlp": Family({"max_epochs": 8, "patience": 8, "batch_size": 1024}, UP_TO_100_000, _EPOCHS),
    "tabm": Family({"max_epochs": 2, "patience": 2, "batch_size": 1024, "heads": 8}, UP_TO_100_000, _EPOCHS),
}
NOT_MEASURED = {
    "realmlp": "an optional extra",
    "tabpfn": "an optional extra, for small tables only",
    "fm": "its sampler is Podium's own: there is no bare library to hold it against",
}
