"""Each column's distribution in train against that in test.

PSI (population stability index) over ten bins of train or the most frequent levels: by the trade's rule of thumb
below 0.1 is stable, above 0.25 a shift. Numbers are tested by Kolmogorov and Smirnov's two-sample statistic
(asymptotic p value), levels by Pearson's chi-squared of homogeneity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

_BINS = 10
_LEVELS = 20
_LEAST_EXPECTED = 5.0
_HALF = 0.5


def drift_table(train: pd.DataFrame, test: pd.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    """One line a column.

    Parameters
    ----------
    train, test : DataFrame
        The feature tables.
    kinds : mapping of str to kind
        The columns to look at: ``numeric``, or another kind for categories.

    Returns
    -------
    DataFrame
        ``column``, ``kind``, ``psi``, ``test`` (``ks`` or ``chi2``), ``statistic``, ``p_value``, ``missing_train`` and
        ``missing_test`` (shares), ``mean_train``, ``mean_test``, ``std_train`` (NaN for levels), ``unseen`` (the
        share of test rows whose level train lacks; NaN for numbers). The largest PSI first.
    """
    lines = []
    for name, kind in kinds.items():
        ours, theirs = train[name], test[name]
        line = {"column": name, "kind": kind, "missing_train": ours.isna().mean(), "missing_test": theirs.isna().mean()}
        numeric = kind == "numeric"
        lines.append(line | (_numbers(_floats(ours), _floats(theirs)) if numeric else _levels(ours, theirs)))
    names = ["column", "kind", "psi", "test", "statistic", "p_value", "missing_train", "missing_test"]
    table = pd.DataFrame(lines, columns=[*names, "mean_train", "mean_test", "std_train", "unseen"])
    return table.sort_values(["psi", "column"], ascending=[False, True], ignore_index=True)


def stability_index(train: np.ndarray, test: np.ndarray) -> float:
    """PSI of two arrays of counts by bin; half a row is added to each bin, so that none is empty."""
    ours, theirs = ((counts + _HALF) / (counts.sum() + _HALF * len(counts)) for counts in (train, test))
    return float(((theirs - ours) * np.log(theirs / ours)).sum())


def kolmogorov_smirnov(train: np.ndarray, test: np.ndarray) -> tuple[float, float]:
    """The largest distance of the two distribution functions, and its asymptotic two-sided p value."""
    from scipy.special import kolmogorov

    ours, theirs = np.sort(train), np.sort(test)
    every = np.concatenate([ours, theirs])
    above = np.searchsorted(ours, every, "right") / len(ours) - np.searchsorted(theirs, every, "right") / len(theirs)
    distance = float(np.abs(above).max())
    effective = np.sqrt(len(ours) * len(theirs) / (len(ours) + len(theirs)))
    return distance, float(kolmogorov(effective * distance))


def chi_squared(train: np.ndarray, test: np.ndarray) -> tuple[float, float]:
    """Pearson's statistic of homogeneity for two arrays of counts, and its p value; rare bins are put together."""
    from scipy.special import chdtrc

    both = np.vstack([train, test]).astype(np.float64)
    both = both[:, both.sum(axis=0) > 0]
    expected = np.outer(both.sum(axis=1), both.sum(axis=0)) / both.sum()
    rare = expected.min(axis=0) < _LEAST_EXPECTED
    if rare.any():
        both = np.column_stack([both[:, ~rare], both[:, rare].sum(axis=1)])
        expected = np.column_stack([expected[:, ~rare], expected[:, rare].sum(axis=1)])
    statistic = float(((both - expected) ** 2 / expected).sum())
    freedom = both.shape[1] - 1
    return statistic, float(chdtrc(freedom, statistic)) if freedom else 1.0


def _floats(values: pd.Series) -> np.ndarray:
    floats: np.ndarray = values.to_numpy(dtype=np.float64)
    return floats


def _numbers(train: np.ndarray, test: np.ndarray) -> dict[str, Any]:
    ours, theirs = train[~np.isnan(train)], test[~np.isnan(test)]
    if len(ours) == 0 or len(theirs) == 0:
        counts = [np.array([len(known), len(every) - len(known)]) for every, known in ((train, ours), (test, theirs))]
        statistic, p_value = chi_squared(*counts)
        return {"psi": stability_index(*counts), "test": "chi2", "statistic": statistic, "p_value": p_value}
    edges = np.unique(np.quantile(ours, np.linspace(0, 1, _BINS + 1)[1:-1]))
    counts = [_binned(every, known, edges) for every, known in ((train, ours), (test, theirs))]
    statistic, p_value = kolmogorov_smirnov(ours, theirs)
    means = {"mean_train": ours.mean(), "mean_test": theirs.mean(), "std_train": ours.std()}
    return {"psi": stability_index(*counts), "test": "ks", "statistic": statistic, "p_value": p_value, **means}


def _binned(every: np.ndarray, known: np.ndarray, edges: np.ndarray) -> np.ndarray:
    inside = np.bincount(np.searchsorted(edges, known, side="left"), minlength=len(edges) + 1)
    missing = len(every) - len(known)
    return np.append(inside, missing)


def _levels(train: pd.Series, test: pd.Series) -> dict[str, Any]:
    count = len(train.cat.categories)
    ours, theirs = (np.bincount(part.cat.codes + 1, minlength=count + 1) for part in (train, test))
    unseen = float(theirs[1:][ours[1:] == 0].sum() / max(1, len(test)))
    order = np.argsort(-ours[1:], kind="stable") + 1
    top, rest = order[:_LEVELS], order[_LEVELS:]
    binned = [np.concatenate([part[top], [part[rest].sum(), part[0]]]) for part in (ours, theirs)]
    statistic, p_value = chi_squared(*binned)
    return {
        "psi": stability_index(*binned),
        "test": "chi2",
        "statistic": statistic,
        "p_value": p_value,
        "unseen": unseen,
    }
