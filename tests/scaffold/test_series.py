"""Series of days, and what of their past is told ahead."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipeline.declaration.columns import Role
from pipeline.declaration.preprocess import TargetLag
from pipeline.scaffold.guess import Guess
from pipeline.scaffold.halves import Files
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.read import Raw
from pipeline.scaffold.roles import looks
from pipeline.scaffold.series import as_trained, find_lags

RNG = np.random.default_rng(2)
KEYS = Keys(Guess(None, ""), Guess("sold", ""))
ROLES = {"day": Guess[Role]("date", "")}
SPLIT = {"kind": "time", "time": "day"}


def rows(first: str, last: str, step: str = "D", **more: Any) -> pd.DataFrame:
    days = pd.date_range(first, last, freq=step).strftime("%Y-%m-%d")
    whole = [(d, s, k, n % 3 == 0) for n, d in enumerate(days) for s in ("north", "south") for k in "abc"]
    return pd.DataFrame(whole, columns=["day", "shop", "kind", "promo"]).assign(**more)


def lags(
    train: pd.DataFrame, test: pd.DataFrame, split: dict[str, str] = SPLIT, sold: pd.Series | None = None
) -> list[dict[str, Any]]:
    train = train.reset_index(drop=True)
    raw = Raw(train.assign(sold="1").astype("str"), test.astype("str"), None, Files("a", "b", None))
    target = pd.Series(RNG.normal(size=len(train))) if sold is None else sold
    if "promo" in train:
        target = target + 0.3 * train["promo"]
    guess = find_lags(raw, looks(raw, KEYS), ROLES, split, target)
    for entry in guess.value if guess else []:
        TargetLag.model_validate(entry)
    return guess.value if guess else []


def test_a_series_is_told_by_the_fewest_columns_that_have_a_day_once() -> None:
    found = lags(rows("2020-01-01", "2021-06-30"), rows("2021-07-01", "2021-07-14"))
    assert [entry["by"] for entry in found] == [
        ["kind", "shop"],
        ["kind", "shop", "day_weekday"],
        ["kind", "shop", "promo"],
        ["kind", "shop", "day_weekday", "promo"],
        ["kind", "shop"],
    ]
    assert {entry["horizon"] for entry in found[:4]} == {14} and {entry["time"] for entry in found} == {"day_days"}
    assert found[0]["windows"] == [7, 28, 91, 364] and found[1]["windows"] == [28, 91, 364]
    assert found[4] == {**found[4], "horizon": 357, "lags": [364], "windows": [14, 42]}


def test_a_gap_before_the_test_rows_counts() -> None:
    found = lags(rows("2021-01-01", "2021-06-23"), rows("2021-07-01", "2021-07-14"))
    assert found[0]["horizon"] == 21


def test_a_short_past_has_no_year_and_weeks_no_weekday() -> None:
    short = lags(rows("2021-01-01", "2021-06-30"), rows("2021-07-01", "2021-07-14"))
    assert all("lags" not in entry for entry in short) and short[0]["windows"] == [7, 28, 91]
    weekly = lags(rows("2019-01-04", "2021-06-25", "7D"), rows("2021-07-02", "2021-09-24", "7D"))
    assert not any("day_weekday" in entry["by"] for entry in weekly)
    assert (weekly[0]["horizon"], weekly[-1]["windows"]) == (91, [42])
    far = lags(rows("2018-01-05", "2020-06-26", "7D"), rows("2020-07-03", "2021-09-24", "7D"))
    assert not any("lags" in entry for entry in far)


def test_what_stands_still_within_a_series_or_seldom_changes_is_no_flag() -> None:
    train, test = rows("2020-01-01", "2020-06-30"), rows("2020-07-01", "2020-07-14")
    still = [frame.assign(promo=frame["shop"] == "north") for frame in (train, test)]
    seldom = [frame.assign(promo=frame["day"].str.endswith("-04-01")) for frame in (train, test)]
    for parts in (still, seldom):
        assert not any("promo" in entry["by"] for entry in lags(parts[0], parts[1]))


def test_flags_that_tell_most_within_series_come_first_and_those_that_tell_nothing_do_not() -> None:
    frames = [rows("2020-01-01", "2020-12-31"), rows("2021-01-01", "2021-01-14")]
    flags = [frame.assign(open=RNG.integers(0, 2, len(frame)), rain=RNG.integers(0, 2, len(frame))) for frame in frames]
    still = [frame.drop(columns="promo") for frame in flags]
    sold = pd.Series(RNG.normal(0, 0.1, len(still[0]))) + 2 * still[0]["open"]
    assert [e["by"][2:] for e in lags(still[0], still[1], sold=sold)][:3] == [[], ["day_weekday"], ["open"]]
    assert not any("rain" in entry["by"] for entry in lags(still[0], still[1], sold=sold))
    shut = sold.where(still[0]["open"] == 1)
    assert not any("open" in entry["by"] for entry in lags(still[0], still[1], sold=shut))
    both = [entry["by"][2:] for entry in lags(flags[0], flags[1], sold=sold)]
    assert both.index(["open"]) < both.index(["promo"]) and ["day_weekday", "open"] in both


def test_a_target_is_looked_at_as_models_learn_it() -> None:
    words = pd.Series(["0", "1", "", "1,5"])
    assert as_trained(words[:3], "log").round(3).tolist()[1] == 0 and as_trained(words[:3], "log").isna().sum() == 2
    assert as_trained(words[:2], "log1p").round(3).tolist() == [0, 0.693]
    assert as_trained(words[3:], "identity").tolist() == [1.5]


def test_other_rows_are_no_series() -> None:
    train, test = rows("2020-01-01", "2020-06-30"), rows("2020-07-01", "2020-07-14")
    assert lags(pd.concat([train, train]), test) == []
    assert lags(train, test.assign(shop="west")) == []
    assert lags(train, test, {"kind": "stratified"}) == []
    alone = [frame.drop_duplicates("day").drop(columns=["shop", "kind"]) for frame in (train, test)]
    assert lags(alone[0], alone[1]) == []
    many = train.assign(shop=np.arange(len(train)).astype(str))
    assert lags(many, test.assign(shop=np.arange(len(test)).astype(str))) == []


def hours(first: str, last: str) -> pd.DataFrame:
    times = pd.date_range(first, last, freq="h").strftime("%Y-%m-%d %H:%M:%S")
    return pd.DataFrame([(t, m) for t in times for m in ("m1", "m2")], columns=["day", "meter"])


def test_hours_are_told_by_the_hour() -> None:
    found = lags(hours("2019-01-01", "2020-06-30 23:00"), hours("2020-07-01", "2020-07-14 23:00"))
    assert [entry["by"] for entry in found] == [
        ["meter"],
        ["meter", "day_hour"],
        ["meter", "day_weekday", "day_hour"],
        ["meter", "day_hour"],
    ]
    assert found[0]["horizon"] == 14 and found[-1]["horizon"] == 357 and "lags" not in found[-1]


def test_seconds_of_their_own_make_no_series() -> None:
    seconds = np.random.default_rng(3).permutation(86_400 * 200)[:3000]
    times = (pd.Timestamp("2020-01-01") + pd.to_timedelta(np.sort(seconds), "s")).astype("str")
    sales = pd.DataFrame({"day": times, "vendor": np.random.default_rng(4).choice(["a", "b"], 3000)})
    assert lags(sales[:2000], sales[2000:]) == []


def test_months_have_no_day_exactly_a_year_ago() -> None:
    found = lags(rows("2017-01-01", "2020-12-01", "MS"), rows("2021-01-01", "2021-03-01", "MS"))
    assert found and not any("lags" in entry for entry in found)
