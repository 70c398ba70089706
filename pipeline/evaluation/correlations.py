"""How columns go together: rank correlations of numbers, associations of categories, the target among each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.evaluation.scored import Scored

TARGET = "the target"
MOST_ROWS, MOST_NUMBERS, MOST_CATEGORIES, LEVELS = 20_000, 15, 10, 30


def sample_rows(rows: int) -> np.ndarray:
    """Positions of at most 20,000 rows, at even distances, so that all times are among them."""
    return np.unique(np.linspace(0, rows - 1, min(rows, MOST_ROWS)).astype(np.int64))


def correlation_table(scored: Scored, frame: pd.DataFrame, leading: Iterable[str]) -> pd.DataFrame:
    """Spearman's rank correlation of every two numeric columns, the target first where it has an order.

    Parameters
    ----------
    scored : Scored
        The target; of two classes it is 1 for the positive one, of more it takes no part.
    frame : DataFrame of n rows
        The features of the training rows.
    leading : iterable of str
        Their names, the most important first; at most 15 numeric ones are taken, of more than one value each.

    Returns
    -------
    DataFrame
        ``column``, ``other``, ``correlation`` in [−1, 1] (NaN where two are never known together), both ways round.
    """
    rows = sample_rows(len(frame))
    numbers = [name for name in leading if pd.api.types.is_numeric_dtype(frame[name])]
    varied = [name for name in numbers if frame[name].iloc[rows].nunique() > 1][:MOST_NUMBERS]
    table = frame[varied].iloc[rows].reset_index(drop=True).astype("float64")
    if len(scored.classes) <= 2:
        table.insert(0, TARGET, scored.target[rows].astype(np.float64))
    found, names = table.rank().corr(min_periods=3).to_numpy(), [str(name) for name in table]
    pairs = {(a, b): float(found[i, j]) for i, a in enumerate(names) for j, b in enumerate(names)}
    return _long(pairs, "correlation")


def association_table(scored: Scored, frame: pd.DataFrame, leading: Iterable[str]) -> pd.DataFrame:
    """How far one tells of the other, for every two categories and the target, from 0 to 1.

    Two categories, or a category and classes: Cramér's V; a category and values: the correlation ratio. Both are
    corrected for what many levels reach by chance. A missing value is a level; levels beyond the 30 most frequent are
    one.

    Parameters
    ----------
    scored, frame, leading
        As ``correlation_table`` takes them; at most 10 categories are taken.

    Returns
    -------
    DataFrame
        ``column``, ``other``, ``association``, both ways round; no lines where no column is a category.

    References
    ----------
    Bergsma (2013), A bias-correction for Cramér's V and Tschuprow's T; Kelley (1935), An unbiased correlation ratio
    measure.
    """
    rows = sample_rows(len(frame))
    names = [name for name in leading if not pd.api.types.is_numeric_dtype(frame[name])]
    codes = {name: _codes(frame[name].iloc[rows]) for name in names}
    codes = dict([pair for pair in codes.items() if pair[1].max() > 0][:MOST_CATEGORIES])
    target = scored.target[rows]
    found: dict[tuple[str, str], float] = {}
    for place, (name, own) in enumerate(codes.items()):
        ties = cramers_v(own, target.astype(np.int64)) if scored.classes else correlation_ratio(own, target)
        found |= {(TARGET, name): ties, (name, TARGET): ties, (name, name): 1.0}
        for other, theirs in list(codes.items())[:place]:
            found[name, other] = found[other, name] = cramers_v(own, theirs)
    whole = found | {(TARGET, TARGET): 1.0}
    order = [TARGET, *codes] if codes else []
    return _long({(a, b): whole[a, b] for a in order for b in order}, "association")


def cramers_v(one: np.ndarray, other: np.ndarray) -> float:
    """Cramér's V of two codings of the same rows, corrected for bias; 0 where either has one level.

    >>> cramers_v(np.array([0, 0, 1, 1] * 50), np.array([0, 0, 1, 1] * 50))
    1.0
    """
    counts = np.zeros((int(one.max()) + 1, int(other.max()) + 1))
    np.add.at(counts, (one, other), 1)
    counts = counts[counts.any(axis=1)][:, counts.any(axis=0)]
    rows, (r, c) = counts.sum(), counts.shape
    if min(r, c) < 2 or rows < 2:
        return 0.0
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / rows
    phi = float(((counts - expected) ** 2 / expected).sum() / rows) - (r - 1) * (c - 1) / (rows - 1)
    most = min(r - (r - 1) ** 2 / (rows - 1), c - (c - 1) ** 2 / (rows - 1)) - 1
    return round(float(np.sqrt(np.clip(phi / most, 0.0, 1.0))), 9) if most > 0 else 0.0


def correlation_ratio(codes: np.ndarray, values: np.ndarray) -> float:
    """The square root of the share of the values' variance that lies between levels, corrected for their number."""
    counts = np.bincount(codes)
    known = counts > 0
    total = float(((values - values.mean()) ** 2).sum())
    if known.sum() < 2 or total == 0 or len(values) <= known.sum():
        return 0.0
    means = np.bincount(codes, values)[known] / counts[known]
    between = float((counts[known] * (means - values.mean()) ** 2).sum())
    corrected = 1 - (1 - between / total) * (len(values) - 1) / (len(values) - known.sum())
    return float(np.sqrt(np.clip(corrected, 0.0, 1.0)))


def _codes(values: pd.Series) -> np.ndarray:
    """Each row's level as a number from 0, the most frequent first; what is rare is one, what is missing another."""
    texts = values.astype("str").where(values.notna(), "")
    frequent = pd.Index(texts.value_counts(sort=True).index[:LEVELS])
    codes = frequent.get_indexer(pd.Index(texts))
    return np.unique(np.where(codes < 0, LEVELS, codes), return_inverse=True)[1]


def _long(found: Mapping[tuple[str, str], float], name: str) -> pd.DataFrame:
    pairs: Sequence[tuple[str, str, float]] = [(a, b, value) for (a, b), value in found.items()]
    table = pd.DataFrame(pairs, columns=["column", "other", name])
    return table.astype({"column": "str", "other": "str", name: "float64"})
