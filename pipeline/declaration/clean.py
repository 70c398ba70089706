"""``clean``: types, missing values, outliers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from pipeline.declaration.base import Section


class Outlier(Section):
    """One rule, with its reason: training rows to drop, or a numeric column to clip at training quantiles.

    Attributes
    ----------
    drop : str or None
        A ``pandas.DataFrame.query`` expression over the raw columns (the target too); matching
        *training* rows are dropped.
    clip : str or None
        A numeric column, clipped in train and test at ``quantiles`` of the training rows.
    quantiles : tuple of two floats in [0, 1]
        The lower and upper quantile for ``clip``.
    reason : str
        Why, for the report.
    """

    drop: str | None = None
    clip: str | None = None
    quantiles: tuple[float, float] = (0.0, 1.0)
    reason: str

    @model_validator(mode="after")
    def _one_kind(self) -> Outlier:
        if (self.drop is None) == (self.clip is None):
            raise ValueError("must have exactly one of drop and clip")
        low, high = self.quantiles
        if not 0 <= low < high <= 1:
            raise ValueError(f"quantiles must rise within [0, 1]; got {low}, {high}")
        return self


class Clean(Section):
    """How raw columns become typed ones.

    Attributes
    ----------
    types : dict
        Types to set right by column: ``MSSubClass: categorical`` for a code that looks like a number.
    unknown : list of str
        Texts that mean an unknown value, besides the empty field.
    meaning : dict of str to (str or number)
        Columns in which a missing value means something, and what: ``Alley: none``, ``GarageArea: 0``.
    fill_from : dict of str to str
        Columns whose missing values are taken from another column: ``GarageYrBlt: YearBuilt``.
    ordered : dict of str to list of str
        Levels of ordinal columns, from lowest to highest. They become the numbers 0, 1, 2 and so on.
    outliers : list of Outlier
        The declared rules, applied in order.
    unlabelled : {"refuse", "drop"}
        What to do with training rows without a target.
    duplicates : {"keep", "drop"}
        What to do with training rows that stand twice with all their columns, id apart.
    """

    types: dict[str, Literal["numeric", "categorical", "boolean", "date", "text"]] = Field(default_factory=dict)
    unknown: list[str] = Field(default_factory=lambda: ["NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?"])
    meaning: dict[str, str | float] = Field(default_factory=dict)
    fill_from: dict[str, str] = Field(default_factory=dict)
    ordered: dict[str, list[str]] = Field(default_factory=dict)
    outliers: list[Outlier] = Field(default_factory=list)
    unlabelled: Literal["refuse", "drop"] = "refuse"
    duplicates: Literal["keep", "drop"] = "keep"
