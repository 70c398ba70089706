"""The features of a store's day: its promotions, its competitor, its closures, the region it lies in."""

from __future__ import annotations

import numpy as np
import pandas as pd
from dateutil.easter import easter

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")
CLOSED_FOR_LONG, FORTNIGHT = 7, 14
CARNIVAL = {-52: "Thursday", -48: "Monday", -47: "Tuesday"}  # by days from Easter Sunday
SUNDAY = 6


def add(frame: pd.DataFrame) -> pd.DataFrame:
    """Add what the store's own record and its calendar say of each day; the calendar of the test file is known too.

    Parameters
    ----------
    frame : DataFrame
        The cleaned days of train and test together, without the target.

    Returns
    -------
    DataFrame
        The same rows with ``CompetitionMonths``, the months since the competitor opened; ``Promo2Weeks``, the weeks
        since the store joined the recurring promotion, ``Promo2Month``, the month of its present round from 0 on, and
        ``Promo2Begins``, whether a round begins in this month; ``Month``, ``Day``, ``DaysToMonthEnd``; ``Shut``,
        whether the store is closed though it is no Sunday; ``Carnival``, which of its high days it is, if any;
        ``Promo``, ``School`` and ``Open``, each with ``Days_last`` and ``Days_next``, how many such days the week
        before and the week after have; ``Region``, stores that share all school holidays; ``ReopenedDays`` and
        ``ClosedDays``, the days since a closure of a week or longer, and its length; ``ClosingDays``, the days until
        the next such closure.
    """
    store, day = pd.factorize(frame["Store"], sort=True)[0], (frame["Date"] - frame["Date"].min()).dt.days.to_numpy()
    made = {**_competition(frame), **_promo2(frame), **_windows(frame, store, day), **_closures(frame, store, day)}
    date = frame["Date"].dt
    made |= {"Month": date.month, "Day": date.day, "DaysToMonthEnd": date.days_in_month - date.day}
    shut = ((frame["Open"] == 0) & (date.day_of_week < SUNDAY)).astype("float64")
    return frame.assign(**made, Shut=shut, Carnival=_carnival(frame["Date"]), Region=_regions(frame, store, day))


def _competition(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Months since the competitor opened, below 0 before it did; missing where nobody knows."""
    year, month = frame["CompetitionOpenSinceYear"], frame["CompetitionOpenSinceMonth"]
    months = 12 * (frame["Date"].dt.year - year) + frame["Date"].dt.month - month
    return {"CompetitionMonths": months.clip(lower=-12, upper=240)}


def _carnival(dates: pd.Series) -> pd.Series:
    """The high days of Carnival, on which stores along the Rhine sell a fifth of the usual; other days are "none"."""
    feast = dates.dt.year.map({year: pd.Timestamp(easter(year)) for year in dates.dt.year.unique()})
    return (dates - feast).dt.days.map(CARNIVAL).fillna("none").astype("str")


def _promo2(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Promo2 comes in rounds, of three months mostly; ``PromoInterval`` names the months in which one begins."""
    calendar = frame["Date"].dt.isocalendar()
    years = calendar["year"].astype("float64") - frame["Promo2SinceYear"]
    weeks = 52 * years + calendar["week"].astype("float64") - frame["Promo2SinceWeek"]
    month, into = frame["Date"].dt.month.to_numpy(), np.full(len(frame), np.nan)
    for interval in frame["PromoInterval"].dropna().unique():
        begins = np.array([MONTHS.index(name) + 1 for name in interval.split(",")])
        own = (frame["PromoInterval"] == interval).to_numpy()
        into[own] = ((month[own, None] - begins) % 12).min(axis=1)
    running = pd.Series(into, frame.index).where(weeks >= 0)
    begins_now = (running == 0).astype("float64")
    return {"Promo2Weeks": weeks.clip(lower=-1), "Promo2Month": running, "Promo2Begins": begins_now}


def _table(values: pd.Series, store: np.ndarray, day: np.ndarray) -> np.ndarray:
    """A column as a table of stores by days; 0 where a store has no row."""
    cells = np.zeros((store.max() + 1, day.max() + 1), dtype=np.float32)
    cells[store, day] = values
    return cells


def _windows(frame: pd.DataFrame, store: np.ndarray, day: np.ndarray) -> dict[str, np.ndarray]:
    """Days of the week before and of the week after; beyond the calendar's ends its last fortnight is repeated.

    Promotions come every other week: counted as none, the days after the test file would look like a long holiday.
    """
    made = {}
    for column, name in (("Promo", "Promo"), ("SchoolHoliday", "School"), ("Open", "Open")):
        cells = _table(frame[column], store, day)
        whole = np.concatenate([cells[:, :FORTNIGHT], cells, cells[:, -FORTNIGHT:]], axis=1)[:, 6:-7]
        total = whole.cumsum(axis=1)
        made[f"{name}Days_last"] = (total[:, 7:-8] - total[:, :-15])[store, day]
        made[f"{name}Days_next"] = (total[:, 15:] - total[:, 8:-7])[store, day]
    return made


def _closures(frame: pd.DataFrame, store: np.ndarray, day: np.ndarray) -> dict[str, np.ndarray]:
    """Closures of a week or longer, for refurbishment mostly; days without a row count as closed."""
    opened = _table(frame["Open"], store, day) > 0
    since, length = _since_closure(opened)
    until = _since_closure(opened[:, ::-1])[0][:, ::-1]
    return {
        "ReopenedDays": since[store, day],
        "ClosedDays": length[store, day],
        "ClosingDays": until[store, day],
    }


def _since_closure(opened: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Days since the last long closure ended, and its length in days; missing where there was none."""
    days = np.arange(opened.shape[1])
    last = np.maximum.accumulate(np.where(opened, days, -1), axis=1)
    before = np.concatenate([np.full((len(opened), 1), -1), last[:, :-1]], axis=1)
    gap = np.where(opened & (before >= 0), days - before - 1, 0)
    ended = np.maximum.accumulate(np.where(gap >= CLOSED_FOR_LONG, days, -1), axis=1)
    length = np.take_along_axis(gap, np.maximum(ended, 0), axis=1)
    return np.where(ended >= 0, days - ended, np.nan), np.where(ended >= 0, length, np.nan)


def _regions(frame: pd.DataFrame, store: np.ndarray, day: np.ndarray) -> pd.Series:
    """Stores that share the school holidays of all days on which every store has a row: a federal state, about."""
    known = _table(pd.Series(1.0, frame.index), store, day).all(axis=0)
    school = _table(frame["SchoolHoliday"], store, day)[:, known]
    names = pd.factorize(pd.Series([row.tobytes() for row in school]))[0]
    return pd.Series(names[store].astype(str), frame.index)
