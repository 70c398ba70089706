"""House prices' features: totals, ages, and the houses that were sold as a plan."""

from __future__ import annotations

import pandas as pd

SIZES = ["GrLivArea", "1stFlrSF", "2ndFlrSF", "TotalBsmtSF", "BsmtFinSF1"]
PORCHES = ["OpenPorchSF", "EnclosedPorch", "3SsnPorch", "ScreenPorch"]


def add(frame: pd.DataFrame) -> pd.DataFrame:
    """Add totals of size, baths and porches, ages at the sale, and what was sold as a plan.

    Parameters
    ----------
    frame : DataFrame of n houses
        Cleaned columns of train, of test, or of both together; no target.

    Returns
    -------
    DataFrame of n houses
        The same rows in the same order; areas in square feet, ages in years.
    """
    plan = sold_as_plan(frame)
    frame = frame.assign(SoldAsPlan=plan.astype(float), **{size: frame[size].mask(plan) for size in SIZES})
    porches = frame[PORCHES].sum(axis=1)
    return frame.assign(
        TotalSF=frame["TotalBsmtSF"] + frame["1stFlrSF"] + frame["2ndFlrSF"],
        FinishedSF=frame["GrLivArea"] + frame["BsmtFinSF1"] + frame["BsmtFinSF2"],
        Baths=frame["FullBath"] + frame["BsmtFullBath"] + (frame["HalfBath"] + frame["BsmtHalfBath"]) / 2,
        PorchSF=porches,
        OutdoorSF=porches + frame["WoodDeckSF"],
        Age=years_before_sale(frame, "YearBuilt"),
        YearsSinceRemodel=years_before_sale(frame, "YearRemodAdd"),
        GarageAge=years_before_sale(frame, "GarageYrBlt"),
        Remodelled=(frame["YearRemodAdd"] > frame["YearBuilt"]).astype(float),
        New=(frame["YearBuilt"] >= frame["YrSold"]).astype(float),
        MonthsFrom2006=(frame["YrSold"] - 2006) * 12 + frame["MoSold"],
    )


def sold_as_plan(frame: pd.DataFrame) -> pd.Series:
    """Houses of more than 4000 square feet that were not finished when sold: two of train, one of test.

    Those in train went for a fraction of what their planned size is worth, so their sizes are taken as unknown, and a
    flag says what they are. Dropping them, as is often done, would leave the one in test to be predicted from its size.

    Source: De Cock (2011), Ames, Iowa: alternative to the Boston housing data, Journal of Statistics Education 19(3):
    "partial sales that likely don't represent actual market values".
    """
    return (frame["GrLivArea"] > 4000) & (frame["SaleCondition"] == "Partial")


def years_before_sale(frame: pd.DataFrame, year: str) -> pd.Series:
    """Years from an event to the sale; what lies after the sale (a garage of 2207) counts as 0."""
    return (frame["YrSold"] - frame[year]).clip(lower=0)
