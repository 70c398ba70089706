"""Titanic's features: who a passenger was, whom they travelled with, and what they paid a head."""

from __future__ import annotations

import pandas as pd

# A title that few bear stands for the common one of the same sex and age.
COMMON_TITLE = {
    **dict.fromkeys(["Mlle", "Ms"], "Miss"),
    **dict.fromkeys(["Mme", "Lady", "the Countess", "Dona"], "Mrs"),
    **dict.fromkeys(["Capt", "Col", "Don", "Jonkheer", "Major", "Rev", "Sir"], "Mr"),
}


def add(frame: pd.DataFrame) -> pd.DataFrame:
    """Add title, family, ticket group, deck and company.

    Parameters
    ----------
    frame : DataFrame of n passengers
        Cleaned columns of train, of test, or of both together; no target. Ticket groups are counted over these rows.

    Returns
    -------
    DataFrame of n passengers
        The same rows in the same order.
    """
    title = titles(frame["Name"], frame["Sex"])
    ticket_size = frame["Ticket"].map(frame["Ticket"].value_counts())
    fare_per_head = frame["Fare"] / ticket_size
    woman = title.isin(["Mrs", "Miss"])
    age = frame["Age"].fillna(frame["Age"].groupby(title).transform("median"))
    return frame.assign(
        Title=title,
        WomanOrChild=(woman | (title == "Master")).astype(float),
        Age=age.fillna(frame["Age"].median()),
        FamilySize=frame["SibSp"] + frame["Parch"] + 1,
        TicketSize=ticket_size,
        FarePerHead=fare_per_head.fillna(fare_per_head.groupby(frame["Pclass"]).transform("median")),
        Deck=frame["Cabin"].str[0].fillna("unknown"),
        Company=companies(frame, title),
    )


def titles(name: pd.Series, sex: pd.Series) -> pd.Series:
    """``Mr``, ``Mrs``, ``Miss`` or ``Master``, from names such as ``Braund, Mr. Owen Harris``.

    Rare titles go to the common one of the same sex; a doctor, or whoever has no known title, is a Mr or a Mrs by sex.
    """
    title = name.str.extract(r",\s*([^.,]+)\.", expand=False).str.strip().replace(COMMON_TITLE)
    by_sex = sex.map({"male": "Mr", "female": "Mrs"})
    return title.where(title.isin(["Mr", "Mrs", "Miss", "Master"]), by_sex)


def companies(frame: pd.DataFrame, title: pd.Series) -> pd.Series:
    """The women and children who travelled together: tickets that differ in the last sign at most, at the same fare.

    They lived or died together, as men did not, so a man's company is he alone. The survival of the *others* of a
    company is a target statistic of the declaration, taken within folds.
    """
    ticket = frame["Ticket"].str[:-1] + " at " + frame["Fare"].astype("str")
    alone = frame["Name"] + " of " + frame["Ticket"]
    return ticket.where(title != "Mr", alone)
