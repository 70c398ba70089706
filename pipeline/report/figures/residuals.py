"""Regression: predictions against truth, and what is left over."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pipeline.evaluation.scored import ENSEMBLE
from pipeline.report import words
from pipeline.report.figures.parts import ensemble_last
from pipeline.report.theme import ACCENT, ACCENT_SOFT, BAD, REFERENCE, color_of, styled

DOT: dict[str, Any] = {"color": ACCENT, "size": 5, "opacity": 0.4}


def log_axis(low: float, high: float) -> dict[str, Any]:
    """A logarithmic axis with ticks at 1, 2 and 5 times the powers of ten, or at the powers alone over a wide range."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [step * 10.0**power for power in powers for step in ((1,) if len(powers) > 5 else (1, 2, 5))]
    return {"type": "log", "tickvals": ticks, "ticktext": [words.short(tick) for tick in ticks]}


def predicted_against_true(sample: pd.DataFrame, target: str, logarithmic: bool) -> go.Figure:
    """Out-of-fold predictions of the ensemble against the truth; on the diagonal they agree."""
    ends = [
        min(sample["actual"].min(), sample["predicted"].min()),
        max(sample["actual"].max(), sample["predicted"].max()),
    ]
    figure = go.Figure()
    line = {"color": REFERENCE, "width": 1.25, "dash": "dash"}
    figure.add_scatter(x=ends, y=ends, mode="lines", line=line, hoverinfo="skip", name="perfect")
    figure.add_scatter(
        x=sample["predicted"].round(5),
        y=sample["actual"].round(5),
        customdata=sample["row_id"],
        mode="markers",
        marker=DOT,
        name=ENSEMBLE,
        hovertemplate="row %{customdata}<br>predicted %{x:,.4~g}, true %{y:,.4~g}<extra></extra>",
    )
    styled(figure, 420, f"Predicted {target}", f"True {target}")
    scale = log_axis(*ends) if logarithmic and ends[0] > 0 else {}
    return figure.update_xaxes(**scale).update_yaxes(**scale)


def residual_against_predicted(sample: pd.DataFrame, deciles: pd.DataFrame, unit: str, logarithmic: bool) -> go.Figure:
    """Residuals over the predictions, with the mean of each tenth of the rows and twice its standard error."""
    own = deciles[deciles["model"] == ENSEMBLE]
    figure = go.Figure()
    figure.add_scatter(
        x=sample["predicted"].round(5),
        y=sample["scaled"].round(5),
        customdata=sample["row_id"],
        mode="markers",
        marker=DOT,
        name="rows",
        hovertemplate="row %{customdata}<br>predicted %{x:,.4~g}, residual %{y:.4~g}<extra></extra>",
    )
    figure.add_hline(y=0, line={"color": REFERENCE, "width": 1.25, "dash": "dash"})
    figure.add_scatter(
        x=own["predicted"].round(5),
        y=own["scaled"].round(6),
        error_y={"array": (2 * own["scaled_se"]).round(6), "color": BAD, "thickness": 2, "width": 0},
        mode="lines+markers",
        line={"color": BAD, "width": 2},
        marker={"color": BAD, "size": 7},
        name="mean of a tenth ± 2 se",
        hovertemplate="mean residual %{y:.4~g}<extra></extra>",
    )
    styled(figure, 420, "Predicted", f"Residual of {unit}", showlegend=True)
    low, high = sample["predicted"].min(), sample["predicted"].max()
    return figure.update_xaxes(**(log_axis(low, high) if logarithmic and low > 0 else {}))


def residual_spread(spread: pd.DataFrame, unit: str) -> go.Figure:
    """A histogram of the residuals."""
    middle, width = (spread["low"] + spread["high"]) / 2, spread["high"] - spread["low"]
    figure = go.Figure(
        go.Bar(
            x=middle.round(6),
            y=spread["rows"],
            width=width.round(6) * 0.92,
            marker={"color": ACCENT, "opacity": 0.85, "cornerradius": 3},
            hovertemplate="%{y} rows near %{x:.3~g}<extra></extra>",
        )
    )
    styled(figure, 420, f"Residual of {unit}", "Rows")
    return figure.add_vline(x=0, line={"color": REFERENCE, "width": 1.25, "dash": "dash"})


def bias_by_decile(deciles: pd.DataFrame, models: Sequence[str], unit: str) -> go.Figure:
    """Every model's mean residual in tenths of its predictions, from the lowest to the highest."""
    figure = go.Figure()
    figure.add_hline(y=0, line={"color": REFERENCE, "width": 1.25, "dash": "dash"})
    for model, part in ensemble_last(deciles):
        color = color_of(model, models)
        figure.add_scatter(
            x=part["bin"] + 1,
            y=part["scaled"].round(6),
            error_y={"array": part["scaled_se"].round(6), "color": color, "thickness": 1.25, "width": 0},
            mode="lines+markers",
            name=model,
            meta={"model": model},
            line={"color": color, "width": 3 if model == ENSEMBLE else 1.5},
            marker={"color": color, "size": 7},
            fillcolor=ACCENT_SOFT,
            hovertemplate="tenth %{x}: %{y:.4~g}<extra>" + model + "</extra>",
        )
    styled(figure, 420, "Tenth of the predictions, lowest to highest", f"Mean residual of {unit}")
    return figure.update_xaxes(dtick=1)
