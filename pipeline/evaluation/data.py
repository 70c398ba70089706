"""The data behind the scores: the target's distribution, and columns level by level against the target and the test."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipeline.evaluation.scored import Scored
from pipeline.evaluation.slices import levels_of

BINS = 40


def target_table(scored: Scored) -> pd.DataFrame:
    """How the target is distributed: rows by ``label``, or by bins of the values.

    Returns
    -------
    DataFrame
        ``label``, ``low``, ``high`` (NaN for classes) and ``rows``. Values of a metric that takes logarithms are binned
        by them, where all are above zero.
    """
    if scored.classes:
        rows = np.bincount(scored.target.astype(np.int64), minlength=len(scored.classes))
        return pd.DataFrame({"label": list(scored.classes), "low": np.nan, "high": np.nan, "rows": rows})
    values = scored.target.astype(np.float64)
    logarithmic = scored.metric.facts.transform != "identity" and values.min() > 0
    counts, edges = np.histogram(np.log(values) if logarithmic else values, BINS)
    edges = np.exp(edges) if logarithmic else edges
    return pd.DataFrame({"label": "", "low": edges[:-1], "high": edges[1:], "rows": counts})


def level_table(scored: Scored, train: Mapping[str, pd.Series], test: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Columns level by level.

    Parameters
    ----------
    train, test : mapping of str to Series
        The same columns of the training and the test rows.

    Returns
    -------
    DataFrame
        ``column``, ``position``, ``level``, ``train`` and ``test`` (the share of either's rows), and ``target`` with
        ``se``: its mean, for two classes the share of the positive one; NaN for more classes, or where no row is.
    """
    parts = [_levels(name, values, test[name], scored) for name, values in train.items()]
    return pd.concat(parts, ignore_index=True)


def class_table(scored: Scored, train: Mapping[str, pd.Series]) -> pd.DataFrame:
    """The classes' shares of the training rows by level of each column, where there are more than two classes.

    Returns
    -------
    DataFrame
        ``column``, ``position``, ``level``, ``label``, ``share`` (of the level's rows); no lines for fewer classes.
    """
    lines = []
    for name, values in train.items() if len(scored.classes) > 2 else ():
        codes, levels = levels_of(values)
        counts = np.zeros((len(levels), len(scored.classes)))
        np.add.at(counts, (codes, scored.target.astype(np.int64)), 1)
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        lines += [(name, k, level, label, shares[k, c]) for k, level in enumerate(levels)
                  for c, label in enumerate(scored.classes)]  # fmt: skip
    table = pd.DataFrame(lines, columns=["column", "position", "level", "label", "share"])
    return table.astype({"column": "str", "level": "str", "label": "str", "share": "float64"})


def _levels(name: str, train: pd.Series, test: pd.Series, scored: Scored) -> pd.DataFrame:
    codes, levels = levels_of(pd.concat([train, test], ignore_index=True))
    count = [np.bincount(part, minlength=len(levels)) for part in (codes[: len(train)], codes[len(train) :])]
    frame = pd.DataFrame({"column": name, "position": range(len(levels)), "level": levels})
    frame["train"], frame["test"] = (part / max(part.sum(), 1) for part in count)
    if len(scored.classes) > 2:
        return frame.assign(target=np.nan, se=np.nan)
    grouped = pd.Series(scored.target.astype(np.float64)).groupby(codes[: len(train)])
    known = pd.DataFrame({"target": grouped.mean(), "se": grouped.std(ddof=1) / np.sqrt(grouped.size())})
    return frame.join(known.reindex(range(len(levels))))
