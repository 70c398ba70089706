"""The features of the cell nuclei: what the ten measurements say together."""

from __future__ import annotations

import numpy as np
import pandas as pd

MEASURED = ("mean", "worst")


def add(frame: pd.DataFrame) -> pd.DataFrame:
    """Add how far a nucleus is from a circle, and how much the worst ones stand out.

    Parameters
    ----------
    frame : DataFrame
        The cleaned training rows and test rows, without the target, one after the other.

    Returns
    -------
    DataFrame
        The same rows with ``mean_roundness`` and ``worst_roundness`` in (0, 1], 1 for a circle, and ``spread_area``,
        the worst area over the mean one.
    """
    added = {
        f"{part}_roundness": 4 * np.pi * frame[f"{part}_area"] / frame[f"{part}_perimeter"] ** 2 for part in MEASURED
    }
    return frame.assign(**added, spread_area=frame["worst_area"] / frame["mean_area"])
