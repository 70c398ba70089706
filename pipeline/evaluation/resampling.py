"""What resampling did: class counts before and after, and the score with and without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd


def count_table(counts: Mapping[str, Any], classes: Sequence[str]) -> pd.DataFrame:
    """Rows of each class by fold, before and after.

    Parameters
    ----------
    counts : mapping
        ``oversample/counts.json``: ``method``, and by fold ``before`` and ``after``, mappings of class code to rows.

    Returns
    -------
    DataFrame
        ``fold``, ``label``, ``before``, ``after``; without rows where nothing was resampled.
    """
    lines = [
        {"fold": fold, "label": label, "before": _count(both, "before", code), "after": _count(both, "after", code)}
        for fold, both in sorted(counts.items(), key=lambda pair: pair[0] == "full")
        if isinstance(both, Mapping)
        for code, label in enumerate(classes)
    ]
    return pd.DataFrame(lines, columns=["fold", "label", "before", "after"])


def with_without_table(with_: Mapping[str, Sequence[float]], without: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """Scores of resampled models beside the same models without, paired by fold.

    Returns
    -------
    DataFrame
        ``model``, ``with``, ``with_se``, ``without``, ``without_se``, ``difference``, ``difference_se`` (of the paired
        differences over folds).
    """
    lines = []
    for model, plain in without.items():
        ours, theirs = np.asarray(with_[model], dtype=float), np.asarray(plain, dtype=float)
        line: dict[str, Any] = {"model": model}
        for name, values in (("with", ours), ("without", theirs), ("difference", ours - theirs)):
            line[name] = float(values.mean())
            line[f"{name}_se"] = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0
        lines.append(line)
    names = ["model", *(f"{n}{s}" for n in ("with", "without", "difference") for s in ("", "_se"))]
    return pd.DataFrame(lines, columns=names)


def _count(both: Mapping[str, Any], key: str, code: int) -> int:
    return int(both.get(key, {}).get(str(code), 0))
