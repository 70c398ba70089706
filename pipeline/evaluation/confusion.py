"""The confusion matrix: which classes are taken for which."""

from __future__ import annotations

import numpy as np
import pandas as pd

OTHER = "other"


def confusion_table(target: np.ndarray, decided: np.ndarray, classes: tuple[str, ...], most: int = 20) -> pd.DataFrame:
    """Counts of true against decided classes.

    Parameters
    ----------
    target, decided : int arrays of shape (n,)
        Class codes.
    classes : tuple of str
        The labels in the order of their codes. Beyond ``most`` of them, the rarest are pooled as ``other``.

    Returns
    -------
    DataFrame
        One row for each pair: ``actual``, ``predicted``, ``rows``, ``share`` (of the rows of that actual class; 0 for a
        class without rows).
    """
    counts = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(counts, (target, decided), 1)
    counts, labels = _pooled(counts, classes, most)
    totals = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
    grid = pd.MultiIndex.from_product([labels, labels], names=["actual", "predicted"])
    return pd.DataFrame({"rows": counts.ravel(), "share": share.ravel()}, index=grid).reset_index()


def _pooled(counts: np.ndarray, classes: tuple[str, ...], most: int) -> tuple[np.ndarray, list[str]]:
    if len(classes) <= most:
        return counts, list(classes)
    kept = np.sort(np.argsort(-counts.sum(axis=1), kind="stable")[: most - 1])
    place = np.full(len(classes), most - 1)
    place[kept] = np.arange(most - 1)
    pooled = np.zeros((most, most), dtype=np.int64)
    np.add.at(pooled, (place[:, None], place[None, :]), counts)
    return pooled, [*(classes[k] for k in kept), OTHER]
