"""Inner folds for the methods that judge themselves: the outer folds of the rows they are given."""

from __future__ import annotations

import numpy as np

from pipeline.ensembles import Members, Table

FOLDS = 4


def inner_folds(members: Members, seed: int) -> np.ndarray:
    """The inner fold of each row, int of shape (n,): its outer fold, so that groups and times stay apart.

    Rows whose folds are not known, or are all the same, are dealt out at random into four.
    """
    rows = len(next(iter(members.values())))
    if isinstance(members, Table) and len(np.unique(members.fold)) > 1:
        return members.fold
    return np.random.default_rng(seed).permutation(np.arange(rows) % FOLDS)
