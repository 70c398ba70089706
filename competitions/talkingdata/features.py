"""The features of a click: how busy its address, device and app are, and how soon the user clicked before and after."""

from __future__ import annotations

import numpy as np
import pandas as pd

USER = ("ip", "device", "os")
COUNTED = {
    "ip": ("ip",),
    "app": ("app",),
    "channel": ("channel",),
    "os": ("os",),
    "device": ("device",),
    "ip_app": ("ip", "app"),
    "user": USER,
}
DIFFERENT = (("ip", "app"), ("ip", "channel"), ("ip", "device"), ("ip", "os"), ("app", "ip"), ("channel", "ip"))
FOLLOWED = {"user": USER, "ip": ("ip",), "ip_app": ("ip", "app")}
LONGEST = 3600.0


def add(frame: pd.DataFrame) -> pd.DataFrame:
    """Add counts, numbers of different values, and seconds to the neighbouring clicks.

    Parameters
    ----------
    frame : DataFrame
        The cleaned clicks of train and test together, without the target: statistics are taken over both files.

    Returns
    -------
    DataFrame
        The same rows without ``click_time``. As the natural logarithm of one plus the number: ``clicks_by_<key>``, the
        clicks that share a key; ``<column>s_of_<key>``, its different values; ``seconds_to_next_by_<key>`` and
        ``seconds_since_last_by_<key>``. And ``spread_of_<key>``, the log ratio of an app's or a channel's addresses
        to its clicks.
    """
    frame = frame.assign(**_counts(frame), **_recency(frame))
    spread = {f"spread_of_{key}": frame[f"ips_of_{key}"] - frame[f"clicks_by_{key}"] for key in ("app", "channel")}
    return frame.assign(**spread).drop(columns="click_time")


def _counts(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """How many clicks share a key, and how many different values of another column it has."""
    clicks = {f"clicks_by_{name}": frame.groupby(list(key))["app"].transform("size") for name, key in COUNTED.items()}
    different = {f"{of}s_of_{key}": frame.groupby(key)[of].transform("nunique") for key, of in DIFFERENT}
    return {name: np.log1p(values) for name, values in {**clicks, **different}.items()}


def _recency(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Seconds to the next and since the last click of the same key in either file, an hour at most.

    Beyond an hour, and where there is none, they are an hour: the files end, and how much of the future a click has
    before it would tell test from train.
    """
    seconds = (frame["click_time"] - frame["click_time"].min()).dt.total_seconds()
    added = {}
    for name, key in FOLLOWED.items():
        times = seconds.groupby([frame[column] for column in key])
        added[f"seconds_to_next_by_{name}"] = times.shift(-1) - seconds
        added[f"seconds_since_last_by_{name}"] = seconds - times.shift(1)
    return {name: np.log1p(values.clip(upper=LONGEST).fillna(LONGEST)) for name, values in added.items()}
