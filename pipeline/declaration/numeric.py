"""The builders that a declaration lists in ``features``, of numbers; none sees the target."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from pipeline.declaration.base import Section

Operation = Literal["minus", "over", "times", "plus"]


class Winsorize(Section):
    """Columns whose values are drawn in to the quantiles of the rows in scope, under their own names.

    Attributes
    ----------
    columns : list of str
        Numeric columns.
    low, high : float
        The quantiles, in [0, 1].
    """

    columns: list[str] = Field(min_length=1)
    low: float = Field(default=0.01, ge=0, le=1)
    high: float = Field(default=0.99, ge=0, le=1)

    @model_validator(mode="after")
    def _in_order(self) -> Winsorize:
        if self.low >= self.high:
            raise ValueError("low must be below high")
        return self


class Power(Section):
    """A power transform with a fitted exponent, under the columns' own names.

    Attributes
    ----------
    columns : list of str or None
        Numeric columns; null takes every numeric one.
    method : {"yeo-johnson", "box-cox"}
        ``box-cox`` takes positive values only; other columns are left as they are.
    above : float
        Only columns whose skewness is beyond this, to either side, are transformed.
    """

    columns: list[str] | None = None
    method: Literal["yeo-johnson", "box-cox"] = "yeo-johnson"
    above: float = Field(default=1.0, ge=0)


class Bins(Section):
    """``<column>_bin``: the number of the interval that a value lies in.

    Attributes
    ----------
    columns : list of str
        Numeric columns.
    bins : int
        The most intervals; ties leave fewer.
    strategy : {"quantile", "uniform", "kmeans"}
        Intervals of equal numbers of rows, of equal widths, or around one-dimensional cluster centres.
    categorical : bool
        Whether the bin is a level, for crosses and one-hot columns, and not a number.
    """

    columns: list[str] = Field(min_length=1)
    bins: int = Field(default=10, ge=2, le=1000)
    strategy: Literal["quantile", "uniform", "kmeans"] = "quantile"
    categorical: bool = False


class Arithmetic(Section):
    """A pair of numeric columns put together; a division by zero is missing.

    Attributes
    ----------
    left, right : str
        The columns.
    operations : list of {"minus", "over", "times", "plus"}
        What to do: ``left_minus_right`` and so on.
    """

    left: str
    right: str
    operations: list[Operation] = Field(default=["over"], min_length=1)


class RowStatistics(Section):
    """What some numeric columns of one row come to, of the values that are known: ``<name>_sum`` and so on.

    Attributes
    ----------
    name : str
        What the columns are named after.
    columns : list of str
        Numeric columns that measure alike, such as counts of several goods.
    make : list of {"sum", "mean", "std", "min", "max", "zeros"}
        Which statistics; ``zeros`` is how many are zero.
    """

    name: str
    columns: list[str] = Field(min_length=2)
    make: list[Literal["sum", "mean", "std", "min", "max", "zeros"]] = Field(default=["sum", "zeros"], min_length=1)


class Interactions(Section):
    """Products of numeric columns up to a degree: ``<a>_by_<b>``, and powers as ``<a>_by_<a>``.

    Attributes
    ----------
    columns : list of str
        Numeric columns.
    degree : int
        The most factors.
    powers : bool
        Whether a column also meets itself.
    """

    columns: list[str] = Field(min_length=1)
    degree: int = Field(default=2, ge=2, le=4)
    powers: bool = True


class Components(Section):
    """``<name>_1``, ``<name>_2``, ...: principal components of standardized columns; missing values count as the mean.

    Attributes
    ----------
    columns : list of str
        Numeric columns.
    count : int
        The most components.
    name : str
        What the columns are named after.
    """

    columns: list[str] = Field(min_length=2)
    count: int = Field(default=2, ge=1)
    name: str = "component"


class Clusters(Section):
    """k-means over standardized columns: the cluster as a category ``<name>``, and the distance to each centre.

    Attributes
    ----------
    columns : list of str
        Numeric columns; missing values count as the mean.
    clusters : int
        The number of clusters.
    make : list of {"cluster", "distances"}
        Which of the two; distances are ``<name>_distance_1``, ``_2``, ...
    name : str
        What the columns are named after.
    """

    columns: list[str] = Field(min_length=1)
    clusters: int = Field(default=8, ge=2, le=255)
    make: list[Literal["cluster", "distances"]] = Field(default=["cluster", "distances"], min_length=1)
    name: str = "cluster"
