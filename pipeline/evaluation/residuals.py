"""Residuals of a regression: where, and in which direction, the predictions miss.

A residual is truth minus prediction, so a positive one means that the prediction was too low. ``scaled`` takes it on
the scale that the metric looks at: of logarithms for RMSLE and its kin, else the target's own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.declaration.metric import Transform
from pipeline.evaluation.scored import ENSEMBLE, Scored
from pipeline.targets import trains


def on_scale(values: np.ndarray, transform: Transform) -> np.ndarray:
    """Values on the metric's own scale; NaN where that has none (a logarithm of zero or less)."""
    if transform == "identity":
        return values.astype(np.float64)
    shifted = values + 1.0 if transform == "log1p" else values.astype(np.float64)
    return np.log(shifted, out=np.full(shifted.shape, np.nan), where=shifted > 0)


def residual_table(scored: Scored, model: str = ENSEMBLE) -> pd.DataFrame:
    """One line for each validated row by ``row_id``: ``fold``, ``actual``, ``predicted``, ``residual``, ``scaled``.

    Rows that the metric leaves out and no model trains on, targets of 0 under RMSPE and MAPE, have no line: the days on
    which a shop is closed would else drag every bin's mean down.
    """
    rows = scored.rows(model)
    rows = rows[trains(scored.metric.facts.transform, scored.target[rows])]
    actual, predicted = scored.target[rows].astype(np.float64), scored.predictions[model][rows]
    transform = scored.metric.facts.transform
    frame = pd.DataFrame({"row_id": scored.row_id[rows], "fold": scored.outer[rows], "actual": actual})
    frame["predicted"], frame["residual"] = predicted, actual - predicted
    frame["scaled"] = on_scale(actual, transform) - on_scale(predicted, transform)
    return frame.sort_values("row_id", ignore_index=True)


def sample_table(residuals: pd.DataFrame, most: int = 2000) -> pd.DataFrame:
    """At most ``most`` of the residuals for a scatter, even over the ranks of the predictions; finite ones only."""
    finite = residuals[np.isfinite(residuals["scaled"])].sort_values(["predicted", "row_id"], ignore_index=True)
    if len(finite) > most:
        finite = finite.iloc[np.linspace(0, len(finite) - 1, most).astype(np.int64)]
    return finite.sort_values("row_id", ignore_index=True)


def decile_table(scored: Scored, bins: int = 10) -> pd.DataFrame:
    """Every model's predictions in bins of about equal numbers of rows, from the lowest to the highest.

    Returns
    -------
    DataFrame
        ``model``, ``bin``, ``rows``, means of ``predicted``, ``actual`` and ``residual``, ``se`` (of the mean
        residual), ``absolute`` (mean absolute residual), and ``scaled`` with ``scaled_se``.
    """
    return pd.concat([_deciles(residual_table(scored, m), m, bins) for m in scored.predictions], ignore_index=True)


def worst_table(residuals: pd.DataFrame, most: int = 10) -> pd.DataFrame:
    """The rows that cost the most on the metric's scale, the worst first."""
    order = residuals["scaled"].abs().sort_values(ascending=False, kind="stable").index[:most]
    return residuals.loc[order].reset_index(drop=True)


def spread_table(residuals: pd.DataFrame, bins: int = 41) -> pd.DataFrame:
    """A histogram of the scaled residuals: ``low``, ``high``, ``rows``; the outermost bins hold all beyond 4 sd."""
    values = residuals["scaled"].to_numpy()
    values = values[np.isfinite(values)]
    reach = 4 * float(values.std()) or 1.0
    counts, edges = np.histogram(np.clip(values, -reach, reach), np.linspace(-reach, reach, bins + 1))
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], "rows": counts})


def _deciles(residuals: pd.DataFrame, model: str, bins: int) -> pd.DataFrame:
    edges = np.unique(np.quantile(residuals["predicted"], np.linspace(0, 1, bins + 1)[1:-1]))
    frame = residuals.assign(
        bin=np.searchsorted(edges, residuals["predicted"], side="left"), absolute=residuals["residual"].abs()
    )
    grouped = frame.groupby("bin")
    table = grouped[["predicted", "actual", "residual", "absolute", "scaled"]].mean()
    rows = grouped.size()
    spreads = grouped[["residual", "scaled"]].std(ddof=0).div(np.sqrt(rows), axis=0)
    table = table.assign(rows=rows, se=spreads["residual"], scaled_se=spreads["scaled"]).reset_index(drop=True)
    table = table.rename_axis("bin").reset_index()
    table.insert(0, "model", model)
    return table
