"""``tune``: one seeded Optuna study for each model, from the model's portfolio on."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from pipeline.declaration.base import Section


class Tune(Section):
    """How long and where to search.

    Attributes
    ----------
    trials : int
        The number of trials for each model, the portfolio's among them (the declared settings come first); 0 costs
        nothing.
    keep : int
        How many of the best trials are trained, each a member for the ensemble.
    seconds : float or None
        A wall-clock limit for each model. Two runs then differ, and the run is marked as limited by time.
    sampler : {"tpe", "gp"}
        Tree-structured Parzen estimators, or a Gaussian process: slower a trial, and often ahead within a hundred.
    pruner : {"median", "wilcoxon", "none"}
        Whether a trial is stopped early: on the running mean of its folds against other trials' median, or by a
        signed-rank test against the best trial's folds (for ten folds and more, as of repeated splits).
    warm_start : str or None
        Another competition whose search of the same model has run: its five best settings are tried after the
        portfolio.
    effort : dict of str to float
        Weights that share all trials (``trials`` times the number of models) among the models; one that is not named
        gets none. ``python -m pipeline effort COMPETITION`` prints what the last ensemble's weights come to.
    models : dict of str to int
        Other numbers of trials by model.
    space : dict of str to dict
        Ranges that replace the model card's own: ``xgboost: {max_depth: {low: 3, high: 8}}``.
    """

    trials: int = Field(default=0, ge=0)
    seconds: float | None = Field(default=None, gt=0)
    keep: int = Field(default=1, ge=1)
    sampler: Literal["tpe", "gp"] = "tpe"
    pruner: Literal["median", "wilcoxon", "none"] = "median"
    warm_start: str | None = None
    effort: dict[str, float] = Field(default_factory=dict)
    models: dict[str, int] = Field(default_factory=dict)
    space: dict[str, dict[str, Any]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _no_key_without_effect(self) -> Tune:
        if any(weight < 0 for weight in self.effort.values()) or (self.effort and not sum(self.effort.values())):
            raise ValueError("effort must hold weights of at least 0, one of them above")
        if self.effort and not self.trials:
            raise ValueError("effort has no effect without trials, which it shares among the models")
        if self.warm_start and not self.trials and not self.models:
            raise ValueError("warm_start has no effect without trials")
        return self
