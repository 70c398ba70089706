"""The features of the drug stores' recipe, on days written by hand, and its real files as far as the folds."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline import plan
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import read_json, read_table
from pipeline.declaration.read import read_declaration
from pipeline.features.added import load_own
from pipeline.stages import clean, features, fetch, split

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "competitions" / "rossmann"
DATES = pd.date_range("2014-12-22", periods=21)


def days(store: str, **columns: object) -> pd.DataFrame:
    """Three weeks of one store, open, without promotions or holidays unless ``columns`` says otherwise."""
    plain = {
        "Open": 1.0,
        "Promo": 0.0,
        "SchoolHoliday": 0.0,
        "CompetitionOpenSinceYear": 2014.0,
        "CompetitionOpenSinceMonth": 10.0,
        "Promo2SinceYear": np.nan,
        "Promo2SinceWeek": np.nan,
        "PromoInterval": pd.Series([None] * len(DATES), dtype="str"),
    }
    return pd.DataFrame({"Store": store, "Date": DATES, **plain, **columns})


def frame() -> pd.DataFrame:
    """Store 7 is closed for nine days; store 9 runs promotions and joined Promo2."""
    closed = np.ones(21)
    closed[5:14] = 0
    school = np.zeros(21)
    school[:12] = 1
    ours = days("7", Open=closed, SchoolHoliday=school)
    promo = np.zeros(21)
    promo[7:12] = 1
    theirs = days("9", Promo=promo, Promo2SinceYear=2014.0, Promo2SinceWeek=52.0, PromoInterval="Mar,Jun,Sept,Dec")
    both = pd.concat([ours, theirs, days("11", SchoolHoliday=school)], ignore_index=True)
    return both.assign(row_id=range(len(both)))


def added(given: pd.DataFrame) -> pd.DataFrame:
    return load_own("rossmann", RECIPE / "features.py").apply(given)


def of(store: str, column: str) -> list[float]:
    found = added(frame())
    return [None if pd.isna(value) else value for value in found.loc[found["Store"] == store, column]]


def test_rows_and_their_order_are_kept() -> None:
    shuffled = frame().sample(frac=1, random_state=0, ignore_index=True)
    before, found = shuffled.copy(), added(shuffled)
    pd.testing.assert_frame_equal(shuffled, before)
    sorted_ = found.sort_values("row_id", ignore_index=True)
    pd.testing.assert_frame_equal(sorted_.drop(columns="Region"), added(frame()).drop(columns="Region"))


def test_months_of_the_competitor_and_to_the_end() -> None:
    assert of("7", "CompetitionMonths") == [2.0] * 10 + [3.0] * 11
    assert of("7", "DaysToMonthEnd")[:11] == [*range(9, -1, -1), 30]


def test_rounds_of_promo2() -> None:
    assert of("7", "Promo2Weeks") == [None] * 21
    assert of("9", "Promo2Weeks") == [0.0] * 7 + [1.0] * 7 + [2.0] * 7
    assert of("9", "Promo2Month") == [0.0] * 10 + [1.0] * 11
    assert of("9", "Promo2Begins") == [1.0] * 10 + [0.0] * 11
    assert of("7", "Promo2Begins") == [0.0] * 21


def test_promotions_of_the_week_before_and_after() -> None:
    assert of("9", "PromoDays_last")[7:] == [0, 1, 2, 3, 4, 5, 5, 5, 4, 3, 2, 1, 0, 0]
    # the fortnight is repeated: the first day after the calendar is as its eighth, on which promotions began
    assert of("9", "PromoDays_next") == [1, 2, 3, 4, 5, 5, 5, 4, 3, 2, 1, 0, 0, 0, 1, 2, 3, 4, 5, 5, 5]


def test_a_shut_day_is_no_sunday_and_a_usual_week_has_seven_open_days() -> None:
    sundays = (DATES.day_of_week == 6).nonzero()[0].tolist()
    shut = [day for day, value in enumerate(of("7", "Shut")) if value]
    assert shut == [day for day in range(5, 14) if day not in sundays]
    assert of("9", "OpenDays_next") == of("9", "OpenDays_last") == [7] * 21
    assert of("7", "OpenDays_next")[:7] == [4, 3, 2, 1, 0, 0, 0]


def test_long_closures() -> None:
    assert of("7", "ReopenedDays") == [None] * 14 + [0, 1, 2, 3, 4, 5, 6]
    assert of("7", "ClosedDays") == [None] * 14 + [9] * 7
    assert of("7", "ClosingDays") == [4, 3, 2, 1, 0] + [None] * 16
    assert of("9", "ReopenedDays") == [None] * 21


def test_the_high_days_of_carnival() -> None:
    dates = pd.to_datetime(["2013-02-11", "2014-02-27", "2015-02-16", "2015-02-17", "2015-02-18", "2015-06-19"])
    given = frame().iloc[:6].assign(Date=dates)
    assert added(given)["Carnival"].tolist() == ["Monday", "Thursday", "Monday", "Tuesday", "none", "none"]


def test_stores_of_one_region_share_their_school_holidays() -> None:
    found = added(frame()).groupby("Store")["Region"].first()
    assert found["7"] == found["11"] != found["9"]


def test_the_declaration_imitates_the_test_file() -> None:
    declared = read_declaration(RECIPE / "competition.yaml")
    assert "rossmann-store-sales" in str(declared.source.kaggle) and declared.metric.name == "rmspe"
    assert declared.split.kind == "time" and declared.split.horizon == 43
    assert all(lag.horizon >= 43 for lag in declared.preprocess.target_lags)
    assert declared.ensemble.factor == "earned"
    assert [rule.where for rule in declared.submit.known] == ["Open == 0"]


@pytest.mark.shared
def test_real_files_pass_as_far_as_the_folds(
    tmp_path: Path, competition_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPETITION_DATA", str(_thinned(competition_data, tmp_path)))
    shutil.copytree(RECIPE, tmp_path / "competitions" / "rossmann", symlinks=True)
    paths = Paths(tmp_path, "rossmann")
    for stage, module in (("plan", plan), ("fetch", fetch), ("clean", clean), ("features", features), ("split", split)):
        module.run(Job(paths, stage))
    kinds = {column["name"]: column["kind"] for column in read_json(paths.stage("features") / "columns.json")}
    assert kinds["Store"] == "categorical" and not {"Sales", "Customers"} & set(kinds)
    train, test = (read_table(paths.stage("features") / f"{part}.parquet") for part in ("train", "test"))
    assert test["PromoDays_last"].isin(range(8)).all()
    events = [name for name in kinds if name.endswith(("_since", "_until"))]
    assert events and train[events].notna().all(axis=None) and test[events].notna().all(axis=None)
    facts = read_json(paths.stage("split") / "split.json")
    assert (facts["kind"], facts["folds"]) == ("time", 3)


def _thinned(data: Path, folder: Path) -> Path:
    """The competition's files with one store in forty, so that the test stays quick."""
    import zipfile

    slug = folder / "raw" / "rossmann-store-sales"
    slug.mkdir(parents=True)
    with zipfile.ZipFile(data / "rossmann-store-sales.zip") as archive:
        archive.extractall(slug)
    for name, place in (("train.csv", 0), ("test.csv", 1), ("store.csv", 0)):
        header, *lines = (slug / name).read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if int(line.split(",", place + 1)[place].strip('"')) % 40 == 1]
        (slug / name).write_text("\n".join([header, *kept, ""]), encoding="utf-8")
    return folder / "raw"
