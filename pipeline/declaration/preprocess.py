"""``preprocess``: what is fitted inside each fold, on its training rows only."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.declaration.base import Section


class TargetStatistic(Section):
    """The target's mean by the levels of one column or a tuple of columns, smoothed and cross-fitted.

    A training row's own target never enters its own value: inner folds on the training rows see to that (or all rows
    but the row itself, for ``leave_one_out``). Validation and test rows get the value over all the training rows.

    Attributes
    ----------
    columns : list of str
        One column, or several that make a tuple; feature keys are allowed.
    smoothing : float
        The weight of the global mean, in rows.
    method : {"inner_folds", "leave_one_out"}
        How training rows are cross-fitted. ``leave_one_out`` suits small groups: families, tickets.
    folds : int
        The number of inner folds.
    """

    columns: list[str] = Field(min_length=1)
    smoothing: float = Field(default=10.0, ge=0)
    method: Literal["inner_folds", "leave_one_out"] = "inner_folds"
    folds: int = Field(default=5, ge=2)


class Preprocess(Section):
    """How a fold's columns are made ready for a model; the model's card says what it can eat.

    Attributes
    ----------
    impute : {"median", "mean"}
        What stands for a missing number where the model cannot take one.
    onehot_max : int
        The most levels for one-hot columns; rarer levels go together, and wider columns get target
        statistics. At most 255.
    rare : int
        Levels with fewer training rows than this go together as one.
    target_statistics : list of TargetStatistic
        Declared target statistics, for every model.
    """

    impute: Literal["median", "mean"] = "median"
    onehot_max: int = Field(default=30, ge=2, le=255)
    rare: int = Field(default=1, ge=1)
    target_statistics: list[TargetStatistic] = Field(default_factory=list)
