"""Calibration: whether of the rows given 30 % about 30 % turn out positive."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.evaluation.scored import Pairs, Scored


def calibration_table(scored: Scored, bins: int) -> pd.DataFrame:
    """Predicted probability against observed share, in bins of about equal numbers of rows.

    Parameters
    ----------
    bins : int
        The number of bins, at least 2. Tied probabilities share a bin, so there may be fewer.

    Returns
    -------
    DataFrame
        ``model``, ``label``, ``bin``, ``predicted`` (mean probability), ``observed`` (share of positives), ``se`` (the
        binomial standard error of ``observed``), ``rows``.
    """
    return pd.concat([_bins(pair, bins) for pair in scored.all_pairs()], ignore_index=True)


def histogram_table(scored: Scored, bins: int = 25) -> pd.DataFrame:
    """How predicted probabilities are spread over [0, 1], by true answer.

    Returns
    -------
    DataFrame
        ``model``, ``label``, ``low``, ``high`` (the bin's edges), ``positives`` and ``negatives`` (the share of
        each that falls into the bin; either sums to 1).
    """
    edges = np.linspace(0.0, 1.0, bins + 1)
    parts = []
    for pair in scored.all_pairs():
        inside = np.clip(pair.probability, 0.0, 1.0)
        counts = [np.histogram(inside[pair.truth == answer], edges)[0] for answer in (1, 0)]
        shares = dict(zip(("positives", "negatives"), (c / c.sum() for c in counts), strict=True))
        parts.append(
            pd.DataFrame({"model": pair.model, "label": pair.label, "low": edges[:-1], "high": edges[1:]} | shares)
        )
    return pd.concat(parts, ignore_index=True)


def _bins(pair: Pairs, bins: int) -> pd.DataFrame:
    edges = np.unique(np.quantile(pair.probability, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(edges, pair.probability, side="left")
    frame = pd.DataFrame({"bin": place, "predicted": pair.probability, "observed": pair.truth})
    table = frame.groupby("bin").agg(
        predicted=("predicted", "mean"), observed=("observed", "mean"), rows=("bin", "size")
    )
    table["se"] = np.sqrt(table["observed"] * (1 - table["observed"]) / table["rows"])
    table = table.reset_index(drop=True).rename_axis("bin").reset_index()
    table.insert(0, "model", pair.model)
    table.insert(1, "label", pair.label)
    return table
