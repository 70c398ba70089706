"""Members: how alike they err, as a heat map."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from pipeline.report.theme import HEAT, SURFACE, styled

LABELLED = 9


def correlation(table: pd.DataFrame) -> go.Figure:
    """Members down and across; the darker a cell, the more alike the two err. What errs apart is shown as none."""
    names = list(dict.fromkeys(table["member"]))
    wide = table.pivot(index="member", columns="other", values="correlation").loc[names, names].round(3)
    shown = [_short(name) for name in names]
    few = len(names) <= LABELLED
    figure = go.Figure(
        go.Heatmap(
            z=wide.to_numpy(),
            x=shown,
            y=shown,
            zmin=max(0.0, float(wide.to_numpy().min()) - 0.02),
            zmax=1,
            colorscale=[[0, SURFACE], [1, HEAT]],
            showscale=False,
            xgap=2,
            ygap=2,
            texttemplate="%{z:.2f}" if few else None,
            textfont={"size": 12 if len(names) <= 9 else 10},
            hovertemplate="%{y} and %{x}<br>correlation of their errors %{z:.3f}<extra></extra>",
        )
    )
    styled(figure, 190 + (30 if few else 18) * len(names))
    figure.update_xaxes(showgrid=False, type="category")
    return figure.update_yaxes(showgrid=False, type="category", autorange="reversed")


def _short(name: str) -> str:
    return name if len(name) <= 20 else name[:19] + "…"
