"""Made-up competitions: raw files as a host ships them, and the answers that the host keeps.

Out of what scikit-learn ships and of generators with a known truth: each has a difficulty of its own, in its columns,
its files, its metric or the way its test rows were set apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

Rng = np.random.Generator
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ADJECTIVES = ("sunny", "quiet", "tiny", "large", "modern", "old", "charming", "noisy", "central", "remote")
NOUNS = ("flat", "house", "studio", "loft", "room", "cottage", "cabin", "villa")
ENDS = ("near the lake", "by the station", "with a garden", "in the old town", "above a shop", "with two balconies")


@dataclass(frozen=True)
class MadeUp:
    """A competition's tables before they are written.

    Parameters
    ----------
    about : str
        What is hard about it, in a few words.
    metric : str
        As ``--metric`` takes it.
    train, test : DataFrame
        Both with the target.
    target : str
        The target's name.
    id : str or None
        The id's name.
    side : mapping of str to DataFrame
        Side tables by file name.
    delimiter : str
        Between the fields.
    """

    about: str
    metric: str
    train: pd.DataFrame
    test: pd.DataFrame
    target: str
    id: str | None
    side: dict[str, pd.DataFrame] = field(default_factory=dict)
    delimiter: str = ","


def diabetes(rng: Rng) -> MadeUp:
    """Ten numbers, few rows, much noise."""
    frame = _embedded("diabetes")
    return drawn("331 rows of noisy numbers", "rmse", frame, "target", rng, 0.25)


def digits(rng: Rng) -> MadeUp:
    """Pixels, and labels that are words."""
    frame = _embedded("digits")
    frame["target"] = frame["target"].map(lambda digit: DIGITS[digit])
    return drawn("64 pixels, ten labels", "accuracy", frame, "target", rng, 0.2)


def breast_cancer(rng: Rng) -> MadeUp:
    """Correlated measurements; ids that are hashes, and semicolons."""
    frame = _embedded("breast_cancer")
    frame.insert(0, "sample", [f"{value:016x}" for value in rng.integers(0, 2**63, len(frame))])
    made = drawn("426 rows, hashed ids, semicolons", "auc", frame, "target", rng, 0.25, "sample")
    return MadeUp(**{**vars(made), "delimiter": ";"})


def wine(rng: Rng) -> MadeUp:
    """A hundred rows, and a column of probabilities for each label."""
    frame = _embedded("wine")
    frame["target"] = frame["target"].map(lambda kind: f"grape {'ABC'[kind]}")
    return drawn("133 rows, a probability a label", "log_loss", frame, "target", rng, 0.25)


def friedman(rng: Rng) -> MadeUp:
    """Friedman's first function in five of twenty columns, some values missing."""
    rows = 3000
    X = rng.random((rows, 20))
    y = 10 * np.sin(np.pi * X[:, 0] * X[:, 1]) + 20 * (X[:, 2] - 0.5) ** 2 + 10 * X[:, 3] + 5 * X[:, 4]
    frame = pd.DataFrame(X.round(4), columns=[f"x{k}" for k in range(20)]).mask(rng.random((rows, 20)) < 0.03)
    frame["y"] = (y + rng.normal(size=rows)).round(3)
    return drawn("20 numbers, 5 of them of use", "rmse", frame, "y", rng, 0.5)


def access(rng: Rng) -> MadeUp:
    """Ids that are written as numbers, of high cardinality, and effects of their pairs."""
    rows = 8000
    person, resource, role = rng.zipf(1.3, rows) % 900, rng.zipf(1.4, rows) % 400, rng.integers(0, 60, rows)
    office = rng.integers(0, 25, 900)[person]
    effects = [rng.normal(0, s, n)[v] for s, n, v in ((1.0, 900, person), (0.8, 400, resource), (0.6, 60, role))]
    pair = rng.normal(0, 1.2, (60, 400))[role, resource]
    logit = 1.8 + sum(effects) + pair
    codes = {n: rng.permutation(90_000)[:900] + 1000 for n in ("person", "resource", "role", "office")}
    frame = pd.DataFrame(
        {
            "PERSON_ID": codes["person"][person],
            "RESOURCE": codes["resource"][resource],
            "ROLE": codes["role"][role],
            "OFFICE": codes["office"][office],
        }
    )
    frame["ALLOWED"] = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(int)
    return drawn("ids as numbers, effects of pairs", "auc", frame, "ALLOWED", rng, 0.4)


def sales(rng: Rng) -> MadeUp:
    """Daily sales of shops, the test file being the weeks after; a side table of the shops."""
    days, shops = pd.date_range("2021-01-01", "2022-06-30"), np.arange(30)
    frame = pd.DataFrame([(s, d) for d in days for s in shops], columns=["shop", "date"])
    kinds = rng.choice(["city", "mall", "road"], 30)
    size, weekend = rng.lognormal(3, 0.5, 30), rng.normal(0.2, 0.2, 30)
    frame["promo"] = (rng.random(len(frame)) < 0.3).astype(int)
    shop, day = frame["shop"].to_numpy(), frame["date"].dt
    year = 0.2 * np.sin(2 * np.pi * day.day_of_year.to_numpy() / 365)
    trend = 0.2 * ((frame["date"] - days[0]).dt.days.to_numpy() / 365)
    level = np.log(size)[shop] + year + trend + weekend[shop] * (day.day_of_week >= 5).to_numpy()
    level = level + 0.25 * frame["promo"] * (1 + (kinds[shop] == "mall")) + rng.normal(0, 0.2, len(frame))
    frame["sales"] = np.round(10 * np.exp(level), 2)
    frame["date"] = frame["date"].dt.strftime("%Y-%m-%d")
    later = frame["date"] >= "2022-05-20"
    frame.insert(0, "row", np.arange(len(frame)) + 500)
    area = (size * rng.lognormal(0, 0.2, 30)).round(1)
    side = pd.DataFrame({"shop": shops, "kind": kinds, "area": area, "opened": 1990 + rng.integers(0, 30, 30)})
    about = "six weeks ahead, a side table"
    return MadeUp(about, "rmspe", frame[~later], frame[later], "sales", "row", {"shops.csv": side})


def patients(rng: Rng) -> MadeUp:
    """Several rows of each patient, and other patients in test."""
    people, rows = 400, 4000
    who = rng.integers(0, people, rows)
    person, age = rng.normal(size=(people, 4)), rng.integers(20, 90, people)
    X = person[who] + rng.normal(0, 0.7, (rows, 4))
    logit = X[:, 0] + X[:, 1] * (age[who] > 60) - 0.5 * X[:, 2] ** 2 + rng.normal(0, 1.2, people)[who]
    frame = pd.DataFrame(X.round(3), columns=["pulse", "pressure", "sugar", "oxygen"])
    frame.insert(0, "patient", [f"P{1000 + k}" for k in who])
    frame["age"], frame["site"] = age[who], rng.choice(["north", "south", "east"], rows)
    frame["outcome"] = np.where(rng.random(rows) < 1 / (1 + np.exp(-logit)), "ill", "well")
    apart = who >= 280
    frame.insert(0, "visit", rng.permutation(rows) + 1)
    return MadeUp("other patients in test", "auc", frame[~apart], frame[apart], "outcome", "visit")


def listings(rng: Rng) -> MadeUp:
    """Free text, dates, ordered words, and prices that lean far to the right."""
    rows = 4000
    adjective, noun, end = (rng.integers(0, len(words), rows) for words in (ADJECTIVES, NOUNS, ENDS))
    worth = [rng.normal(0, s, len(words)) for s, words in ((0.3, ADJECTIVES), (0.4, NOUNS), (0.25, ENDS))]
    area = rng.lognormal(4, 0.4, rows)
    condition = rng.integers(0, 4, rows)
    listed = pd.Timestamp("2019-01-01") + pd.to_timedelta(rng.integers(0, 1400, rows), unit="D")
    streets = rng.integers(0, 300, rows)
    price = 0.8 * np.log(area) + worth[0][adjective] + worth[1][noun] + worth[2][end] + 0.12 * condition
    price = price + 0.15 * np.sin(2 * np.pi * listed.month / 12) + rng.normal(0, 0.3, 300)[streets]
    texts = zip(adjective, noun, end, strict=True)
    frame = pd.DataFrame(
        {
            "title": [f"A {ADJECTIVES[a]} {NOUNS[n]} {ENDS[e]}, call {k}" for k, (a, n, e) in enumerate(texts)],
            "area": area.round(1),
            "condition": np.array(["poor", "fair", "good", "excellent"])[condition],
            "street": [f"{k} street" for k in streets],
            "listed": listed.strftime("%d/%m/%Y"),
            "floors": "unknown",
        }
    )
    frame["price"] = np.exp(6 + price + rng.normal(0, 0.2, rows)).round(0)
    return drawn("text, dates, ordered words, streets", "mae", frame, "price", rng, 0.5)


def wide(rng: Rng) -> MadeUp:
    """Four hundred columns, most of them noise or nearly constant; 6 % of the rows are positive."""
    rows, columns = 3000, 400
    X = rng.normal(size=(rows, columns))
    X[:, 100:200] = (rng.random((rows, 100)) < 0.01).astype(float)
    X[:, 200:300] = X[:, :100] + rng.normal(0, 1, (rows, 100))
    logit = X[:, :12] @ rng.normal(0, 0.8, 12) + X[:, 0] * X[:, 1] - 4.2
    frame = pd.DataFrame(X.round(3), columns=[f"v{k}" for k in range(columns)])
    frame = frame.mask(pd.DataFrame(rng.random(X.shape) < 0.05, columns=frame.columns))
    frame["v399"] = np.nan
    frame["bad"] = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(int)
    return drawn("400 columns, 6 % positive", "average_precision", frame, "bad", rng, 0.5)


def species(rng: Rng) -> MadeUp:
    """Twenty-four labels of unequal frequency, in numbers and levels."""
    rows, kinds = 5000, 24
    kind = rng.choice(kinds, rows, p=rng.dirichlet(np.full(kinds, 3.0)))
    centres = rng.normal(0, 1.3, (kinds, 8))
    X = centres[kind] + rng.normal(size=(rows, 8)) * rng.uniform(0.6, 1.4, kinds)[kind][:, None]
    X = X @ rng.normal(size=(8, 8))
    frame = pd.DataFrame(X.round(3), columns=[f"m{k}" for k in range(8)])
    soils = rng.dirichlet(np.full(12, 0.5), kinds)
    frame["soil"] = [f"soil_{rng.choice(12, p=soils[k])}" for k in kind]
    frame["label"] = [f"kind {k:02}" for k in kind]
    return drawn("24 labels", "accuracy", frame, "label", rng, 0.4)


def stores(rng: Rng) -> MadeUp:
    """Daily sales of each store's departments, whose levels drift; what oil cost, which days were holidays."""
    days = pd.date_range("2022-01-01", "2023-05-31")
    goods = ["bread", "drinks", "meat", "fruit", "sweets", "books"]
    frame = pd.DataFrame(
        [(d, s, g) for d in days for s in range(12) for g in goods], columns=["date", "store", "goods"]
    )
    frame.insert(0, "id", np.arange(len(frame)) + 3_000)
    series, day = len(frame) // len(days), np.repeat(np.arange(len(days)), len(frame) // len(days))
    drift = np.cumsum(rng.normal(0, 0.035, (len(days), series)), axis=0) + rng.normal(3, 1, series)
    week = rng.normal(0, 0.25, (series, 7))[np.arange(len(frame)) % series, frame["date"].dt.day_of_week]
    frame["promoted"] = rng.poisson(0.4, len(frame))
    free = rng.choice(len(days), 25, replace=False)
    level = drift.ravel() + week + 0.15 * np.log1p(frame["promoted"]) + 0.4 * np.isin(day, free)
    frame["sold"] = rng.poisson(np.exp(level)).astype(float)
    frame["date"] = frame["date"].dt.strftime("%Y-%m-%d")
    later = frame["date"] >= "2023-05-16"
    oil = pd.DataFrame(
        {"date": days.strftime("%Y-%m-%d"), "price": 70 + np.cumsum(rng.normal(size=len(days))).round(2)}
    )
    holidays = pd.DataFrame({"date": oil["date"][np.sort(free)], "kind": rng.choice(["state", "church"], len(free))})
    sides = {"oil.csv": oil, "holidays.csv": holidays}
    return MadeUp("drifting series two weeks ahead", "rmsle", frame[~later], frame[later], "sold", "id", sides)


def loans(rng: Rng) -> MadeUp:
    """Who fails to pay, told mostly by earlier loans, and by the months of those."""
    people = 5000
    worth = rng.normal(size=people)
    earlier = rng.poisson(4, people)
    owner = np.repeat(np.arange(people), earlier)
    own = worth[owner] + rng.normal(0, 0.8, len(owner))
    ids = rng.permutation(90_000)[: people + len(owner)] + 100_000
    credit = pd.DataFrame({"CREDIT_ID": ids[people:], "PERSON_ID": ids[:people][owner]})
    credit["STATE"] = np.where(own + rng.normal(0, 1, len(own)) > 0.5, "closed", rng.choice(["open", "sold"], len(own)))
    credit["SUM"] = rng.lognormal(9, 1, len(own)).round(0)
    credit["OVERDUE"] = (rng.random(len(own)) < 1 / (1 + np.exp(2 + own))) * rng.lognormal(6, 1, len(own)).round(0)
    months = np.repeat(np.arange(len(own)), 6)
    late = rng.poisson(np.exp(-0.5 - 0.7 * own[months]))
    balance = pd.DataFrame({"CREDIT_ID": credit["CREDIT_ID"].to_numpy()[months], "LATE_DAYS": late})
    frame = pd.DataFrame({"PERSON_ID": ids[:people], "INCOME": np.exp(10 + 0.2 * worth + rng.normal(0, 0.5, people))})
    frame["INCOME"], frame["AGE"] = frame["INCOME"].round(0), rng.integers(20, 70, people)
    frame["KIND"] = rng.choice(["cash", "card", "car"], people)
    logit = -2.4 - 1.1 * worth + 0.01 * (45 - frame["AGE"]) + 0.3 * (frame["KIND"] == "cash")
    frame["FAILED"] = (rng.random(people) < 1 / (1 + np.exp(-logit))).astype(int)
    late_part = np.arange(people) >= 3000
    sides = {"credit.csv": credit, "balance.csv": balance}
    about = "side tables of many rows, one joined to the other"
    return MadeUp(about, "auc", frame[~late_part], frame[late_part], "FAILED", "PERSON_ID", sides)


def rides(rng: Rng) -> MadeUp:
    """How long a ride takes, from one place to another."""
    rows = 5000
    start = pd.Timestamp("2016-01-01") + pd.to_timedelta(rng.integers(0, 86_400 * 180, rows), unit="s")
    places = np.array([40.75, -73.97] * 2) + rng.normal(0, 0.03, (rows, 4))
    names = ["pickup_latitude", "pickup_longitude", "dropoff_latitude", "dropoff_longitude"]
    north, east = 111.2 * (places[:, 2] - places[:, 0]), 84.2 * (places[:, 3] - places[:, 1])
    hour = start.hour.to_numpy() + start.minute.to_numpy() / 60
    speed = 18 - 7 * np.exp(-((hour - 17) ** 2) / 18) + 3 * (start.day_of_week.to_numpy() >= 5)
    frame = pd.DataFrame(places.round(6), columns=names)
    frame.insert(0, "pickup_datetime", start.strftime("%Y-%m-%d %H:%M:%S"))
    frame["passengers"], frame["vendor"] = rng.integers(1, 7, rows), rng.integers(1, 3, rows)
    seconds = 3600 * np.hypot(north, east) / speed * np.exp(rng.normal(0, 0.25, rows)) + 60
    frame["seconds"] = seconds.round(0)
    return drawn("the way between two places", "rmsle", frame, "seconds", rng, 0.4)


def hires(rng: Rng) -> MadeUp:
    """Bicycles hired in each hour, the hour being the id; the test file holds each month's last days."""
    hours = pd.date_range("2011-01-01", "2011-12-31 23:00", freq="h")
    hour, rows = hours.hour.to_numpy(), len(hours)
    warm = 12 - 10 * np.cos(2 * np.pi * hours.day_of_year.to_numpy() / 365) + rng.normal(0, 3, rows)
    work = hours.day_of_week.to_numpy() < 5
    rush = 1.4 * (np.exp(-((hour - 17.5) ** 2) / 6) + 0.8 * np.exp(-((hour - 8) ** 2) / 3)) * work
    leisure = 1.5 * np.exp(-((hour - 14) ** 2) / 16) * ~work
    wet = rng.random(rows) < 0.15
    level = 2.5 + rush + leisure + 0.04 * warm - 0.6 * wet - 1.5 * (hour < 6) + rng.normal(0, 0.25, rows)
    frame = pd.DataFrame({"datetime": hours.strftime("%Y-%m-%d %H:%M:%S"), "weather": 1 + wet, "warm": warm.round(1)})
    frame["hired"] = rng.poisson(np.exp(level))
    apart = hours.day.to_numpy() >= 20
    return MadeUp("the id is the hour", "rmsle", frame[~apart], frame[apart], "hired", "datetime")


MAKERS: dict[str, Callable[[Rng], MadeUp]] = {
    make.__name__: make
    for make in (
        *(diabetes, digits, breast_cancer, wine, friedman, access),
        *(sales, patients, listings, wide, species),
        *(stores, loans, rides, hires),
    )
}


def _embedded(name: str) -> pd.DataFrame:
    from sklearn import datasets

    data = getattr(datasets, f"load_{name}")(as_frame=True)
    frame: pd.DataFrame = data.frame.set_axis([str(c).replace(" ", "_") for c in data.frame.columns], axis=1)
    return frame


def drawn(
    about: str, metric: str, frame: pd.DataFrame, target: str, rng: Rng, share: float, key: str | None = None
) -> MadeUp:
    """Test rows drawn at random; rows are numbered where they have no id."""
    frame = frame.sample(frac=1.0, random_state=int(rng.integers(2**31))).reset_index(drop=True)
    if key is None:
        key = "id"
        frame.insert(0, key, np.arange(len(frame)) + 1)
    rows = round(len(frame) * share)
    return MadeUp(about, metric, frame.iloc[rows:], frame.iloc[:rows], target, key)
