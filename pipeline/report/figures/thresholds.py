"""What a threshold buys: precision, recall and F1 against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pipeline.evaluation.scored import ENSEMBLE
from pipeline.report.theme import ACCENT, MUTED, REFERENCE, SERIES, styled

LINES = (("f1", "F1", ACCENT), ("precision", "Precision", SERIES[0]), ("recall", "Recall", SERIES[1]),
         ("accuracy", "Accuracy", SERIES[2]), ("flagged", "Flagged", REFERENCE))  # fmt: skip


def threshold_lines(table: pd.DataFrame, decision: Mapping[str, Any]) -> go.Figure:
    """The ensemble's rates at every threshold, and a mark where the submission's own lies."""
    own = table[table["model"] == ENSEMBLE]
    figure = go.Figure()
    for column, name, color in LINES:
        figure.add_scatter(
            x=own["threshold"],
            y=own[column].round(5),
            mode="lines",
            name=name,
            line={
                "color": color,
                "width": 3 if column == "f1" else 1.75,
                "dash": "dot" if column == "flagged" else "solid",
            },
            hovertemplate="%{y:.1%}",
        )
    styled(figure, 400, "Threshold on the probability", "", showlegend=True, hovermode="x unified")
    if decision.get("kind") == "threshold":
        chosen = float(decision["values"][0])
        figure.add_vline(x=chosen, line={"color": MUTED, "width": 1.5, "dash": "dash"})
        figure.add_annotation(
            x=chosen, y=0, text=f"used: {chosen:.3f}", showarrow=False, xanchor="left", yanchor="bottom", xshift=6,
            font={"size": 11, "color": MUTED},
        )  # fmt: skip
    figure.update_xaxes(range=[0, 1], tickformat=".1f", dtick=0.2)
    return figure.update_yaxes(range=[-0.01, 1.01], tickformat=".0%", dtick=0.2)
