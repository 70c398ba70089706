"""The study as one picture: a panel for each model, a line for each method, what is true and what would be claimed.

An SVG written by hand, so that a README shows it anywhere, light or dark, and the same scores give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd

from pipeline.imbalance.methods import METHODS, NONE, WORDS
from pipeline.imbalance.scores import MAIN

TRUE, CLAIMED, INK, PALE = "#4f46e5", "#d9480f", "#667085", "#98a2b3"
LEFT, TOP, PANEL, GAP, LINE, BOTTOM, LEAST = 136, 84, 190, 22, 24, 34, 480


@dataclass(frozen=True)
class Axis:
    """Where scores lie across a panel: ``low`` at its left edge, ``high`` at its right one."""

    low: float
    high: float

    def at(self, score: float, left: float) -> float:
        """The place of a score, in pixels."""
        return left + PANEL * (score - self.low) / (self.high - self.low)

    @property
    def ticks(self) -> list[float]:
        """Three to six round scores."""
        step = next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if (self.high - self.low) / s <= 5 or s == 0.5)
        first = math.ceil(self.low / step - 1e-9)
        return [round(k * step, 2) for k in range(first, math.floor(self.high / step + 1e-9) + 1)]


def picture(summary: pd.DataFrame) -> str:
    """The picture as SVG text.

    Parameters
    ----------
    summary : DataFrame
        As ``scores.summary`` gives it; refused methods are left out.
    """
    made = summary[summary["refused"] == ""]
    models = list(dict.fromkeys(made["model"]))
    methods = [name for name in METHODS if name in set(made["method"])]
    axis = _axis(made)
    width, height = max(LEFT + len(models) * (PANEL + GAP), LEAST), TOP + len(methods) * LINE + BOTTOM
    parts = [_legend(), *_names(methods)]
    for number, model in enumerate(models):
        rows = {str(row["method"]): row for row in made[made["model"] == model].to_dict("records")}
        parts += _panel(model, rows, methods, axis, LEFT + number * (PANEL + GAP))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" font-family="system-ui, sans-serif" font-size="12" fill="{INK}" role="img">',
            "<title>Average precision of each way of treating rare classes, by model</title>",
            *parts,
            "</svg>",
            "",
        ]
    )


def _axis(made: pd.DataFrame) -> Axis:
    error = made[f"{MAIN}_se"].fillna(0.0)
    every = pd.concat([made[MAIN] - error, made[MAIN] + error, made[f"{MAIN}_claimed"]]).dropna()
    room = max(0.02, float(every.max() - every.min())) * 0.06
    return Axis(float(every.min()) - room, max(float(every.max()), float(every.min()) + 0.02) + room)


def _legend() -> str:
    return (
        f'<circle cx="{LEFT}" cy="14" r="4.5" fill="{TRUE}"/>'
        f'<text x="{LEFT + 12}" y="18">average precision in fold, ± one standard error</text>'
        f'<circle cx="{LEFT}" cy="34" r="4.5" fill="none" stroke="{CLAIMED}" stroke-width="1.6"/>'
        f'<text x="{LEFT + 12}" y="38">what resampling before the split would have claimed</text>'
    )


def _names(methods: Sequence[str]) -> list[str]:
    return [
        f'<text x="{LEFT - 12}" y="{_height(k) + 4}" text-anchor="end">{escape(WORDS[name])}</text>'
        for k, name in enumerate(methods)
    ]


def _height(number: int) -> float:
    return TOP + number * LINE + LINE / 2


def _panel(model: str, rows: dict[str, Any], methods: Sequence[str], axis: Axis, left: float) -> list[str]:
    foot = TOP + len(methods) * LINE
    parts = [f'<text x="{left}" y="{TOP - 14}" font-weight="600">{escape(model)}</text>']
    for tick in axis.ticks:
        x = axis.at(tick, left)
        parts.append(_stroke(x, TOP, x, foot, PALE, 'stroke-opacity="0.35"'))
        parts.append(f'<text x="{x:.1f}" y="{foot + 16}" text-anchor="middle" font-size="11">{tick:g}</text>')
    if NONE in rows:
        x = axis.at(rows[NONE][MAIN], left)
        parts.append(_stroke(x, TOP, x, foot, TRUE, 'stroke-dasharray="3 3" stroke-opacity="0.7"'))
    for number, method in enumerate(methods):
        if method in rows:
            parts += _marks(rows[method], axis, left, _height(number))
    return parts


def _marks(row: dict[str, Any], axis: Axis, left: float, y: float) -> list[str]:
    score, error, claimed = row[MAIN], row[f"{MAIN}_se"], row[f"{MAIN}_claimed"]
    parts = []
    if math.isfinite(error):
        parts.append(
            _stroke(axis.at(score - error, left), y, axis.at(score + error, left), y, TRUE, 'stroke-width="2"')
        )
    parts.append(f'<circle cx="{axis.at(score, left):.1f}" cy="{y}" r="4.5" fill="{TRUE}"/>')
    if math.isfinite(claimed):
        x = axis.at(claimed, left)
        parts.append(f'<circle cx="{x:.1f}" cy="{y}" r="4.5" fill="none" stroke="{CLAIMED}" stroke-width="1.6"/>')
    return parts


def _stroke(x1: float, y1: float, x2: float, y2: float, color: str, further: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1}" x2="{x2:.1f}" y2="{y2}" stroke="{color}" {further}/>'
