"""Why a member predicts what it predicts: permutation importance, contributions, partial dependence."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from pipeline.report import words
from pipeline.report.figures.parts import picked, shortened
from pipeline.report.theme import ACCENT, BAD, MUTED, QUIET, REFERENCE, SERIES, styled

SHOWN, ROW_SHOWN = 12, 10
REST = ("other columns", "start")


def permutation(table: pd.DataFrame, metric: str) -> go.Figure:
    """What the score loses with each column shuffled, the costliest on top."""
    shown = table.head(SHOWN).iloc[::-1]
    figure = go.Figure(
        go.Bar(
            x=shown["loss"].round(7),
            y=[shortened(name) for name in shown["column"]],
            orientation="h",
            marker={"color": ACCENT, "cornerradius": 4},
            error_x={"array": shown["se"].round(7), "color": MUTED, "thickness": 1.5, "width": 0},
            customdata=shown["column"],
            hovertemplate="%{customdata}<br>%{x:.3~g} lost<extra></extra>",
        )
    )
    styled(figure, 110 + 26 * len(shown), f"{words.metric_name(metric)} lost", bargap=0.35)
    return figure.update_yaxes(tickfont={"size": 12}, type="category")


def summary(table: pd.DataFrame, unit: str) -> go.Figure:
    """Every row's contribution of each leading column, coloured by the column's value."""
    names = leading(table)[:SHOWN][::-1]
    figure = go.Figure()
    figure.add_vline(x=0, line={"color": REFERENCE, "width": 1.25})
    for place, name in enumerate(names):
        part = table[table["column"] == name]
        x = part["contribution"].to_numpy(dtype=np.float32)
        numeric = bool(part["value"].notna().any())
        color: Any = part["value"].rank(pct=True).fillna(0.5).to_numpy(dtype=np.float32) if numeric else QUIET
        scale = {"colorscale": [[0, SERIES[2]], [1, BAD]], "cmin": 0, "cmax": 1} if numeric else {}
        figure.add_scatter(
            x=x,
            y=(place + _spread(x)).astype(np.float32),
            mode="markers",
            marker={"color": color, "size": 5, "opacity": 0.75, **scale},
            hovertemplate="%{x:.3~g}<extra>" + shortened(name) + "</extra>",
        )
    styled(figure, 110 + 30 * len(names), f"Contribution to {unit}")
    ticks = {"tickvals": list(range(len(names))), "ticktext": [shortened(name) for name in names]}
    return figure.update_yaxes(tickfont={"size": 12}, range=[-0.6, len(names) - 0.4], showgrid=False, **ticks)


def dependence(table: pd.DataFrame, unit: str, names: Sequence[str]) -> go.Figure:
    """The contribution of one column over its value, row by row; the reader picks the column."""
    figure = go.Figure()
    for name in names:
        part = table[table["column"] == name]
        numeric = bool(part["value"].notna().any())
        part = part.dropna(subset="value").sort_values("value") if numeric else part.sort_values("level")
        x = part["value"].to_numpy(dtype=np.float32) if numeric else [shortened(level) for level in part["level"]]
        figure.add_scatter(
            x=x,
            y=part["contribution"].to_numpy(dtype=np.float32),
            mode="markers",
            marker={"color": ACCENT, "size": 5, "opacity": 0.5},
            meta={"pick": name},
            hovertemplate="%{x}: %{y:.3~g}<extra></extra>",
        )
    figure.add_hline(y=0, line={"color": REFERENCE, "width": 1.25, "dash": "dash"})
    styled(figure, 400, "", f"Contribution to {unit}")
    numeric_names = set(table.loc[table["value"].notna(), "column"])
    return picked(figure, {name: _axis(name, name in numeric_names) for name in names})


def one_row(table: pd.DataFrame, row_id: int, unit: str) -> go.Figure:
    """How one row's raw prediction comes about: from the start, column by column, the largest first."""
    own = table[table["row_id"] == row_id]
    start = float(own.loc[own["column"] == "start", "contribution"].iloc[0])
    own = own[own["column"] != "start"].assign(size=lambda t: t["contribution"].abs())
    own = own.sort_values(["size", "column"], ascending=[False, True])
    top = own[own["column"] != REST[0]].head(ROW_SHOWN)
    others = float(own["contribution"].sum() - top["contribution"].sum())
    steps = [("start", start, "absolute"), *((_told(line), line["contribution"], "relative") for line in
             top.to_dict("records")), ("all others", others, "relative"), ("prediction", 0.0, "total")]  # fmt: skip
    figure = go.Figure(
        go.Waterfall(
            y=[name for name, _, _ in steps],
            x=[round(float(value), 6) for _, value, _ in steps],
            measure=[kind for _, _, kind in steps],
            orientation="h",
            increasing={"marker": {"color": BAD}},
            decreasing={"marker": {"color": SERIES[2]}},
            totals={"marker": {"color": ACCENT}},
            connector={"line": {"color": REFERENCE, "width": 1}},
            hovertemplate="%{y}: %{delta:.4~g}, so far %{final:.4~g}<extra></extra>",
        )
    )
    styled(figure, 110 + 28 * len(steps), f"Raw prediction, {unit}")
    reach = np.cumsum([value for _, value, _ in steps])
    room = 0.06 * float(np.ptp(reach)) or 1.0
    figure.update_xaxes(range=[float(reach.min()) - room, float(reach.max()) + room])
    return figure.update_yaxes(tickfont={"size": 12}, type="category", autorange="reversed")


def partial(table: pd.DataFrame, names: Sequence[str], outcome: str) -> go.Figure:
    """The mean prediction with one column at each of its values: a pale line a fold, and their mean; one is picked."""
    figure = go.Figure()
    labels = list(dict.fromkeys(table["label"]))
    for name in names:
        part = table[table["column"] == name]
        numeric = bool(part["value"].notna().any())
        for place, label in enumerate(labels):
            own = part[part["label"] == label]
            color = SERIES[place % len(SERIES)] if label else ACCENT
            for _, fold in own.groupby("fold"):
                _line(figure, fold, numeric, name, {"color": color, "width": 1}, 0.35, "")
            mean = own.groupby(["position", "level"], as_index=False)[["value", "prediction"]].mean()
            _line(figure, mean, numeric, name, {"color": color, "width": 3}, 1.0, label)
    styled(figure, 400, "", outcome, showlegend=len(labels) > 1)
    numeric_names = set(table.loc[table["value"].notna(), "column"])
    return picked(figure, {name: _axis(name, name in numeric_names) for name in names})


def leading(table: pd.DataFrame) -> list[str]:
    """The contributing columns, the largest first, without what completes a row."""
    return [name for name in dict.fromkeys(table["column"]) if name not in REST]


def _line(
    figure: go.Figure, part: pd.DataFrame, numeric: bool, name: str, line: dict[str, Any], opacity: float, label: str
) -> None:
    part = part.sort_values("position")
    figure.add_scatter(
        x=part["value"].to_numpy() if numeric else [shortened(level) for level in part["level"]],
        y=part["prediction"].round(6),
        mode="lines+markers" if opacity == 1 else "lines",
        line=line,
        opacity=opacity,
        name=label,
        showlegend=bool(label) and opacity == 1,
        meta={"pick": name},
        hovertemplate="%{x}: %{y:.4~g}<extra>" + label + "</extra>",
        hoverinfo=None if opacity == 1 else "skip",
    )


def _axis(name: str, numeric: bool) -> dict[str, Any]:
    return {"type": "linear" if numeric else "category", "title": {"text": name}}


def _told(line: Mapping[Hashable, Any]) -> str:
    value = line["level"] or ("missing" if pd.isna(line["value"]) else f"{line['value']:.4g}".replace("-", "−"))
    return f"{shortened(line['column'])} = {shortened(value, 14)}"


def _spread(x: np.ndarray) -> np.ndarray:
    """Heights of a swarm's points about their line: the more rows share a place, the further from it."""
    if np.ptp(x) == 0:
        return np.zeros(len(x))
    bins = np.digitize(x, np.linspace(x.min(), x.max(), 60))
    order = pd.Series(bins).groupby(bins).cumcount().to_numpy()
    most = max(int(np.bincount(bins).max()), 8)
    return np.where(order % 2, 1, -1) * ((order + 1) // 2) / most * 0.8
