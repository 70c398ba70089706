"""Learning curves: the loss on the stopping rows, round by round."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from pipeline.report.figures.parts import picked
from pipeline.report.theme import SURFACE, color_of, styled


def curves(table: pd.DataFrame, names: Sequence[str], models: Sequence[str]) -> go.Figure:
    """A pale line for each fit of a member, with a dot where it stopped; the member is picked."""
    figure, axes = go.Figure(), {}
    for name in names:
        own, color = table[table["model"] == name], color_of(name, models)
        for _, fit in own.groupby(["fold", "repeat"], sort=False):
            fold, repeat = fit["fold"].iloc[0], int(fit["repeat"].iloc[0])
            more = f", model {repeat + 1}" if own["repeat"].any() else ""
            figure.add_scatter(
                x=fit["round"],
                y=fit["value"].round(6),
                mode="lines",
                line={"color": color, "width": 1.25},
                opacity=0.6,
                meta={"pick": name},
                hovertemplate=f"round %{{x}}: %{{y:.5~g}}<extra>fold {fold}{more}</extra>",
            )
        kept = own[own["kept"]]
        figure.add_scatter(
            x=kept["round"],
            y=kept["value"].round(6),
            mode="markers",
            marker={"color": color, "size": 9, "line": {"color": SURFACE, "width": 1}},
            meta={"pick": name},
            customdata=kept["fold"],
            hovertemplate="stopped: round %{x}, %{y:.5~g}<extra>fold %{customdata}</extra>",
        )
        axes[name] = {"yaxis": {"title": {"text": f"{own['measure'].iloc[0]}, stopping rows"}}}
    styled(figure, 400, "Round or epoch", "Loss on the stopping rows")
    return picked(figure, axes)
