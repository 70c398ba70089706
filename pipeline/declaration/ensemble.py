"""``ensemble``: the candidates that compete on nested folds."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from pipeline.declaration.base import Section

Candidate = Literal[
    "mean",
    "geometric_mean",
    "power_mean",
    "rank_mean",
    "rank_climbing",
    "hill_climbing",
    "bagged_hill_climbing",
    "signed_climbing",
    "linear_stack",
    "ridge_stack",
    "boosted_stack",
    "feature_stack",
    "second_layer",
    "two_layer",
]
CANDIDATES: tuple[Candidate, ...] = get_args(Candidate)
USUAL: tuple[Candidate, ...] = (
    "mean",
    "geometric_mean",
    "rank_mean",
    "hill_climbing",
    "bagged_hill_climbing",
    "linear_stack",
    "boosted_stack",
    "second_layer",
)
STEADY: tuple[Candidate, ...] = ("mean", "geometric_mean", "rank_mean", "hill_climbing", "bagged_hill_climbing")
SEES_FEATURES: tuple[Candidate, ...] = ("feature_stack", "second_layer", "two_layer")


class Ensemble(Section):
    """Which ensembles compete, the best single model among them. The simplest within one standard error wins.

    Attributes
    ----------
    candidates : list of str
        In the order of their simplicity; the best single model always takes part, and comes last: it is a choice, and
        must lead the best of the others by two standard errors. By default those of ``USUAL``; the others are for who
        has the rows, the members or the minutes for them. Where folds go forward in time the default ones are those of
        ``STEADY``, whose weights sum to 1: there a model of all rows predicts the test rows, and what a stack has
        learnt of the folds' models, which know less, misleads it.
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
    others : list of str
        Members of other runs and machines, on the same folds: folders under ``data/<competition>/train/`` that hold
        ``oof.parquet``, ``test.parquet`` and ``model.json``, as ``train`` writes them there.
    calibration : {"none", "platt", "isotonic", "beta", "temperature", "best"}
        What the winner's probabilities are put through, fitted on the other folds. ``best`` takes the one that scores
        best, if it gains more than its standard error.
    final_picks : {1, 2}
        With 2, ``submit`` also writes the candidate or member that errs least like the winner, of those within one
        standard error of the best.
    power : float or None
        For the power mean: its exponent; by default the one that scores best.
    raw_columns : int
        How many raw features the feature stack and the two layers of stacks may look at; the second layer sees all, or
        with 0 does not take part.
    """

    candidates: list[Candidate] = Field(default_factory=lambda: list(USUAL))
    rule: Literal["one_standard_error", "best"] = "one_standard_error"
    members: list[str] = Field(default_factory=list)
    rounds: int = Field(default=50, ge=1)
    bags: int = Field(default=20, ge=1)
    factor: Literal["none", "earned", "always"] = "none"
    others: list[str] = Field(default_factory=list)
    calibration: Literal["none", "platt", "isotonic", "beta", "temperature", "best"] = "none"
    final_picks: Literal[1, 2] = 2
    power: float | None = None
    raw_columns: int = Field(default=5, ge=0)
