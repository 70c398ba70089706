"""Scores: every fold of every model as a dot, and the mean with its standard error."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from pipeline.report import words
from pipeline.report.theme import SURFACE, color_of, styled


def fold_dots(folds: pd.DataFrame, leaderboard: pd.DataFrame, metric: str, models: Sequence[str]) -> go.Figure:
    """A line for each model, the best on top: pale dots for folds, a diamond for the mean, a bar of one se each way."""
    figure = go.Figure()
    own = folds[folds["metric"] == metric]
    for line in leaderboard.iloc[::-1].to_dict("records"):
        model, color = str(line["model"]), color_of(str(line["model"]), models)
        part = own[own["model"] == model]
        figure.add_scatter(
            x=part["score"].round(6),
            y=[model] * len(part),
            mode="markers",
            name=model,
            meta={"model": model},
            customdata=part["fold"],
            marker={"color": color, "size": 10, "opacity": 0.42},
            hovertemplate="fold %{customdata}: %{x:.5f}<extra>" + model + "</extra>",
        )
        figure.add_scatter(
            x=[round(line["score"], 6)],
            y=[model],
            mode="markers",
            name=f"{model}, mean",
            meta={"model": model},
            error_x={"array": [round(line["se"], 6)], "color": color, "thickness": 3, "width": 0},
            marker={"color": color, "size": 12, "symbol": "diamond", "line": {"color": SURFACE, "width": 1.5}},
            hovertemplate="mean %{x:.5f}<extra>" + model + "</extra>",
        )
    styled(figure, 96 + 36 * len(leaderboard), words.metric_name(metric))
    return figure.update_yaxes(tickfont={"size": 12}, categoryorder="array")
