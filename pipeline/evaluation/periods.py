"""Time: the target, the rows and the residuals by period of each date, and by month, weekday and hour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from pipeline.evaluation.residuals import residual_table
from pipeline.evaluation.scored import Scored

PERIODS = 40
NAMES = ["column", "position", "level", "train", "test", "target", "se"]
LEAST_DAYS = {"month": 90, "weekday": 14, "hour": 1}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HOURS = tuple(f"{hour:02d} h" for hour in range(24))
BEATS = {"month": MONTHS, "weekday": WEEKDAYS, "hour": HOURS}


def period_table(scored: Scored, train: Mapping[str, pd.Series], test: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Dates period by period, and by what repeats in them.

    Parameters
    ----------
    scored : Scored
        The target and the ensemble's predictions.
    train, test : mapping of str to Series
        The dates of the training and the test rows, by column.

    Returns
    -------
    DataFrame
        ``column`` (the date's name, or such as ``Date by weekday``), ``position``, ``level`` (of a date, the day or
        minute that the period starts with), ``train`` and ``test`` (rows), ``target`` with ``se`` (its mean, for two
        classes the share of the positive one; NaN for more classes, or where no row is); for a regression also ``bias``
        and ``bias_se``, the mean residual on the metric's scale.
    """
    residual = _residual(scored)
    parts = [
        _lines(scored, name, levels, (codes[: len(values)], codes[len(values) :]), residual)
        for column, values in train.items()
        for name, codes, levels in _cut(column, pd.concat([values, test[column]], ignore_index=True))
    ]
    more = [] if residual is None else ["bias", "bias_se"]
    empty = pd.DataFrame({name: [] for name in (*NAMES, *more)}).astype({"column": "str", "level": "str"})
    return pd.concat([empty, *parts], ignore_index=True) if parts else empty


def _cut(column: str, dates: pd.Series) -> Iterator[tuple[str, np.ndarray, list[str]]]:
    """The date's own periods, and each rhythm that it has more than one beat of; codes are −1 where it is missing."""
    known = dates.dropna()
    if known.nunique() < 2:
        return
    daily = bool((known == known.dt.normalize()).all())
    starts = pd.DatetimeIndex(known.unique()).sort_values()
    if len(starts) > PERIODS:
        even = pd.date_range(known.min().floor("D"), known.max(), periods=PERIODS + 1)[:-1]
        starts = even.floor("D" if daily else "min").unique()
    codes = np.searchsorted(starts.to_numpy(), dates.to_numpy(), side="right") - 1
    yield column, np.where(dates.isna(), -1, codes), [str(start).removesuffix(" 00:00:00") for start in starts]
    span = (known.max() - known.min()).days
    beats_of = {"month": dates.dt.month - 1, "weekday": dates.dt.day_of_week, "hour": dates.dt.hour}
    for name, beats in beats_of.items():
        if beats.nunique() > 1 and span >= LEAST_DAYS[name]:
            yield f"{column} by {name}", beats.fillna(-1).to_numpy(dtype=np.int64), list(BEATS[name])


def _lines(
    scored: Scored, name: str, levels: list[str], codes: tuple[np.ndarray, np.ndarray], residual: np.ndarray | None
) -> pd.DataFrame:
    places = range(len(levels))
    frame = pd.DataFrame({"column": name, "position": places, "level": levels})
    for part, own in zip(("train", "test"), codes, strict=True):
        frame[part] = np.bincount(own[own >= 0], minlength=len(levels))
    told = scored.target.astype(np.float64) if len(scored.classes) <= 2 else np.full(len(codes[0]), np.nan)
    frame["target"], frame["se"] = _means(told, codes[0], places)
    if residual is not None:
        frame["bias"], frame["bias_se"] = _means(residual, codes[0], places)
    return frame[(frame["train"] > 0) | (frame["test"] > 0)]


def _means(values: np.ndarray, codes: np.ndarray, places: range) -> tuple[np.ndarray, np.ndarray]:
    known = np.isfinite(values) & (codes >= 0)
    grouped = pd.Series(values[known]).groupby(codes[known])
    found = grouped.agg(["mean", "sem"]).reindex(places)
    return found["mean"].to_numpy(), found["sem"].to_numpy()


def _residual(scored: Scored) -> np.ndarray | None:
    """The ensemble's residuals by position, on the metric's scale; NaN for rows that have none."""
    if scored.task != "regression":
        return None
    known = residual_table(scored).set_index("row_id")["scaled"]
    return known.reindex(scored.row_id).to_numpy(dtype=np.float64)
