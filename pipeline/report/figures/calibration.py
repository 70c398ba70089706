"""Calibration and the spread of predicted probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from pipeline.evaluation.scored import ALL_CLASSES, ENSEMBLE
from pipeline.report.figures.parts import ensemble_last
from pipeline.report.theme import BAD, GOOD, REFERENCE, color_of, styled

PERCENT = {"range": [-0.02, 1.02], "tickformat": ".0%", "dtick": 0.2}


def reliability(table: pd.DataFrame, models: Sequence[str]) -> go.Figure:
    """Observed share against predicted probability; on the diagonal a probability means what it says."""
    figure = go.Figure()
    diagonal = {"color": REFERENCE, "width": 1.25, "dash": "dash"}
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line=diagonal, hoverinfo="skip", name="perfect")
    pooled = table[table["label"] == ALL_CLASSES] if (table["label"] == ALL_CLASSES).any() else table
    for model, part in ensemble_last(pooled):
        color = color_of(model, models)
        figure.add_scatter(
            x=part["predicted"].round(5),
            y=part["observed"].round(5),
            customdata=part["rows"],
            error_y={"array": part["se"].round(5), "color": color, "thickness": 1.25, "width": 0},
            mode="lines+markers",
            name=model,
            meta={"model": model},
            line={"color": color, "width": 3 if model == ENSEMBLE else 1.5},
            marker={"color": color, "size": 8 if model == ENSEMBLE else 6},
            hovertemplate="predicted %{x:.1%}, observed %{y:.1%}<br>%{customdata} rows<extra>" + model + "</extra>",
        )
    styled(figure, 400, "Predicted probability", "Observed share of positives")
    return figure.update_xaxes(**PERCENT).update_yaxes(**PERCENT)


def separation(table: pd.DataFrame, positive: str, negative: str) -> go.Figure:
    """The ensemble's probabilities: positives upwards, negatives downwards."""
    own = table[table["model"] == ENSEMBLE]
    own = own[own["label"] == (ALL_CLASSES if (own["label"] == ALL_CLASSES).any() else own["label"].iloc[0])]
    middle = (own["low"] + own["high"]) / 2
    figure = go.Figure()
    for side, name, color, sign in (("positives", positive, GOOD, 1), ("negatives", negative, BAD, -1)):
        figure.add_bar(
            x=middle.round(4),
            y=(sign * own[side]).round(5),
            customdata=own[side].round(5),
            name=name,
            marker={"color": color, "opacity": 0.85, "cornerradius": 3},
            hovertemplate="%{customdata:.1%} of rows near %{x:.2f}<extra>" + name + "</extra>",
        )
    styled(figure, 400, "Predicted probability", "Share of rows", barmode="relative", bargap=0.08, showlegend=True)
    ticks = _mirrored(float(own[["positives", "negatives"]].max().max()))
    figure.update_yaxes(tickvals=ticks, ticktext=[f"{abs(t):.0%}" for t in ticks])
    return figure.update_xaxes(**PERCENT)


def _mirrored(top: float) -> list[float]:
    step = next(s for s in (0.05, 0.1, 0.2, 0.5) if top / s <= 4 or s == 0.5)
    half = [round(step * k, 2) for k in range(1, int(top / step) + 1)]
    return [-t for t in reversed(half)] + [0.0, *half]
