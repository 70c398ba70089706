"""``tune``: one seeded Optuna study for each model."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from pipeline.declaration.base import Section


class Tune(Section):
    """How long and where to search.

    Attributes
    ----------
    trials : int
        The number of trials for each model, the defaults' own among them; 0 costs nothing.
    seconds : float or None
        A wall-clock limit for each model. Two runs then differ, and the run is marked as limited by time.
    pruner : {"median", "none"}
        Whether a trial is stopped early on the running mean of its folds.
    models : dict of str to int
        Other numbers of trials by model.
    space : dict of str to dict
        Ranges that replace the model card's own: ``xgboost: {max_depth: {low: 3, high: 8}}``.
    """

    trials: int = Field(default=0, ge=0)
    seconds: float | None = Field(default=None, gt=0)
    pruner: Literal["median", "none"] = "median"
    models: dict[str, int] = Field(default_factory=dict)
    space: dict[str, dict[str, Any]] = Field(default_factory=dict)
