"""Time: the target, the rows and the residuals by period of a date that the reader picks, or by what repeats in it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pipeline.report.figures.parts import picked
from pipeline.report.theme import ACCENT, AXIS, BAD, REFERENCE, SERIES, styled


def over_time(table: pd.DataFrame, outcome: str) -> go.Figure:
    """Above, the target's mean with its standard error; below, the training and the test rows."""
    figure = go.Figure()
    told = bool(table["target"].notna().any())
    for name, part in table.groupby("column", sort=False):
        if told:
            _line(figure, part.dropna(subset="target"), ("target", "se"), ACCENT, str(name))
        for rows, color in (("train", ACCENT), ("test", SERIES[1])):
            figure.add_bar(
                x=part["level"],
                y=part[rows],
                name=rows,
                marker={"color": color},
                meta={"pick": str(name)},
                yaxis="y2" if told else "y",
                hovertemplate="%{x}: %{y:,} " + rows + " rows<extra></extra>",
            )
    styled(figure, 460 if told else 340, "", outcome if told else "Rows", showlegend=True, barmode="stack", bargap=0.1)
    figure.update_layout(legend={"traceorder": "normal"})
    if told:
        title = {**AXIS["title"], "text": "Rows"}
        figure.update_layout(yaxis={"domain": [0.36, 1]}, xaxis={"anchor": "y2"})
        figure.update_layout(yaxis2={**AXIS, "title": title, "domain": [0, 0.26], "anchor": "x"})
    return _picked(figure, table)


def biases(table: pd.DataFrame, unit: str) -> go.Figure:
    """The mean residual by period with its standard error; at zero the ensemble errs in neither direction."""
    figure = go.Figure()
    figure.add_hline(y=0, line={"color": REFERENCE, "width": 1.25, "dash": "dash"})
    for name, part in table.dropna(subset="bias").groupby("column", sort=False):
        _line(figure, part, ("bias", "bias_se"), BAD, str(name))
    styled(figure, 400, "", f"Mean residual of {unit}")
    return _picked(figure, table.dropna(subset="bias"))


def _line(figure: go.Figure, part: pd.DataFrame, values: tuple[str, str], color: str, name: str) -> None:
    figure.add_scatter(
        x=part["level"],
        y=part[values[0]].round(6),
        error_y={"array": part[values[1]].fillna(0.0).round(6), "color": color, "thickness": 1.25, "width": 0},
        mode="lines+markers",
        line={"color": color, "width": 2},
        marker={"color": color, "size": 6},
        meta={"pick": name},
        showlegend=False,
        hovertemplate="%{x}: %{y:,.4~g}<extra></extra>",
    )


def _picked(figure: go.Figure, table: pd.DataFrame) -> go.Figure:
    axes: dict[str, dict[str, Any]] = {}
    for name, part in table.groupby("column", sort=False):
        rhythm = {"type": "category", "categoryorder": "array", "categoryarray": part["level"].tolist()}
        axes[str(name)] = {**(rhythm if " by " in str(name) else {"type": "date"}), "title": {"text": str(name)}}
    return picked(figure, axes)
