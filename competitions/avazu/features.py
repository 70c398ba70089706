"""The features of an impression: who published it, who saw it, and how often each pair of them stands in the hour."""

from __future__ import annotations

import numpy as np
import pandas as pd

NO_APP, NO_DEVICE = "85f751fd", "a99f214a"
COUNTED = (
    ("device_ip",),
    ("device_id",),
    ("user",),
    ("device_model",),
    ("publisher",),
    ("C14",),
    ("user", "publisher"),
    ("user", "C14"),
    ("publisher", "C14"),
    ("device_ip", "publisher"),
    ("publisher", "device_model"),
)


def add(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the publisher, the user, and how many rows share them.

    The site 85f751fd stands for "in an app", so one of the site and app columns is always empty: the publisher is
    the other. The device a99f214a stands for "unknown", as in 87 rows of 100: the user is then the address and model.

    Parameters
    ----------
    frame : DataFrame
        The cleaned rows of train and test together, without the target: counts are taken over both files.

    Returns
    -------
    DataFrame
        The same rows with ``publisher``, its ``_domain`` and ``_category``, ``user``; as the natural logarithm of one
        plus the number, ``rows_by_<key>``, the rows that share a key, and ``models_of_ip``, an address's device models.
    """
    frame = frame.assign(**_publisher(frame), user=_user(frame))
    counts = {f"rows_by_{'_'.join(key)}": _rows(frame, key) for key in COUNTED}
    models = np.log1p(frame.groupby("device_ip")["device_model"].transform("nunique"))
    return frame.assign(**counts, models_of_ip=models)


def _publisher(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """The site, or the app where the site is the empty one; so for their domains and categories."""
    in_app = frame["site_id"] == NO_APP
    return {
        f"publisher{part}": ("app " + frame[f"app{own}"]).where(in_app, "site " + frame[f"site{own}"])
        for part, own in (("", "_id"), ("_domain", "_domain"), ("_category", "_category"))
    }


def _user(frame: pd.DataFrame) -> pd.Series:
    """The device, or the address and model where it is unknown."""
    return frame["device_id"].where(frame["device_id"] != NO_DEVICE, frame["device_ip"] + " " + frame["device_model"])


def _rows(frame: pd.DataFrame, key: tuple[str, ...]) -> pd.Series:
    return np.log1p(frame.groupby(list(key))[key[0]].transform("size"))
