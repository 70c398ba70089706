"""Boosted trees as judges of columns: what the methods that fit trees share."""

from __future__ import annotations

from typing import Any

import numpy as np

from pipeline.selection import Judged

SMALL = 200_000


def boosted_trees(judged: Judged, rounds: int) -> Any:
    """Unfitted LightGBM trees that give the same gains whatever the number of threads.

    Each tree sees half of the columns, so that of columns that tell the same none hides the others.
    """
    from lightgbm import LGBMClassifier, LGBMRegressor

    # On small tables threads wait for one another longer than they work, and on a busy machine very much longer.
    threads = judged.threads if judged.X.size > SMALL else 1
    return (LGBMRegressor if judged.task == "regression" else LGBMClassifier)(
        n_estimators=rounds,
        learning_rate=0.05,
        num_leaves=15,
        min_child_samples=max(2, min(20, len(judged.y) // 20)),
        colsample_bytree=0.5,
        importance_type="gain",
        random_state=judged.seed,
        n_jobs=threads,
        deterministic=True,
        force_col_wise=True,
        verbosity=-1,
    )


def gains(judged: Judged, y: np.ndarray, rounds: int) -> np.ndarray:
    """Each column's total gain in trees fitted to ``y``."""
    return np.asarray(boosted_trees(judged, rounds).fit(judged.X, y).feature_importances_, dtype=np.float64)
