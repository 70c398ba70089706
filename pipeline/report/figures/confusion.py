"""The confusion matrix as a heat map of shares within each true class."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from pipeline.report.theme import HEAT, SURFACE, styled


def matrix(table: pd.DataFrame) -> go.Figure:
    """True classes down, decided classes across; a cell's shade is its share of the true class's rows."""
    labels = list(dict.fromkeys(table["actual"]))
    wide = {
        c: table.pivot(index="actual", columns="predicted", values=c).loc[labels, labels] for c in ("share", "rows")
    }
    texts = "%{text}<br>%{z:.0%}" if len(labels) <= 8 else "%{text}"
    figure = go.Figure(
        go.Heatmap(
            z=wide["share"].round(5).to_numpy(),
            text=[[f"{rows:,}" for rows in line] for line in wide["rows"].to_numpy()],
            x=[_short(label) for label in labels],
            y=[_short(label) for label in labels],
            zmin=0,
            zmax=1,
            colorscale=[[0, SURFACE], [1, HEAT]],
            showscale=False,
            xgap=3,
            ygap=3,
            texttemplate=texts,
            textfont={"size": 13 if len(labels) <= 8 else 10},
            hovertemplate="true %{y}, decided %{x}<br>%{text} rows, %{z:.1%} of the true class<extra></extra>",
        )
    )
    styled(figure, 400 if len(labels) <= 8 else 180 + 26 * len(labels), "Decided class", "True class")
    figure.update_xaxes(showgrid=False, type="category")
    return figure.update_yaxes(showgrid=False, type="category", autorange="reversed")


def _short(label: str) -> str:
    return label if len(label) <= 18 else label[:17] + "…"
