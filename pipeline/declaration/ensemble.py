"""``ensemble``: the candidates that compete on nested folds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.declaration.base import Section

Candidate = Literal["mean", "rank_mean", "hill_climbing", "bagged_hill_climbing", "linear_stack", "boosted_stack"]
CANDIDATES: tuple[Candidate, ...] = (
    "mean",
    "rank_mean",
    "hill_climbing",
    "bagged_hill_climbing",
    "linear_stack",
    "boosted_stack",
)


class Ensemble(Section):
    """Which ensembles compete with the best single model. The simplest within one standard error wins.

    Attributes
    ----------
    candidates : list of str
        In the order of their simplicity; the best single model always takes part, and is the simplest.
    rule : {"one_standard_error", "best"}
        ``best`` takes the best nested score instead.
    members : list of str
        The models that may be members; by default all that were trained.
    rounds : int
        For hill climbing: how many models, with replacement, it may add.
    bags : int
        For bagged hill climbing: how many bags of members.
    factor : {"none", "earned", "always"}
        For predicted values: one factor on every candidate's, against a bias on the metric's own scale, fitted on
        out-of-fold predictions, each fold's score by the factor of the other folds. ``earned`` keeps it where the gain
        over the folds is above its standard error.
    """

    candidates: list[Candidate] = Field(default_factory=lambda: list(CANDIDATES))
    rule: Literal["one_standard_error", "best"] = "one_standard_error"
    members: list[str] = Field(default_factory=list)
    rounds: int = Field(default=50, ge=1)
    bags: int = Field(default=20, ge=1)
    factor: Literal["none", "earned", "always"] = "none"
