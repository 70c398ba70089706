"""Rows that a declared expression picks out of a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.core.errors import PodiumError, nearest

if TYPE_CHECKING:
    import pandas as pd


def matching(competition: str, key: str, frame: pd.DataFrame, query: str, rows: str) -> pd.Index:
    """The index of the rows where a ``pandas.DataFrame.query`` expression holds.

    Parameters
    ----------
    competition, key : str
        Whose declaration it is and where it stands, for errors.
    query : str
        Over the frame's columns.
    rows : str
        What the rows are, for errors: ``the training rows``.

    Raises
    ------
    PodiumError
        Where the expression names a column that is not there, or gives no true or false for each row.
    """
    import pandas as pd

    where = f"competitions/{competition}/competition.yaml"
    try:
        return frame.query(query, engine="python").index
    except pd.errors.UndefinedVariableError as error:
        name = (re.findall(r"'([^']*)'", str(error)) or [query])[0]
        allowed, step = f"names a column that {rows} lack", nearest(name, [str(c) for c in frame.columns])
        raise PodiumError(competition, key, allowed, got=repr(name), where=where, step=step) from error
    except (SyntaxError, TypeError, ValueError, KeyError, AttributeError, NotImplementedError) as error:
        allowed, reason = "must be a query that gives true or false for each row", str(error).split("\n")[0]
        raise PodiumError(competition, key, allowed, got=f"{query!r}: {reason}", where=where) from error
