"""The features of a card payment: when it was made, what its amount looks like, how lonely it is among all others."""

from __future__ import annotations

import numpy as np
import pandas as pd

HOUR = 3600
NEIGHBOURS = 5


def add(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the time of day, patterns of the amount and the distance from other payments.

    Parameters
    ----------
    frame : DataFrame
        The cleaned training rows and test rows, without the target, one after the other: ``Time`` in seconds from the
        first payment of two days, ``V1`` to ``V28`` (principal components of what the bank knows) and ``Amount``.

    Returns
    -------
    DataFrame
        The same rows with the columns of ``clock``, ``money`` and ``neighbourhood``.
    """
    components = frame[[name for name in frame if name.startswith("V")]]
    return frame.assign(**clock(frame["Time"]), **money(frame["Amount"]), **neighbourhood(components, frame["Time"]))


def clock(time: pd.Series) -> dict[str, pd.Series]:
    """``hour`` of the day in [0, 24): the genuine payments sleep at night, the frauds less."""
    return {"hour": time / HOUR % 24}


def money(amount: pd.Series) -> dict[str, pd.Series]:
    """``log_amount``, ``cents`` in [0, 100) and whether the amount is ``whole``: stolen cards are tried with 1.00."""
    cents = np.round(amount * 100) % 100
    return {"log_amount": np.log1p(amount), "cents": cents, "whole": (cents == 0).astype(float)}


def neighbourhood(components: pd.DataFrame, time: pd.Series) -> dict[str, np.ndarray]:
    """How far a payment lies from the others, and how far apart in time those are.

    A payment of everyday kind has neighbours at once, at any time; a fraud has none, or those of the same series.
    Distances are Euclidean over the components, each at unit variance.

    Returns
    -------
    dict of str to float array
        ``near`` and ``fifth``, the distances to the nearest and the fifth other payment; ``size``, the distance from
        the centre, and ``lonely``, ``near`` over it; ``apart`` and ``spread``, the logarithm of the seconds to the
        nearest one and of the mean over all five.
    """
    from sklearn.neighbors import NearestNeighbors

    points = (components / components.std()).to_numpy()
    distances, rows = NearestNeighbors(n_neighbors=NEIGHBOURS + 1).fit(points).kneighbors(points)
    gaps = np.abs(time.to_numpy()[rows[:, 1:]] - time.to_numpy()[:, None])
    size = np.sqrt((points**2).sum(axis=1))
    return {
        "near": distances[:, 1],
        "fifth": distances[:, -1],
        "size": size,
        "lonely": distances[:, 1] / size,
        "apart": np.log1p(gaps[:, 0]),
        "spread": np.log1p(gaps.mean(axis=1)),
    }
