"""How different two submissions are: what a second one adds to a first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.submission.lint import Rules


def difference(a: pd.DataFrame, b: pd.DataFrame, rules: Rules) -> float:
    """How differently two submissions answer, rows matched by id.

    Parameters
    ----------
    a, b : DataFrame of texts
        Submissions of one layout, as ``lint`` takes them.

    Returns
    -------
    float
        Numbers: one less Spearman's rank correlation, a mean over the columns; 0 is the same order, 1 is none in
        common. Labels, and the first of a ranking: the share of rows where they differ.
    """
    ours, theirs = _matched(a, b, rules)
    if rules.kind == "number":
        parts = [_apart(ours[name], theirs[name]) for name in ours]
    else:
        parts = [float((_first(ours[name]) != _first(theirs[name])).mean()) for name in ours]
    return float(np.mean(parts))


def same(a: pd.DataFrame, b: pd.DataFrame, rules: Rules) -> bool:
    """Whether two submissions answer the same in every row, however they are written."""
    ours, theirs = _matched(a, b, rules)
    if rules.kind != "number":
        return ours.equals(theirs)
    return bool(np.array_equal(ours.astype(np.float64).to_numpy(), theirs.astype(np.float64).to_numpy()))


def comparable(a: pd.DataFrame, b: pd.DataFrame, rules: Rules) -> bool:
    """Whether two submissions have the same columns and the same rows."""
    if list(a.columns) != list(b.columns) or len(a) != len(b):
        return False
    return rules.id is None or set(a[rules.id]) == set(b[rules.id])


def _matched(a: pd.DataFrame, b: pd.DataFrame, rules: Rules) -> tuple[pd.DataFrame, pd.DataFrame]:
    if rules.id is None:
        return a.reset_index(drop=True), b.reset_index(drop=True)
    ours, theirs = a.set_index(rules.id), b.set_index(rules.id)
    return ours, theirs.loc[ours.index]


def _apart(ours: pd.Series, theirs: pd.Series) -> float:
    first, second = (part.astype(np.float64).rank().to_numpy() for part in (ours, theirs))
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float(not np.array_equal(first, second))
    return float(1 - np.corrcoef(first, second)[0, 1])


def _first(values: pd.Series) -> pd.Series:
    return values.str.split().str[0].fillna("")
