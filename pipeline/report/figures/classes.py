"""Class counts before and after resampling."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from pipeline.report.theme import SERIES, styled


def counts(table: pd.DataFrame) -> go.Figure:
    """Training rows of each class by fold: pale before, full after."""
    figure = go.Figure()
    labels = list(dict.fromkeys(table["label"]))
    for place, label in enumerate(labels):
        part = table[table["label"] == label]
        for when, opacity in (("before", 0.35), ("after", 1.0)):
            figure.add_bar(
                x=part["fold"],
                y=part[when],
                name=f"{label}, {when}",
                offsetgroup=f"{label} {when}",
                marker={"color": SERIES[place % len(SERIES)], "cornerradius": 3},
                opacity=opacity,
                hovertemplate=f"{label}, {when}: %{{y:,}} rows<extra>%{{x}}</extra>",
            )
    return styled(figure, 400, "Fold", "Training rows", showlegend=True, barmode="group", bargap=0.25)
