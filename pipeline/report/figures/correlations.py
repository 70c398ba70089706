"""How columns go together, as heat maps."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pipeline.evaluation.correlations import TARGET
from pipeline.report.figures.parts import shortened
from pipeline.report.theme import COUNTER, HEAT, SURFACE, styled

LABELLED = 10


def correlations(table: pd.DataFrame, target: str) -> go.Figure:
    """Rank correlations, from orange at −1 over nothing at 0 to blue at 1."""
    scale = [[0, COUNTER], [0.5, SURFACE], [1, HEAT]]
    return _map(table, "correlation", target, {"zmin": -1, "zmax": 1, "colorscale": scale})


def associations(table: pd.DataFrame, target: str) -> go.Figure:
    """Associations, from nothing at 0 to full at 1."""
    return _map(table, "association", target, {"zmin": 0, "zmax": 1, "colorscale": [[0, SURFACE], [1, HEAT]]})


def _map(table: pd.DataFrame, value: str, target: str, shades: dict[str, Any]) -> go.Figure:
    names = list(dict.fromkeys(table["column"]))
    wide = table.pivot(index="column", columns="other", values=value).loc[names, names].round(3)
    shown = [shortened(target if name == TARGET else name, 18) for name in names]
    few = len(names) <= LABELLED
    figure = go.Figure(
        go.Heatmap(
            z=wide.astype(object).where(wide.notna(), None).to_numpy(),
            x=shown,
            y=shown,
            **shades,
            showscale=False,
            xgap=2,
            ygap=2,
            texttemplate="%{z:.2f}" if few else None,
            textfont={"size": 11},
            hovertemplate="%{y} and %{x}: %{z:.3f}<extra></extra>",
            hoverongaps=False,
        )
    )
    styled(figure, 170 + (30 if few else 22) * len(names))
    figure.update_xaxes(showgrid=False, type="category", tickangle=-60)
    return figure.update_yaxes(showgrid=False, type="category", autorange="reversed")
