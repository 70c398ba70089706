"""Series of days or hours: which columns tell one from another, and what of the past its future is told by."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from pipeline.declaration.columns import Role
from pipeline.declaration.metric import Transform
from pipeline.scaffold.folds import times
from pipeline.scaffold.guess import Guess, Look, listed, numbers_of, words_of
from pipeline.scaffold.read import Raw

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MOST_KEYS, MOST_TOGETHER = 6, 3
LEAST_DAYS_EACH = 20
ONCE, KNOWN = 0.99, 0.9
WINDOWS = (7, 28, 91, 364)
LEAST_STEPS, LONG = 4, 28
YEAR, YEAR_HORIZON, AROUND = 364, 357, (14, 42)
WEEK, WEEKS = 7, 8
MOST_FLAGS, FLAG_LEVELS = 2, 4
VARIES, TOLD, CHANCE = 0.05, 0.001, 4
HOUR, REGULAR = 1.01 / 24, 0.6


@dataclass(frozen=True)
class Panel:
    """Training rows that are days, or hours, of several series.

    Parameters
    ----------
    keys : list of str
        The columns that tell the series apart.
    step : float
        Days from one row of a series to the next, as most are.
    history : float
        Days that the training rows span.
    horizon : int
        Days from the last training row to the last test row.
    """

    keys: list[str]
    step: float
    history: float
    horizon: int


def find_lags(
    raw: Raw, looks: Mapping[str, Look], roles: Mapping[str, Guess[Role]], split: Mapping[str, Any], target: pd.Series
) -> Guess[list[dict[str, Any]]] | None:
    """``preprocess.target_lags`` for the test rows' future of series of days; None where the rows are no such series.

    Parameters
    ----------
    split : mapping
        The guessed ``split`` section.
    target : Series of shape (n,)
        The training rows' target as models learn it; NaN where a row does not count.
    """
    date = split.get("time")
    if date is None or date not in roles or roles[date].value != "date":
        return None
    days = times(raw.train[date], dated=True)
    ahead = times(raw.test[date], dated=True)
    if days is None or ahead is None:
        return None
    panels = (find_panel(raw, looks, roles, *when) for when in ((days // 1, ahead // 1), (days, ahead)))
    panel = next((panel for panel in panels if panel is not None), None)
    if panel is None:
        return None
    entries = _entries(panel, date, _flags(raw, looks, panel.keys, target))
    what = f"{listed(panel.keys)} tell {raw.train.groupby(panel.keys).ngroups:,} series apart"
    return Guess(
        entries, f"{what}: of each, what it was up to {panel.horizon} days before, as far ahead as the test rows go"
    )


def find_panel(
    raw: Raw, looks: Mapping[str, Look], roles: Mapping[str, Guess[Role]], days: pd.Series, ahead: pd.Series
) -> Panel | None:
    """The fewest columns that have each time once, with many times each, and whose series test has too.

    Parameters
    ----------
    days, ahead : Series
        The training and the test rows' times in days, whole or not.
    """
    import numpy as np
    import pandas as pd

    columns = [c for c, look in looks.items() if _may_tell(look, roles.get(c)) and look.distinct > 1]
    columns = sorted(columns, key=lambda c: -looks[c].distinct)[:MOST_KEYS]
    words = pd.DataFrame({c: words_of(raw.train[c]) for c in columns})
    most = int(days.value_counts().max())
    for count in range(1, MOST_TOGETHER + 1):
        for keys in combinations(columns, count):
            if math.prod(looks[c].distinct for c in keys) < ONCE * most:
                continue
            codes = words.groupby(list(keys), sort=False, dropna=False).ngroup().to_numpy()
            if _are_series(codes, days.to_numpy()) and _known(raw, list(keys)):
                steps = np.diff(np.unique(days.to_numpy()))
                step = float(np.median(steps)) if len(steps) else 0.0
                horizon = max(1, math.ceil(round(float(ahead.max() - days.max()), 6)))
                return Panel(list(keys), step, float(days.max() - days.min()) + 1, horizon)
    return None


def _may_tell(look: Look, role: Guess[Role] | None) -> bool:
    """Whether a column's values may be names of series."""
    if role is not None:
        return role.value in ("categorical", "group")
    return look.kind == "level" or (look.kind == "number" and look.whole)


def _are_series(codes: np.ndarray, days: np.ndarray) -> bool:
    """Whether nearly all rows are the only one of their series at their time, and series are long.

    Times within days must be those of most series: a sale has its own second, and is no series for that.
    """
    import pandas as pd

    series = int(codes.max()) + 1
    once = ~pd.DataFrame({"series": codes, "day": days}).duplicated(keep=False).to_numpy()
    regular = bool((days % 1 == 0).all()) or len(codes) >= REGULAR * series * len(set(days))
    return bool(series > 1 and len(codes) >= LEAST_DAYS_EACH * series and once.mean() >= ONCE and regular)


def _known(raw: Raw, keys: list[str]) -> bool:
    """Whether nearly all test rows are of series that the training rows have."""
    import pandas as pd

    train, test = (pd.MultiIndex.from_arrays([words_of(f[c]) for c in keys]) for f in (raw.train, raw.test))
    return float(test.isin(train).mean()) >= KNOWN


def as_trained(words: pd.Series, transform: Transform) -> pd.Series:
    """A target as models learn it: its logarithm where the metric asks for one, NaN where that is not to be had."""
    import numpy as np
    import pandas as pd

    numbers = numbers_of(words_of(words))
    values = np.full(len(words), np.nan) if numbers is None else numbers.to_numpy(dtype=np.float64)
    if transform != "identity":
        shifted = values + (transform == "log1p")
        values = np.log(np.where(shifted > 0, shifted, np.nan))
    return pd.Series(values, words.index)


def _flags(raw: Raw, looks: Mapping[str, Look], keys: list[str], target: pd.Series) -> list[str]:
    """Columns of a few levels that change within series, are known of test rows and tell of the target: a promotion.

    Those come first that tell most of what the target does within its series, by the share of its variance.
    """
    counts = target.notna().to_numpy()
    series = [raw.train.loc[counts, key] for key in keys]
    within = target[counts] - target[counts].groupby(series).transform("mean")
    told: dict[str, float] = {}
    for name, look in looks.items():
        few = look.kind in ("number", "boolean", "level") and 2 <= look.distinct <= FLAG_LEVELS
        if not few or name in keys or raw.test[name].notna().mean() < KNOWN:
            continue
        words = words_of(raw.train.loc[counts, name])
        seldom = 1 - float(words.value_counts(normalize=True).iloc[0])
        if seldom >= VARIES and words.groupby(series).nunique().median() > 1:
            chance = CHANCE * look.distinct / len(words)
            told[name] = float(within.groupby(words).transform("mean").var() / within.var()) - chance
    return sorted((name for name in told if told[name] > TOLD), key=lambda name: -told[name])[:MOST_FLAGS]


def _entries(panel: Panel, date: str, flags: list[str]) -> list[dict[str, Any]]:
    """The past of each series: of late, on this weekday, with this flag, and about this day a year ago."""
    windows = [window for window in WINDOWS if panel.step * LEAST_STEPS <= window <= panel.history - panel.horizon]
    long = [window for window in windows if window >= LONG] or windows
    base = {"time": f"{date}_days", "horizon": panel.horizon, "windows": long, "expanding": True}
    daily = panel.step == 1 and panel.history >= WEEK * WEEKS
    hourly = 0 < panel.step <= HOUR
    contexts = [[f"{date}_weekday"]] if daily else []
    contexts += [[f"{date}_hour"], [f"{date}_weekday", f"{date}_hour"]] if hourly else []
    contexts += [[flag] for flag in flags]
    if daily and flags:
        contexts.append([f"{date}_weekday", flags[0]])
    first = {"by": panel.keys, **base, "windows": windows, "statistics": ["mean", "std"], "last": True}
    entries = [first, *({"by": [*panel.keys, *context], **base} for context in contexts)]
    if panel.history >= YEAR + panel.horizon and panel.horizon <= YEAR and panel.step <= WEEK:
        back = max(panel.horizon, YEAR_HORIZON)
        around = [days for days in AROUND if panel.step <= 1 or days > 2 * panel.step]
        exact = {} if hourly else {"lags": [YEAR]}
        by = [*panel.keys, f"{date}_hour"] if hourly else panel.keys
        entries.append({"by": by, "time": base["time"], "horizon": back, **exact, "windows": around})
    return entries
