"""Curves of a ranking by probability: ROC, precision-recall, gain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from pipeline.evaluation.scored import ALL_CLASSES, ENSEMBLE
from pipeline.report.figures.parts import ensemble_last, picked
from pipeline.report.theme import GRID, MUTED, REFERENCE, SERIES, color_of, styled

HEIGHT = 400
UNIT = {"range": [-0.01, 1.01], "tickformat": ".1f", "dtick": 0.2}


def roc(table: pd.DataFrame, models: Sequence[str]) -> go.Figure:
    """ROC curves by model, with chance as the diagonal."""
    figure = go.Figure()
    _reference(figure, [0, 1], [0, 1])
    axes = ("false_positive_rate", "true_positive_rate")
    _by_model(figure, table, axes, models, "%{y:.3f} found, %{x:.3f} false alarms", "AUC")
    styled(figure, HEIGHT, "False positive rate", "True positive rate")
    return figure.update_xaxes(**UNIT).update_yaxes(**UNIT)


def precision_recall(table: pd.DataFrame, models: Sequence[str]) -> go.Figure:
    """Precision-recall curves by model, over lines of equal F1, with the prevalence as chance."""
    figure = go.Figure()
    for level in (0.2, 0.4, 0.6, 0.8):
        _iso_f1(figure, level)
    _reference(figure, [0, 1], [float(_pooled(table)["prevalence"].iloc[0])] * 2)
    _by_model(figure, table, ("recall", "precision"), models, "precision %{y:.3f} at recall %{x:.3f}", "AP")
    styled(figure, HEIGHT, "Recall", "Precision")
    return figure.update_xaxes(**UNIT).update_yaxes(**UNIT)


def gain(table: pd.DataFrame, models: Sequence[str]) -> go.Figure:
    """Cumulative gain by model, with chance as the diagonal."""
    figure = go.Figure()
    _reference(figure, [0, 1], [0, 1])
    hover = "top %{x:.0%} of rows hold %{y:.1%} of positives"
    _by_model(figure, table, ("share", "gain"), models, hover, "")
    styled(figure, HEIGHT, "Share of rows, the best-ranked first", "Share of positives among them")
    percent = UNIT | {"tickformat": ".0%"}
    return figure.update_xaxes(**percent).update_yaxes(**percent)


def lift(table: pd.DataFrame, models: Sequence[str]) -> go.Figure:
    """Lift by model: the gain over chance's."""
    figure = go.Figure()
    _reference(figure, [0, 1], [1, 1])
    hover = "top %{x:.0%} of rows: %{y:.2f} times chance"
    _by_model(figure, table[table["share"] > 0], ("share", "lift"), models, hover, "")
    styled(figure, HEIGHT, "Share of rows, the best-ranked first", "Times more than by chance")
    return figure.update_xaxes(**UNIT | {"tickformat": ".0%"}).update_yaxes(rangemode="tozero")


def by_class(table: pd.DataFrame, x: str, y: str, titles: tuple[str, str]) -> go.Figure:
    """The ensemble's curve for each class against the rest."""
    figure = go.Figure()
    own = table[(table["model"] == ENSEMBLE) & (table["label"] != ALL_CLASSES)]
    for place, (label, part) in enumerate(own.groupby("label", sort=False)):
        figure.add_scatter(
            x=part[x].round(5),
            y=part[y].round(5),
            mode="lines",
            name=f"{label} ({part['area'].iloc[0]:.3f})",
            line={"color": SERIES[place % len(SERIES)], "width": 2, "dash": "solid" if place < len(SERIES) else "dot"},
            hovertemplate=f"%{{y:.3f}} at %{{x:.3f}}<extra>{label}</extra>",
        )
    styled(figure, HEIGHT + 40, *titles, showlegend=True)
    return figure.update_xaxes(**UNIT).update_yaxes(**UNIT)


def by_fold(pooled: pd.DataFrame, folds: pd.DataFrame, axes: tuple[str, str], models: Sequence[str]) -> go.Figure:
    """One model's curve on each fold, pale, and on all folds together; the reader picks the model."""
    figure = go.Figure()
    names = [ENSEMBLE, *(model for model in models if model != ENSEMBLE)]
    for model in names:
        color = color_of(model, models)
        for fold, part in folds[folds["model"] == model].groupby("label", sort=False):
            _curve(figure, part, axes, {"color": color, "width": 1.25}, model, f"fold {fold}")
        own = _pooled(pooled)
        _curve(figure, own[own["model"] == model], axes, {"color": color, "width": 3}, model, "all folds")
    styled(figure, HEIGHT, *(axis.replace("_", " ").capitalize() for axis in axes))
    figure.update_xaxes(**UNIT).update_yaxes(**UNIT)
    return picked(figure, {model: {} for model in names})


def _curve(
    figure: go.Figure, part: pd.DataFrame, axes: tuple[str, str], line: Mapping[str, Any], model: str, name: str
) -> None:
    figure.add_scatter(
        x=part[axes[0]].to_numpy(dtype="float32"),
        y=part[axes[1]].to_numpy(dtype="float32"),
        mode="lines",
        line=dict(line),
        opacity=0.55 if line["width"] < 2 else 1.0,
        meta={"pick": model},
        hovertemplate=f"%{{y:.3f}} at %{{x:.3f}}<br>area {part['area'].iloc[0]:.4f}<extra>{name}</extra>",
    )


def _pooled(table: pd.DataFrame) -> pd.DataFrame:
    pooled = table[table["label"] == ALL_CLASSES]
    return pooled if len(pooled) else table


def _by_model(
    figure: go.Figure, table: pd.DataFrame, axes: tuple[str, str], models: Sequence[str], hover: str, area: str
) -> None:
    for model, part in ensemble_last(_pooled(table)):
        size = f"<br>{area} {part['area'].iloc[0]:.4f}" if area else ""
        figure.add_scatter(
            x=part[axes[0]].round(5),
            y=part[axes[1]].round(5),
            mode="lines",
            name=model,
            meta={"model": model},
            line={"color": color_of(model, models), "width": 3 if model == ENSEMBLE else 1.75},
            hovertemplate=f"{hover}{size}<extra>{model}</extra>",
        )


def _reference(figure: go.Figure, x: list[float], y: list[float]) -> None:
    line = {"color": REFERENCE, "width": 1.25, "dash": "dash"}
    figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", name="chance")


def _iso_f1(figure: go.Figure, level: float) -> None:
    recall = np.linspace(level / (2 - level), 1, 40)
    precision = level * recall / (2 * recall - level)
    line = {"color": GRID, "width": 1.25}
    figure.add_scatter(x=recall.round(4), y=precision.round(4), mode="lines", line=line, hoverinfo="skip")
    figure.add_annotation(
        x=1, y=precision[-1], text=f"F1 {level:g}", showarrow=False, xanchor="right", yanchor="bottom",
        font={"size": 10, "color": MUTED},
    )  # fmt: skip
