"""Groups of rows that share any one of several keys: a key of keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.builders import GroupId
from pipeline.features.builder import Builder, Made, Need, Roles
from pipeline.features.keys import UNSEEN, Key


@dataclass
class GroupIds(Builder):
    """A category for each declared group identification.

    Fitted rows that share a tuple, directly or through others, have one group. A new row has the group of the first of
    its tuples that a fitted row has. A row without any such tuple is a group of its own, named by its ``row_id``.

    Parameters
    ----------
    declared : list of GroupId
        As declared.

    ``state``: ``groups``, for each entry a list of (``Key``, group by code).
    """

    declared: list[GroupId] = field(default_factory=list)
    name: ClassVar[str] = "group_ids"

    def needs(self) -> Iterator[Need]:
        """The columns of all tuples."""
        for number, entry in enumerate(self.declared):
            for place, columns in enumerate(entry.keys):
                yield Need(f"group_ids[{number}].keys[{place}]", columns)

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Join what shares a tuple."""
        self.state["groups"] = [_joined_groups(frame, entry.keys) for entry in self.declared]

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """The columns, ``g<number>`` or ``r<row_id>``."""
        for entry, learnt in zip(self.declared, self.state["groups"], strict=True):
            groups = np.full(len(frame), UNSEEN)
            for key, by_code in learnt:
                codes = _complete(frame, key)
                groups = np.where((groups == UNSEEN) & (codes != UNSEEN), by_code[codes], groups)
            alone = frame["row_id"].to_numpy(dtype=np.int64)
            names = np.where(
                groups == UNSEEN, np.char.add("r", alone.astype(str)), np.char.add("g", groups.astype(str))
            )
            source = ", ".join(dict.fromkeys(column for columns in entry.keys for column in columns))
            yield Made(entry.name, pd.Series(names, dtype="str"), source, "categorical")


def _complete(frame: pd.DataFrame, key: Key) -> np.ndarray:
    """Codes of the key, -1 where a value is missing too."""
    missing = frame[list(key.columns)].isna().any(axis=1).to_numpy()
    return np.where(missing, UNSEEN, key.codes(frame))


def _joined_groups(frame: pd.DataFrame, keys: list[list[str]]) -> list[tuple[Key, Any]]:
    """Connected components of the graph between rows and tuples, numbered by their first row."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    fitted = [Key.fit(frame, columns) for columns in keys]
    rows, tuples, first = [], [], len(frame)
    starts = []
    for key in fitted:
        codes = _complete(frame, key)
        rows.append(np.flatnonzero(codes != UNSEEN))
        tuples.append(first + codes[rows[-1]])
        starts.append(first)
        first += key.count
    ends = np.concatenate(rows), np.concatenate(tuples)
    _, labels = connected_components(coo_array((np.ones(len(ends[0])), ends), shape=(first, first)), directed=False)
    return [(key, labels[start : start + key.count]) for key, start in zip(fitted, starts, strict=True)]
