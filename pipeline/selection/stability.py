"""How steadily selection chooses: which columns it keeps in every fold, and which were a close call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def stability_table(chosen: Mapping[str, Sequence[str]], scores: pd.DataFrame) -> pd.DataFrame:
    """How often selection kept each column.

    Parameters
    ----------
    chosen : mapping of str to sequence of str
        The kept columns by fold; ``full`` (the choice on all rows) does not count as a fold.
    scores : DataFrame
        ``fold``, ``column``, ``score`` of the method, which also name the columns that no fold kept.

    Returns
    -------
    DataFrame
        ``column``, ``kept`` (folds), ``folds``, ``share``, ``score`` (mean over folds; 0 for what was not judged),
        ``full`` (whether it is kept on all rows); the steadiest first.
    """
    import pandas as pd

    folds = {name: columns for name, columns in chosen.items() if name != "full"}
    counts = pd.Series([c for columns in folds.values() for c in columns], dtype="str").value_counts()
    mean = scores[scores["fold"] != "full"].groupby("column")["score"].mean()
    names = sorted({*counts.index, *mean.index, *chosen["full"]})
    table = pd.DataFrame({"column": names, "kept": [int(counts.get(n, 0)) for n in names], "folds": len(folds)})
    table["share"] = table["kept"] / max(len(folds), 1)
    table["score"] = table["column"].map(mean).astype("float64").fillna(0.0)
    table["full"] = table["column"].isin(chosen["full"])
    return table.sort_values(["share", "score", "column"], ascending=[False, False, True], ignore_index=True)


def steadiness(kept: Sequence[int], folds: int) -> float | None:
    """How far the folds agree, beyond chance: 1 where all keep the same columns, about 0 where they draw by lot.

    Parameters
    ----------
    kept : sequence of int
        For each column, the number of folds that keep it.
    folds : int
        The number of folds.

    Returns
    -------
    float or None
        None where all columns are kept, or none, in every fold: then there was nothing to choose.

    Notes
    -----
    Source: Nogueira, Sechidis and Brown, "On the stability of feature selection algorithms", JMLR 2018, equation 4.
    """
    if folds < 2 or not kept:
        return None
    shares = [count / folds for count in kept]
    mean = sum(shares) / len(shares)
    if mean in (0.0, 1.0):
        return None
    spread = sum(folds / (folds - 1) * share * (1 - share) for share in shares) / len(shares)
    return 1.0 - spread / (mean * (1 - mean))
