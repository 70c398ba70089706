"""The data: the target's distribution, drift, what is missing, and columns against the target and the test."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from pipeline.report.figures.parts import picked, shortened
from pipeline.report.figures.residuals import log_axis
from pipeline.report.theme import ACCENT, BAD, QUIET, REFERENCE, SERIES, styled

SHOWN = 15


def target(table: pd.DataFrame, name: str, logarithmic: bool) -> go.Figure:
    """Rows by class, or a histogram of the values."""
    if table["label"].ne("").any():
        shown = [shortened(label) for label in table["label"]]
        figure = go.Figure(go.Bar(x=shown, y=table["rows"], marker={"color": ACCENT, "cornerradius": 4}))
        styled(figure, 400, name, "Training rows", bargap=0.35)
        return figure.update_xaxes(type="category")
    edges = [table["low"].iloc[0], *table["high"]]
    x = [edge for edge in edges for _ in range(2)]
    y = [0, *(rows for rows in table["rows"] for _ in range(2)), 0]
    figure = go.Figure(go.Scatter(x=x, y=y, mode="lines", fill="tozeroy", line={"color": ACCENT, "width": 1.5}))
    figure.update_traces(hovertemplate="%{y} rows near %{x:,.4~g}<extra></extra>")
    styled(figure, 400, name, "Training rows")
    return figure.update_xaxes(**(log_axis(edges[0], edges[-1]) if logarithmic and edges[0] > 0 else {}))


def distributions(table: pd.DataFrame) -> go.Figure:
    """A column's spread in every class, or every third of the target, as filled steps; the column is picked."""
    figure = go.Figure()
    labels = list(dict.fromkeys(table["label"]))
    for name, part in table.groupby("column", sort=False):
        for place, label in enumerate(labels):
            own, color = part[part["label"] == label], SERIES[place % len(SERIES)]
            figure.add_scatter(
                x=[edge for edge in (own["low"].iloc[0], *own["high"]) for _ in range(2)],
                y=[0, *(share for share in own["share"].round(5) for _ in range(2)), 0],
                mode="lines",
                name=label,
                fill="tozeroy" if len(labels) <= 3 else None,
                line={"color": color, "width": 2},
                meta={"pick": str(name)},
                hovertemplate="%{y:.1%} near %{x:,.4~g}<extra>" + label + "</extra>",
            )
    styled(figure, 400, "", "Share of rows", showlegend=True)
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    return picked(figure, {str(name): {"title": {"text": str(name)}} for name in dict.fromkeys(table["column"])})


def drift(table: pd.DataFrame) -> go.Figure:
    """The columns whose distribution moves most from train to test, by the population stability index."""
    shown = table.head(SHOWN).iloc[::-1]
    figure = go.Figure(
        go.Bar(
            x=shown["psi"].round(5),
            y=[shortened(name) for name in shown["column"]],
            orientation="h",
            marker={"color": [BAD if psi >= 0.25 else ACCENT if psi >= 0.1 else QUIET for psi in shown["psi"]]},
            customdata=shown["column"],
            hovertemplate="%{customdata}<br>PSI %{x:.3f}<extra></extra>",
        )
    )
    styled(figure, 110 + 24 * len(shown), "Population stability index", bargap=0.35)
    figure.update_xaxes(rangemode="tozero")
    return figure.update_yaxes(tickfont={"size": 12}, type="category")


def missing(table: pd.DataFrame) -> go.Figure:
    """The columns of which most is missing: a full dot for train, a ring for test."""
    most = table[["missing_train", "missing_test"]].max(axis=1)
    shown = table.assign(most=most).sort_values(["most", "column"]).tail(SHOWN)
    names = [shortened(name) for name in shown["column"]]
    figure = go.Figure()
    for part, symbol, color in (("train", "circle", ACCENT), ("test", "circle-open", BAD)):
        figure.add_scatter(
            x=shown[f"missing_{part}"].round(5),
            y=names,
            mode="markers",
            name=part,
            marker={"color": color, "size": 10, "symbol": symbol, "line": {"width": 2, "color": color}},
            hovertemplate="%{y}: %{x:.1%}<extra>" + part + "</extra>",
        )
    styled(figure, 130 + 24 * len(shown), "Missing", showlegend=True)
    figure.update_xaxes(tickformat=".2~%", rangemode="tozero")
    return figure.update_yaxes(tickfont={"size": 12}, type="category")


def over_target(table: pd.DataFrame, outcome: str, whole: float) -> go.Figure:
    """The target's mean by level with its standard error; the dashed line is its mean over all rows."""
    figure = go.Figure()
    for name, part in table.dropna(subset="target").groupby("column", sort=False):
        figure.add_scatter(
            x=part["target"].round(6),
            y=[shortened(level, 24) for level in part["level"]],
            error_x={"array": part["se"].fillna(0.0).round(6), "color": ACCENT, "thickness": 3, "width": 0},
            mode="markers",
            marker={"color": ACCENT, "size": 12, "symbol": "diamond"},
            meta={"pick": str(name)},
            hovertemplate="%{y}: %{x:,.4~g}<extra></extra>",
        )
    figure.add_vline(x=whole, line={"color": REFERENCE, "width": 1.5, "dash": "dash"})
    return _by_level(figure, table, outcome)


def train_and_test(table: pd.DataFrame) -> go.Figure:
    """The share of either's rows by level."""
    figure = go.Figure()
    for name, part in table.groupby("column", sort=False):
        for rows, color in (("train", ACCENT), ("test", SERIES[1])):
            figure.add_bar(
                x=part[rows].round(5),
                y=[shortened(level, 24) for level in part["level"]],
                orientation="h",
                name=rows,
                marker={"color": color, "cornerradius": 3},
                meta={"pick": str(name)},
                hovertemplate="%{y}: %{x:.1%} of " + rows + "<extra></extra>",
            )
    _by_level(figure, table, "Share of rows")
    figure.update_layout(showlegend=True, barmode="group", bargap=0.3)
    return figure.update_xaxes(tickformat=".0%", rangemode="tozero")


def classes_by_level(table: pd.DataFrame) -> go.Figure:
    """Each level's rows by class, as shares that make up one bar; the column is picked."""
    figure = go.Figure()
    labels = list(dict.fromkeys(table["label"]))
    for name, part in table.groupby("column", sort=False):
        for place, label in enumerate(labels):
            own = part[part["label"] == label]
            figure.add_bar(
                x=own["share"].round(5),
                y=[shortened(level, 24) for level in own["level"]],
                orientation="h",
                name=label,
                marker={"color": SERIES[place % len(SERIES)]},
                meta={"pick": str(name)},
                hovertemplate="%{y}: %{x:.1%} " + label + "<extra></extra>",
            )
    _by_level(figure, table.drop_duplicates(["column", "position"]), "Share of rows")
    figure.update_layout(showlegend=True, barmode="stack", bargap=0.3, legend={"traceorder": "normal"})
    return figure.update_xaxes(tickformat=".0%", range=[0, 1])


def _by_level(figure: go.Figure, table: pd.DataFrame, title: str) -> go.Figure:
    styled(figure, 130 + 36 * int(table.groupby("column").size().max()), title)
    figure.update_yaxes(tickfont={"size": 12}, type="category", autorange="reversed")
    return picked(figure, {name: {} for name in dict.fromkeys(table["column"])})
