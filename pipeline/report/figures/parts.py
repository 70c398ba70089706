"""A table cut by model, in the order that lines are drawn in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from pipeline.evaluation.scored import ENSEMBLE


def ensemble_last(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Each model's lines, the ensemble's last, so that its curve lies on top."""
    parts = [(str(model), part) for model, part in table.groupby("model", sort=False)]
    return sorted(parts, key=lambda pair: pair[0] == ENSEMBLE)


def picked(figure: go.Figure, axes: Mapping[str, Mapping[str, Any]]) -> go.Figure:
    """The figure with what its horizontal axis is, and under ``yaxis`` its upright one, for each name to be picked.

    A trace that belongs to one name says so in ``meta``: ``{"pick": name}``; the page's script shows one at a time.
    """
    return figure.update_layout(meta={"picks": {name: dict(axis) for name, axis in axes.items()}})


def shortened(name: str, most: int = 22) -> str:
    """A name that fits beside an axis."""
    return name if len(name) <= most else name[: most - 1] + "…"
