"""Where a row stands among the rows of the same key, in the order of time: counts so far, and recency."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.builders import Occurrence
from pipeline.features.builder import Builder, Made, Need, Roles
from pipeline.features.keys import Key
from pipeline.features.moments import count_before, moments


@dataclass
class Occurrences(Builder):
    """Rows before and after, time since the previous and until the next, among the fitted rows of the same key.

    A fitted row does not count itself: it is known by its ``row_id``, which also orders rows of the same time. A row of
    a new key stands alone. Without a time, all is missing.

    Parameters
    ----------
    declared : list of Occurrence
        As declared.

    ``state``: ``rows``, for each entry the ``key`` and the fitted rows' ``group``, ``time`` and ``row_id``, sorted.
    """

    declared: list[Occurrence] = field(default_factory=list)
    name: ClassVar[str] = "occurrences"

    def needs(self) -> Iterator[Need]:
        """The keys and the times."""
        for number, entry in enumerate(self.declared):
            yield Need(f"occurrences[{number}].by", entry.by)
            yield Need(f"occurrences[{number}].time", [entry.time], "time")

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Put the rows in order."""
        self.state["rows"] = [_ordered(frame, entry) for entry in self.declared]

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<by>_before``, ``<by>_after``, ``<by>_previous`` and ``<by>_next``."""
        for entry, fitted in zip(self.declared, self.state["rows"], strict=True):
            placed = _placed(frame, entry, fitted)
            for what in entry.make:
                source = ", ".join([*entry.by, entry.time])
                yield Made(f"{'_'.join(entry.by)}_{what}", placed[what], source)


def _ordered(frame: pd.DataFrame, entry: Occurrence) -> dict[str, Any]:
    key = Key.fit(frame, entry.by)
    group, time, row_id = key.codes(frame), moments(frame[entry.time]), frame["row_id"].to_numpy()
    order = np.lexsort([row_id, time, group])
    order = order[~np.isnan(time[order])]
    return {"key": key, "group": group[order], "time": time[order], "row_id": row_id[order]}


def _placed(frame: pd.DataFrame, entry: Occurrence, fitted: dict[str, Any]) -> dict[str, np.ndarray]:
    group, time, row_id = fitted["key"].codes(frame), moments(frame[entry.time]), frame["row_id"].to_numpy()
    # one row of no group at the end: what lies beyond the last row is nobody's
    groups, times, ids = (np.append(fitted[name], -2) for name in ("group", "time", "row_id"))
    here = count_before([fitted[name] for name in ("group", "time", "row_id")], [group, time, row_id])
    itself = (groups[here] == group) & (times[here] == time) & (ids[here] == row_id)
    later = here + itself
    previous = np.where(groups[here - 1] == group, time - times[here - 1], np.nan)
    following = np.where(groups[later] == group, times[later] - time, np.nan)
    first, last = (np.searchsorted(fitted["group"], group, side=side) for side in ("left", "right"))
    missing = np.isnan(time)
    columns = {"before": here - first, "after": last - later, "previous": previous, "next": following}
    return {name: np.where(missing, np.nan, values) for name, values in columns.items()}
