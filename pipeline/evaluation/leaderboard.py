"""The leaderboard: one line for each model and for the ensemble, the best first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline.declaration.metric import Metric
from pipeline.evaluation.scored import ENSEMBLE


@dataclass(frozen=True)
class Effort:
    """What a model cost and how it was trained.

    ``seconds`` of all its folds, mean boosting ``rounds`` (None for models without), ``device``, the ``resampling`` it
    ate, and the ``weight`` that the ensemble gives it, in [0, 1] (None where the ensemble is no weighted mean).
    """

    seconds: float | None = None
    rounds: float | None = None
    device: str = ""
    resampling: str = "none"
    weight: float | None = None


def leaderboard_table(
    summary: pd.DataFrame, metric: Metric, efforts: Mapping[str, Effort], holdout: Mapping[str, Mapping[str, float]]
) -> pd.DataFrame:
    """The leaderboard.

    Parameters
    ----------
    summary : DataFrame
        As ``summary_table`` gives it.
    metric : Metric
        The competition's metric, which orders the lines; of equals the ensemble comes first.
    efforts : mapping of str to Effort
        By model.
    holdout : mapping of str to mapping
        ``score`` and ``se`` on held-out answers by model; empty where there are none.

    Returns
    -------
    DataFrame
        ``model``, ``score``, ``se``, ``low``, ``high``, ``holdout``, ``holdout_se``, ``seconds``, ``rounds``,
        ``weight``, ``device``, ``resampling``, and ``<label>`` with ``<label>_se`` for each further metric.
    """
    own = summary[summary["metric"] == metric.label].drop(columns=["metric", "folds"])
    lines = []
    for line in own.to_dict("records"):
        model = str(line["model"])
        effort, held = efforts.get(model, Effort()), holdout.get(model, {})
        lines.append(
            {k: line[k] for k in ("model", "score", "se", "low", "high")}
            | {"holdout": held.get("score"), "holdout_se": held.get("se")}
            | {"seconds": effort.seconds, "rounds": effort.rounds, "weight": effort.weight}
            | {"device": effort.device, "resampling": effort.resampling}
        )
    table = pd.DataFrame(lines).astype(dict.fromkeys(_NUMBERS, "float64"))
    for label, part in summary[summary["metric"] != metric.label].groupby("metric", sort=False):
        by_model = part.set_index("model")
        table[str(label)] = table["model"].map(by_model["score"])
        table[f"{label}_se"] = table["model"].map(by_model["se"])
    ranked = table.assign(_place=table["model"] != ENSEMBLE)
    ranked = ranked.sort_values(["score", "_place"], ascending=[not metric.greater_is_better, True], kind="stable")
    return ranked.drop(columns="_place").reset_index(drop=True)


_NUMBERS = ("score", "se", "low", "high", "holdout", "holdout_se", "seconds", "rounds", "weight")
