"""Slices: scores, and a regression's bias, by level of a column that the reader picks."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from pipeline.report import words
from pipeline.report.figures.parts import picked, shortened
from pipeline.report.theme import ACCENT, BAD, REFERENCE, styled

FEWEST = 20  # rows, that a level takes to be drawn


def scores(table: pd.DataFrame, metric: str, whole: float) -> go.Figure:
    """The ensemble's score by level with its standard error; the dashed line is its score on all rows."""
    figure = _by_level(table, "score", "se", ACCENT)
    figure.add_vline(x=whole, line={"color": REFERENCE, "width": 1.5, "dash": "dash"})
    return _finished(figure, table, words.metric_name(metric))


def biases(table: pd.DataFrame, unit: str) -> go.Figure:
    """The mean residual by level with its standard error; at zero the ensemble errs in neither direction."""
    figure = _by_level(table, "bias", "bias_se", BAD)
    figure.add_vline(x=0, line={"color": REFERENCE, "width": 1.5, "dash": "dash"})
    return _finished(figure, table, f"Mean residual of {unit}")


def _by_level(table: pd.DataFrame, value: str, se: str, color: str) -> go.Figure:
    figure = go.Figure()
    shown = table[table["rows"] >= FEWEST].dropna(subset=value)
    for name, part in shown.groupby("column", sort=False):
        figure.add_scatter(
            x=part[value].round(6),
            y=[shortened(level, 24) for level in part["level"]],
            error_x={"array": part[se].fillna(0.0).round(6), "color": color, "thickness": 3, "width": 0},
            customdata=part[["rows", "folds"]],
            mode="markers",
            marker={"color": color, "size": 12, "symbol": "diamond"},
            meta={"pick": str(name)},
            hovertemplate="%{y}: %{x:.5~g}<br>%{customdata[0]:,} rows, %{customdata[1]} folds<extra></extra>",
        )
    return figure


def _finished(figure: go.Figure, table: pd.DataFrame, title: str) -> go.Figure:
    levels = int(table.groupby("column").size().max())
    styled(figure, 110 + 34 * levels, title)
    figure.update_yaxes(tickfont={"size": 12}, type="category", autorange="reversed")
    return picked(figure, {name: {} for name in dict.fromkeys(table["column"])})
