"""Searches: every trial's score, the best so far, and which settings the scores hang on."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from pipeline.report import words
from pipeline.report.figures.parts import picked, shortened
from pipeline.report.theme import QUIET, color_of, styled


def history(table: pd.DataFrame, metric: str, models: Sequence[str]) -> go.Figure:
    """A dot a trial, pale where it was cut off, and the best complete one so far as a line; the model is picked."""
    figure = go.Figure()
    for name, part in table.groupby("model", sort=False):
        color, model = color_of(str(name), models), str(name)
        for state, own in part.dropna(subset="value").groupby("state", sort=False):
            figure.add_scatter(
                x=own["trial"] + 1,
                y=own["value"].round(7),
                mode="markers",
                marker={"color": color if state == "complete" else QUIET, "size": 8, "opacity": 0.7},
                meta={"pick": model},
                hovertemplate=f"trial %{{x}}: %{{y:.5~g}}<extra>{state}</extra>",
            )
        best = part.dropna(subset="best")
        line = {"color": color, "width": 2.5, "shape": "hv"}
        figure.add_scatter(
            x=best["trial"] + 1, y=best["best"].round(7), mode="lines", line=line, meta={"pick": model},
            hovertemplate="best so far %{y:.5~g}<extra></extra>",
        )  # fmt: skip
    styled(figure, 400, "Trial", words.metric_name(metric))
    return picked(figure, {str(name): {} for name in dict.fromkeys(table["model"])})


def settings(table: pd.DataFrame, models: Sequence[str]) -> go.Figure:
    """The share of a search's spread that goes with each setting; the model is picked."""
    figure = go.Figure()
    for name, part in table.groupby("model", sort=False):
        shown = part.sort_values(["share", "setting"]).tail(12)
        figure.add_bar(
            x=shown["share"].round(5),
            y=[shortened(setting, 26) for setting in shown["setting"]],
            orientation="h",
            marker={"color": color_of(str(name), models), "cornerradius": 4},
            meta={"pick": str(name)},
            hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        )
    styled(figure, 400, "Share of the spread of the scores", bargap=0.35)
    figure.update_xaxes(tickformat=".0%", rangemode="tozero")
    figure.update_yaxes(tickfont={"size": 12}, type="category")
    return picked(figure, {str(name): {} for name in dict.fromkeys(table["model"])})
