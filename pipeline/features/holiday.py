"""Public holidays, by the package ``holidays``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.builders import Holidays
from pipeline.features.builder import Builder, Made, Need, Roles, Unfit


@dataclass
class PublicHolidays(Builder):
    """Whether a date is a public holiday, and the days since the last and until the next one.

    Nothing is learnt from the rows: the calendar is looked up for the years that are asked for.

    Parameters
    ----------
    declared : list of Holidays
        As declared.
    """

    declared: list[Holidays] = field(default_factory=list)
    name: ClassVar[str] = "holidays"

    def needs(self) -> Iterator[Need]:
        """The dates."""
        for number, entry in enumerate(self.declared):
            yield Need(f"holidays[{number}].column", [entry.column], "date")

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn nothing, but see that there is such a calendar."""
        from holidays import country_holidays

        for number, entry in enumerate(self.declared):
            try:
                country_holidays(entry.country, subdiv=entry.subdivision)
            except NotImplementedError as error:
                raise Unfit(
                    f"holidays[{number}]",
                    "must name a country, and a subdivision, by the package's codes",
                    ", ".join(filter(None, [entry.country, entry.subdivision])),
                ) from error

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<column>_holiday``, ``<column>_holiday_since`` and ``<column>_holiday_until``."""
        for entry in self.declared:
            dates = frame[entry.column]
            missing = dates.isna().to_numpy()
            days = dates.dt.floor("D").to_numpy(dtype="datetime64[D]").astype(np.int64)
            known = days[~missing]
            calendar = _calendar(entry, known)
            place = np.searchsorted(calendar, known)
            since = known - calendar[np.searchsorted(calendar, known, side="right") - 1]
            made = {"": calendar[place] == known, "_since": since, "_until": calendar[place] - known}
            for suffix, values in made.items():
                column = np.full(len(dates), np.nan)
                column[~missing] = values
                yield Made(f"{entry.column}_holiday{suffix}", column, entry.column)


def _calendar(entry: Holidays, days: np.ndarray) -> np.ndarray:
    """The holidays from the year before the first day to the year after the last, in days since 1970, sorted."""
    from holidays import country_holidays

    if len(days) == 0:
        return np.zeros(1, dtype=np.int64)
    years = days[[days.argmin(), days.argmax()]].astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    found = country_holidays(entry.country, subdiv=entry.subdivision, years=range(years[0] - 1, years[1] + 2))
    return np.sort(np.array(list(found), dtype="datetime64[D]").astype(np.int64))
