"""The scores: every model and the ensemble, on every outer fold, by the competition's metric and by further ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.core.errors import PodiumError
from pipeline.declaration.metric import Metric
from pipeline.evaluation.scored import ENSEMBLE, Scored
from pipeline.metrics import fold_scores


def check_metrics(competition: str, scored: Scored, also: Sequence[Metric]) -> None:
    """Refuse further metrics that these predictions cannot be scored by.

    Raises
    ------
    PodiumError
        Where a metric is of another task, or needs probabilities where the competition's own made the models
        predict numbers.
    """
    for metric in also:
        key = f"evaluate.also {metric.label}"
        if scored.task not in metric.facts.tasks:
            raise PodiumError(competition, key, f"must score a {scored.task} task", step="Take it out of evaluate.also")
        if scored.metric.facts.ordered and not metric.facts.ordered:
            raise PodiumError(
                competition,
                key,
                f"cannot score numbers, and {scored.metric.label} is trained on numbers that are cut to labels",
                step="Take it out of evaluate.also",
            )


def fold_table(scored: Scored, metrics: Sequence[Metric], nested: Mapping[int, float]) -> pd.DataFrame:
    """Scores of every model by metric and outer fold.

    Parameters
    ----------
    metrics : sequence of Metric
        The competition's own first.
    nested : mapping of int to float
        The ensemble's score on each fold with weights from the other folds; it takes the place of the competition's
        metric on predictions whose weights saw the fold.

    Returns
    -------
    DataFrame
        ``model``, ``metric`` (its label), ``fold``, ``score``.
    """
    parts = []
    for model in scored.predictions:
        for metric in metrics:
            scores = _by_fold(scored, model, metric)
            if model == ENSEMBLE and metric == scored.metric and nested:
                scores = dict(sorted(nested.items()))
            part = pd.DataFrame({"fold": list(scores), "score": list(scores.values())})
            parts.append(part.assign(model=model, metric=metric.label)[["model", "metric", "fold", "score"]])
    return pd.concat(parts, ignore_index=True)


def summary_table(folds: pd.DataFrame) -> pd.DataFrame:
    """Mean, standard error (of the mean over folds), lowest and highest fold by ``model`` and ``metric``."""
    grouped = folds.groupby(["model", "metric"], sort=False)["score"]
    table = grouped.agg(score="mean", sd="std", low="min", high="max", folds="size").reset_index()
    table["se"] = (table.pop("sd") / np.sqrt(table["folds"])).fillna(0.0)
    return table


def _by_fold(scored: Scored, model: str, metric: Metric) -> dict[int, float]:
    rows = scored.rows(model)
    outer = scored.outer[rows]
    result = fold_scores(metric, scored.target[rows], scored.predictions[model][rows], outer)
    return dict(zip(np.unique(outer).tolist(), result.scores, strict=True))
