"""Whether the columns that ``preprocess`` and ``monotone`` name are there, and can serve."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.core.errors import PodiumError, nearest
from pipeline.dataset import Dataset
from pipeline.declaration.preprocess import Preprocess
from pipeline.preprocess import statistic_columns
from pipeline.preprocess.lags import numbers_of


def check_named(competition: str, options: Preprocess, dataset: Dataset) -> None:
    """Look for the columns of target statistics and target lags.

    Raises
    ------
    PodiumError
        Where one is no feature, or a time holds neither numbers nor dates.
    """
    for name in statistic_columns(options):
        if name not in dataset.kinds:
            of_means = any(name in statistic.columns for statistic in options.target_statistics)
            subject = "preprocess.target_statistics" if of_means else "preprocess.target_lags"
            raise PodiumError(
                competition, subject, "must name feature columns", got=repr(name), step=nearest(name, dataset.kinds)
            )
    for number, lag in enumerate(options.target_lags):
        try:
            numbers_of(dataset.train[lag.time].iloc[:1])
        except ValueError:
            raise PodiumError(
                competition,
                f"preprocess.target_lags[{number}].time",
                "must be a numeric feature, or a key that holds numbers or dates",
                got=repr(lag.time),
                step=f"For a date, name its feature {lag.time}_days",
            ) from None


def check_monotone(competition: str, directions: Mapping[str, str], dataset: Dataset) -> None:
    """Look for the columns that may only raise or only lower the prediction.

    Raises
    ------
    PodiumError
        Where one is no numeric feature.
    """
    numeric = [name for name, kind in dataset.kinds.items() if kind == "numeric"]
    for name in directions:
        if name not in numeric:
            step = nearest(name, numeric)
            raise PodiumError(competition, "monotone", "must name numeric features", got=repr(name), step=step)
