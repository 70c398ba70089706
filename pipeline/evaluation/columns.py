"""Columns: how much each model leans on them, and how steadily selection keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd


def importance_table(by_model: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Importances as shares of each model's own total, which alone compare between models.

    The levels of a one-hot column, ``Deck=A`` and so on, are summed under its own name: other models eat it whole.

    Parameters
    ----------
    by_model : mapping of str to DataFrame
        ``column`` and ``importance``; models without any may come with an empty table.

    Returns
    -------
    DataFrame
        ``model``, ``column``, ``share`` in [0, 1], the most important first within each model.
    """
    parts = [pd.DataFrame({"model": [], "column": [], "share": []}).astype({"model": "str", "column": "str"})]
    for model, table in by_model.items():
        size = table["importance"].abs() if len(table) else pd.Series(dtype="float64")
        if size.sum() > 0:
            whole = table["column"].astype("str").str.replace(r"(?<=.)=.*", "", regex=True)
            share = (size / size.sum()).groupby(whole, sort=False).sum()
            part = share.rename_axis("column").rename("share").reset_index().assign(model=model)[list(parts[0])]
            parts.append(part.sort_values(["share", "column"], ascending=[False, True]))
    return pd.concat(parts, ignore_index=True)


def leading_columns(importances: pd.DataFrame, most: int) -> list[str]:
    """The columns with the largest mean share over the models."""
    models = max(importances["model"].nunique(), 1)
    mean = importances.groupby("column")["share"].sum().div(models).reset_index()
    return mean.sort_values(["share", "column"], ascending=[False, True])["column"].head(most).tolist()


def stability_table(chosen: Mapping[str, Sequence[str]], scores: pd.DataFrame | None) -> pd.DataFrame:
    """How often selection kept each column.

    Parameters
    ----------
    chosen : mapping of str to sequence of str
        The kept columns by fold; ``full`` (the fit on all rows) does not count as a fold.
    scores : DataFrame or None
        ``fold``, ``column``, ``score`` of the method, which also name the columns that no fold kept.

    Returns
    -------
    DataFrame
        ``column``, ``kept`` (folds), ``folds``, ``share``, ``score`` (mean over folds; 0 without scores); the steadiest
        first.
    """
    folds = {name: columns for name, columns in chosen.items() if name != "full"}
    counts = pd.Series([c for columns in folds.values() for c in columns], dtype="str").value_counts()
    mean = pd.Series(dtype="float64")
    if scores is not None:
        mean = scores[scores["fold"] != "full"].groupby("column")["score"].mean()
    names = sorted({*counts.index, *mean.index})
    table = pd.DataFrame({"column": names, "kept": [int(counts.get(n, 0)) for n in names], "folds": len(folds)})
    table["share"] = table["kept"] / max(len(folds), 1)
    table["score"] = table["column"].map(mean).astype("float64").fillna(0.0)
    return table.sort_values(["share", "score", "column"], ascending=[False, False, True], ignore_index=True)
