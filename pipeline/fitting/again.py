"""After early stopping, the same fit on all rows: in a small table the rows that were stopped on are worth it.

The usual practice: boosting is fitted again with the rounds that it stopped at, and as many more as it has more rows.
No row outside the fold's training rows is looked at, and nothing is stopped on rows that are fitted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipeline.fitting.recipe import Recipe

SMALL = 20_000
ROUNDS = "n_estimators"


def fits_again(recipe: Recipe, rows: int) -> bool:
    """Whether a model of a fold with so many training rows is fitted a second time, on all of them.

    Networks are not: their learning rate falls with the most epochs that they may take, not with those they take.
    """
    if not recipe.card.stops_early or not recipe.params.get("early_stopping_rounds") or ROUNDS not in recipe.params:
        return False
    declared = recipe.spec.stopping_refit
    return rows <= SMALL if declared == "auto" else declared


def once(recipe: Recipe) -> Recipe:
    """The recipe without a second fit."""
    return replace(recipe, spec=recipe.spec.model_copy(update={"stopping_refit": False}))


def with_rounds_for(recipe: Recipe, found: int, growth: float) -> dict[str, Any]:
    """The settings of the second fit.

    Parameters
    ----------
    found : int
        The rounds at which the first one stopped.
    growth : float
        All rows over those that the first one was fitted on.
    """
    return {**recipe.params, ROUNDS: max(round(found * growth), 1), "early_stopping_rounds": None}
