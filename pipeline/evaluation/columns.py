"""Columns: how much each model leans on them."""

from __future__ import annotations

from collections.abc import Mapping

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
