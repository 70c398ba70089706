"""``preprocess``: what is fitted inside each fold, on its training rows only."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from pipeline.declaration.base import Section
from pipeline.declaration.numeric import Operation


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
        How training rows are cross-fitted. ``leave_one_out`` suits small groups: families, tickets; in groups of more
        than about 30 rows models learn to read the row's own target off it, and ``audit`` warns.
    folds : int
        The number of inner folds.
    """

    columns: list[str] = Field(min_length=1)
    smoothing: float = Field(default=10.0, ge=0)
    method: Literal["inner_folds", "leave_one_out"] = "inner_folds"
    folds: int = Field(default=5, ge=2)


class TargetLag(Section):
    """The target's past by the levels of one column or a tuple of columns, at least one horizon back.

    Every row, whether it trains, validates or is to be predicted, gets what the fold's *training* rows of its group
    tell of the time up to ``horizon`` before its own: no row tells its own target, and no validation day is seen.

    Attributes
    ----------
    by : list of str
        The columns whose values make a group; feature keys are allowed.
    time : str
        A numeric feature, such as ``Date_days``, or a key that holds numbers or dates (their unit is days).
    horizon : float
        How far back the youngest usable target lies, in the unit of ``time``: the length of the test file.
    lags : list of float
        The mean target exactly this long ago; none may be shorter than the horizon.
    windows : list of float
        Statistics over so much time before the horizon.
    expanding : bool
        Statistics over all the time before the horizon.
    statistics : list of {"mean", "std", "count"}
        Which statistics windows give.
    last : bool
        The latest usable target, and its age.
    """

    by: list[str] = Field(min_length=1)
    time: str
    horizon: float = Field(gt=0)
    lags: list[float] = Field(default_factory=list)
    windows: list[float] = Field(default_factory=list)
    expanding: bool = False
    statistics: list[Literal["mean", "std", "count"]] = Field(default=["mean"], min_length=1)
    last: bool = False

    @model_validator(mode="after")
    def _past_only(self) -> TargetLag:
        short = [lag for lag in self.lags if lag < self.horizon]
        if short:
            raise ValueError(f"lags must be at least the horizon, {self.horizon:g}; got {short[0]:g}")
        if any(window <= 0 for window in self.windows):
            raise ValueError("windows must be above 0")
        if not (self.lags or self.windows or self.expanding or self.last):
            raise ValueError("must ask for something: lags, windows, expanding or last")
        return self


class GainingPairs(Section):
    """Arithmetic of the pairs of numeric columns that tell most of what the columns alone leave unexplained.

    Which pairs these are is found on each fold's training rows, so a fold may have others, or none: a pair that gains
    no more than chance would is left out.

    Attributes
    ----------
    most : int
        The most columns that are made.
    among : int
        Pairs are tried among so many numeric columns, those that a forest finds most important.
    operations : list of {"minus", "over", "times", "plus"}
        What is tried with each pair.
    """

    most: int = Field(default=8, ge=1)
    among: int = Field(default=12, ge=2)
    operations: list[Operation] = Field(default=["minus", "over", "times", "plus"], min_length=1)


class Preprocess(Section):
    """How a fold's columns are made ready for a model; the model's card says what it can eat.

    Attributes
    ----------
    impute : {"median", "mean"}
        What stands for a missing number where the model cannot take one.
    clip : float or None
        Where given, linear models, support vectors and neighbours see no number further from the mean than so many
        standard deviations, nor beyond those of the fold's training rows: one odd row then moves no prediction far.
    onehot_max : int
        The most levels for one-hot columns; rarer levels go together, and wider columns get target
        statistics. At most 255.
    rare : int
        Levels with fewer training rows than this go together as one.
    target_statistics : list of TargetStatistic
        Declared target statistics, for every model.
    target_lags : list of TargetLag
        Declared lags and rolling statistics of the target, for every model.
    gaining_pairs : GainingPairs or None
        Where given, arithmetic of the pairs that gain most, for every model.
    """

    impute: Literal["median", "mean"] = "median"
    clip: float | None = Field(default=None, gt=0)
    onehot_max: int = Field(default=30, ge=2, le=255)
    rare: int = Field(default=1, ge=1)
    target_statistics: list[TargetStatistic] = Field(default_factory=list)
    target_lags: list[TargetLag] = Field(default_factory=list)
    gaining_pairs: GainingPairs | None = None
