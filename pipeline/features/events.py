"""Time since the last and until the next event within a group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.builders import Event
from pipeline.features.builder import Builder, Made, Need, Roles
from pipeline.features.keys import Key
from pipeline.features.moments import DAY, count_before, group_codes, moments
from pipeline.features.words import words


@dataclass
class Events(Builder):
    """Days, or the time column's own unit, since the last and until the next fitted row with the event.

    Parameters
    ----------
    declared : list of Event
        As declared.

    ``state``: ``events``, for each entry the ``key`` (None without groups) and the events' ``group`` and ``time``.
    """

    declared: list[Event] = field(default_factory=list)
    name: ClassVar[str] = "events"

    def needs(self) -> Iterator[Need]:
        """The events, the groups and the times."""
        for number, entry in enumerate(self.declared):
            yield Need(f"events[{number}].column", [entry.column])
            yield Need(f"events[{number}].by", entry.by)
            yield Need(f"events[{number}].time", [entry.time], "time")

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Put the events in order."""
        self.state["events"] = [_ordered(frame, entry) for entry in self.declared]

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<name>_since`` and ``<name>_until``."""
        for entry, fitted in zip(self.declared, self.state["events"], strict=True):
            group, time = group_codes(fitted["key"], frame), moments(frame[entry.time])
            unit = DAY if pd.api.types.is_datetime64_any_dtype(frame[entry.time]) else 1.0
            source = ", ".join([entry.column, *entry.by, entry.time])
            for what in entry.make:
                values = _distance(fitted, group, time, what == "since") / unit
                if entry.most is not None:
                    values = np.where(np.isnan(time), np.nan, np.fmin(values, entry.most))
                yield Made(f"{entry.name or entry.column}_{what}", values, source)


def _ordered(frame: pd.DataFrame, entry: Event) -> dict[str, Any]:
    wanted = {str(int(value)) if isinstance(value, float) and value % 1 == 0 else str(value) for value in entry.values}
    happened = words(frame[entry.column]).isin(wanted).to_numpy() & frame[entry.time].notna().to_numpy()
    rows = frame[happened]
    key = Key.fit(rows, entry.by) if entry.by and len(rows) else None
    group, time = group_codes(key, rows), moments(rows[entry.time])
    order = np.lexsort([time, group])
    return {"key": key, "group": group[order], "time": time[order]}


def _distance(fitted: dict[str, Any], group: np.ndarray, time: np.ndarray, backward: bool) -> np.ndarray:
    groups, times = np.append(fitted["group"], -2), np.append(fitted["time"], np.nan)
    place = count_before((fitted["group"], fitted["time"]), (group, time), ties=backward) - backward
    distance = time - times[place] if backward else times[place] - time
    return np.where(groups[place] == group, distance, np.nan)
