"""Ids that several columns make together: listed side by side in the sample submission, or put together as one text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

from pipeline.reading import joined_id
from pipeline.scaffold.guess import ID_NAME, TIME_NAME, listed, names_of, spaced

if TYPE_CHECKING:
    import pandas as pd

SEPARATORS = ("_", "-", ":", "|", " ", ".", "")
MOST_COLUMNS = 8
MOST_PARTS = 3
TRIED_ROWS = 20


@dataclass(frozen=True)
class MadeId:
    """The id's name, the columns that make it and what stands between them; no columns where there is none."""

    name: str = ""
    columns: tuple[str, ...] = ()
    separator: str = "_"
    why: str = ""


def counts_rows(sample: pd.DataFrame, rows: int) -> bool:
    """Whether the sample's first column counts the test rows up one by one, or is no id at all but a prediction."""
    import numpy as np
    import pandas as pd

    first = sample.iloc[:, 0]
    numbers = pd.to_numeric(first, errors="coerce").to_numpy()
    counted = bool(np.isfinite(numbers).all() and (np.diff(numbers) == 1).all())
    return len(sample) == rows and (counted or not first.is_unique)


def find_made_id(test: pd.DataFrame, sample: pd.DataFrame) -> MadeId:
    """The columns of the test file that name each row together, as the sample submission has them."""
    shared = [c for c in names_of(sample) if c in test.columns]
    if len(shared) > 1 and not any(part.duplicated(shared).any() for part in (test, sample)):
        why = f"the sample submission tells rows by {listed(shared)}"
        return MadeId("_".join(shared), tuple(shared), "_", why)
    return _joined(test, sample)


def _joined(test: pd.DataFrame, sample: pd.DataFrame) -> MadeId:
    """Two or three columns whose texts, put together, are the sample's first column."""
    first, head = names_of(sample)[0], test.head(TRIED_ROWS)
    wanted = set(sample[first])
    if len(wanted) != len(test):
        return MadeId()
    columns = sorted(names_of(test), key=lambda c: not (ID_NAME.search(spaced(c)) or TIME_NAME.search(spaced(c))))
    columns = [c for c in columns if test[c].notna().all()][:MOST_COLUMNS]
    orders = [parts for count in range(2, MOST_PARTS + 1) for parts in permutations(columns, count)]
    for parts in orders:
        for mark in SEPARATORS:
            if set(joined_id(head, list(parts), mark)) <= wanted and set(joined_id(test, list(parts), mark)) == wanted:
                between = f" with {mark!r} between them" if mark else ""
                why = f"the sample submission's {first} is {listed(list(parts))} put together{between}"
                return MadeId(first, parts, mark, why)
    return MadeId()
