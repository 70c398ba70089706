"""The refit on all rows: boosting takes the rounds that the folds have found, and then holds no rows back.

Where folds go forward in time the rounds of the early ones, on few rows, say little: there the model of all rows stops
on its own latest rows. So does a network everywhere, whose pace goes by the most epochs that it may take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipeline.fitting.affording import ROUNDS
from pipeline.fitting.cuts import FULL, Cut
from pipeline.fitting.kept import Variant
from pipeline.fitting.recipe import Recipe
from pipeline.folds import Folds

FIRST_REPEAT = "r0"


def predicting(folds: Folds, names: Sequence[str]) -> list[str]:
    """The folds whose models predict new rows, each with the same weight, out of those that are finished.

    Where folds go forward in time the model of all rows, where there is one, alone; else it counts as one more fold.
    """
    return [FULL] if FULL in names and folds.order is not None else list(names)


def waits(folds: Folds, cut: Cut) -> bool:
    """Whether a cut can only be fitted once the folds of the first repeat are finished."""
    return cut.name == FULL and folds.order is None


def with_found_rounds(variant: Variant, folds: Folds) -> Variant:
    """The variant as it is fitted on all rows: with the mean of the rounds at which its folds stopped, and no stopping.

    The folds of the first repeat count, which are finished before. A model that does not stop by
    ``early_stopping_rounds`` is fitted as it is.
    """
    recipe = variant.recipe
    key = next((key for key in ROUNDS if key in recipe.params), None)
    if key is None or not recipe.card.stops_early or not recipe.params.get("early_stopping_rounds"):
        return variant
    names = [name for name in folds.names if name.startswith(FIRST_REPEAT)]
    found = [part["rounds"] for name in names for part in variant.result(name).facts["describe"]]
    return replace(variant, recipe=_fixed(recipe, key, max(round(float(np.mean(found))), 1)))


def _fixed(recipe: Recipe, key: str, rounds: int) -> Recipe:
    return replace(recipe, params={**recipe.params, key: rounds, "early_stopping_rounds": None})
