"""Colours, type and the base layout that every figure shares.

Figures carry the light colours; the page's script swaps each for its dark twin, so that one figure serves both modes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import plotly.io

from pipeline.evaluation.scored import ENSEMBLE

INK, MUTED, GRID, REFERENCE, SURFACE = "#1c2434", "#667085", "#e6e9f0", "#98a2b3", "#fefefe"
ACCENT, ACCENT_SOFT, HEAT, COUNTER = "#4f46e5", "rgba(79,70,229,0.16)", "#5048e6", "#d94a10"
GOOD, BAD, QUIET = "#0f9d8a", "#d9480f", "#c5cbd8"
SERIES = (
    "#0d9488",
    "#e8590c",
    "#0b7fc7",
    "#d6336c",
    "#5c940d",
    "#b7791f",
    "#9333ea",
    "#475569",
    "#c92a2a",
    "#087f5b",
)

DARK_TWINS = {
    INK: "#e6eaf2",
    MUTED: "#9aa5b8",
    GRID: "#2a3347",
    REFERENCE: "#6b778c",
    SURFACE: "#151c2b",
    ACCENT: "#a5a8ff",
    ACCENT_SOFT: "rgba(165,168,255,0.20)",
    HEAT: "#5a57d8",
    COUNTER: "#b4502b",
    GOOD: "#3fd6c0",
    BAD: "#ff9466",
    QUIET: "#46526a",
    **dict(
        zip(
            SERIES,
            (
                "#2dd4bf",
                "#ff9d5c",
                "#56b8f5",
                "#f783ac",
                "#a9d65c",
                "#eebf57",
                "#c99bff",
                "#a3b1c6",
                "#ff8787",
                "#63e6be",
            ),
            strict=True,
        )
    ),
}

FONT = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
AXIS: dict[str, Any] = {
    "gridcolor": GRID,
    "linecolor": GRID,
    "zeroline": False,
    "ticks": "",
    "automargin": True,
    "title": {"font": {"size": 12, "color": MUTED}, "standoff": 10},
    "tickfont": {"size": 11, "color": MUTED},
}


def color_of(model: str, models: Sequence[str]) -> str:
    """A model's colour, the same in every figure: the accent for the ensemble, else by its place in the declaration."""
    if model == ENSEMBLE or model not in models:
        return ACCENT
    return SERIES[list(models).index(model) % len(SERIES)]


def styled(figure: go.Figure, height: int, x: str = "", y: str = "", **layout: Any) -> go.Figure:
    """The figure with the shared look, its axes' titles, and a height in pixels."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 12, "t": 12, "b": 8},
        font={"family": FONT, "size": 12, "color": INK},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"bgcolor": SURFACE, "bordercolor": GRID, "font": {"family": FONT, "size": 12, "color": INK}},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 12, "color": INK}},
        showlegend=False,
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": REFERENCE, "activecolor": ACCENT},
    )
    figure.update_xaxes(**AXIS)
    figure.update_yaxes(**AXIS)
    if x:
        figure.update_xaxes(title_text=x)
    if y:
        figure.update_yaxes(title_text=y)
    return figure.update_layout(**layout)


def as_json(figure: go.Figure) -> str:
    """The figure for the page's script: finite numbers only, without plotly's own template."""
    content = figure.to_plotly_json()
    content["layout"].pop("template", None)
    return str(plotly.io.to_json(content, validate=False)).replace("<", "\\u003c")
