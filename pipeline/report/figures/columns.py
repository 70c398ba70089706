"""Columns: importance by model, and how steadily selection kept each."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from pipeline.evaluation.columns import leading_columns
from pipeline.report.theme import ACCENT, QUIET, SURFACE, color_of, styled

SHOWN = 20


def importance(table: pd.DataFrame, models: Sequence[str]) -> go.Figure:
    """The leading columns: a bar for the mean share over the models, a dot for each model."""
    leading = leading_columns(table, SHOWN)[::-1]
    names = [_short(name) for name in leading]
    wide = table.pivot_table(index="column", columns="model", values="share", sort=False).reindex(leading).fillna(0.0)
    mean = wide.mean(axis=1).round(5)
    figure = go.Figure(
        go.Bar(
            x=mean,
            y=names,
            orientation="h",
            name="mean",
            marker={"color": QUIET, "cornerradius": 4},
            customdata=leading,
            hovertemplate="%{customdata}<br>mean share %{x:.1%}<extra></extra>",
        )
    )
    for model in [m for m in models if m in wide]:
        figure.add_scatter(
            x=wide[model].round(5),
            y=names,
            customdata=leading,
            mode="markers",
            name=model,
            meta={"model": model},
            marker={"color": color_of(model, models), "size": 9, "line": {"color": SURFACE, "width": 1}},
            hovertemplate="%{customdata}<br>%{x:.1%}<extra>" + model + "</extra>",
        )
    styled(figure, 110 + 24 * len(leading), "Share of the model's importance", bargap=0.35)
    figure.update_xaxes(tickformat=".2~%", rangemode="tozero")
    return figure.update_yaxes(tickfont={"size": 12}, type="category")


def stability(table: pd.DataFrame) -> go.Figure:
    """The share of folds that kept each column, the steadiest on top; where they are many, the unsteady ones first."""
    unsteady = table[table["share"].between(0, 1, inclusive="neither")].head(SHOWN)
    rest = table.drop(index=unsteady.index).head(SHOWN - len(unsteady))
    shown = pd.concat([unsteady, rest]).sort_index().iloc[::-1]
    figure = go.Figure(
        go.Bar(
            x=shown["share"].round(4),
            y=[_short(name) for name in shown["column"]],
            orientation="h",
            marker={"color": [ACCENT if share == 1 else QUIET for share in shown["share"]], "cornerradius": 4},
            customdata=shown[["column", "kept", "folds"]],
            hovertemplate="%{customdata[0]}<br>kept in %{customdata[1]} of %{customdata[2]} folds<extra></extra>",
        )
    )
    styled(figure, 110 + 24 * len(shown), "Share of folds that kept the column", bargap=0.35)
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%")
    return figure.update_yaxes(tickfont={"size": 12}, type="category")


def _short(name: str, most: int = 22) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"
