"""The same curves for ``dvc plots show``, which draws ``x`` against ``y`` by ``series`` in every file of one folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd


class Plot(NamedTuple):
    """Which columns of a table become a DVC plot, how its axes are called, and the mark: a line or points."""

    table: str
    x: str
    y: str
    axes: str
    mark: str = "line"


PLOTS: dict[str, Plot] = {
    "folds": Plot("folds", "fold", "score", "score by fold", "point"),
    "roc": Plot("roc", "false_positive_rate", "true_positive_rate", "true positive rate by false positive rate"),
    "precision_recall": Plot("precision_recall", "recall", "precision", "precision by recall"),
    "calibration": Plot("calibration", "predicted", "observed", "observed share by predicted probability"),
    "thresholds": Plot("thresholds", "threshold", "f1", "F1 by threshold"),
    "gain": Plot("gain", "share", "gain", "share of positives by share of rows"),
    "residuals": Plot("residual_sample", "predicted", "scaled", "residual by prediction", "point"),
    "deciles": Plot("deciles", "predicted", "actual", "mean truth by mean prediction"),
}


def plot_tables(tables: Mapping[str, pd.DataFrame], metric: str) -> dict[str, pd.DataFrame]:
    """What ``dvc plots show`` draws, by file name without ``.csv``: ``series``, ``axes``, ``mark``, ``x``, ``y``.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The evaluation's tables. A plot whose table is not there, or empty, is left out.
    metric : str
        The label of the competition's metric: the fold scores of others are left out.
    """
    return {
        name: _drawn(plot, tables[plot.table], metric)
        for name, plot in PLOTS.items()
        if plot.table in tables and len(tables[plot.table])
    }


def _drawn(plot: Plot, table: pd.DataFrame, metric: str) -> pd.DataFrame:
    if "metric" in table:
        table = table[table["metric"] == metric]
    series = table["model"] if "model" in table else pd.Series("ensemble", index=table.index)
    if "label" in table and table["label"].nunique() > 1:
        series = series + ", " + table["label"]
    frame = pd.DataFrame({"series": series, "axes": plot.axes, "mark": plot.mark})
    return frame.assign(x=table[plot.x].round(6), y=table[plot.y].round(6)).reset_index(drop=True)
