"""Trials: what each search tried, and which settings its scores hang on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

FACTS = ("trial", "state", "value", "folds")
LEAST_TRIALS = 8


def trial_table(searches: Mapping[str, pd.DataFrame], greater_is_better: bool) -> pd.DataFrame:
    """Every search's trials in their order.

    Parameters
    ----------
    searches : mapping of str to DataFrame
        ``tune``'s ``trials.parquet`` by model.

    Returns
    -------
    DataFrame
        ``model``, ``trial``, ``state``, ``value``, ``best`` (of the complete trials so far; NaN before the first).
    """
    parts = []
    for model, table in searches.items():
        value = table["value"].astype("float64")
        whole = value.where(table["state"] == "complete")
        best = whole.cummax() if greater_is_better else whole.cummin()
        part = pd.DataFrame({"model": model, "trial": table["trial"], "state": table["state"], "value": value})
        parts.append(part.assign(best=best.ffill()))
    return pd.concat(parts, ignore_index=True)


def setting_table(searches: Mapping[str, pd.DataFrame], greater_is_better: bool) -> pd.DataFrame:
    """How much of each search's spread goes with each setting, by PED-ANOVA, as shares of 1.

    Returns
    -------
    DataFrame
        ``model``, ``setting``, ``share``; searches of fewer than eight complete trials say nothing and are left out.

    References
    ----------
    Watanabe et al. (2023), PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary subspaces, IJCAI.
    """
    lines = [
        {"model": model, "setting": setting, "share": share}
        for model, table in searches.items()
        for setting, share in _importances(table, greater_is_better).items()
    ]
    return pd.DataFrame(lines, columns=["model", "setting", "share"])


def _importances(table: pd.DataFrame, greater_is_better: bool) -> dict[str, float]:
    import optuna

    whole = table[table["state"] == "complete"]
    settings = whole[whole.columns.drop(list(FACTS))]
    names = [str(name) for name in settings if settings[name].notna().all() and settings[name].nunique() > 1]
    if len(whole) < LEAST_TRIALS or not names:
        return {}
    distributions = {name: _distribution(whole[name]) for name in names}
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        study = optuna.create_study(direction="maximize" if greater_is_better else "minimize")
        for line in whole.to_dict("records"):
            params = {name: line[name] for name in names}
            study.add_trial(optuna.create_trial(params=params, distributions=distributions, value=line["value"]))
        return dict(optuna.importance.get_param_importances(study))
    finally:
        optuna.logging.set_verbosity(level)


def _distribution(values: pd.Series) -> Any:
    import optuna

    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        low, high = float(values.min()), float(values.max())
        return optuna.distributions.FloatDistribution(low, high, log=low > 0 and high / low >= 50)
    return optuna.distributions.CategoricalDistribution(sorted(values.unique().tolist(), key=str))
