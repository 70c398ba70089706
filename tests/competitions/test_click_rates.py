"""The features of the click-through competitions, on rows written by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.features.added import load_own

ROOT = Path(__file__).resolve().parents[2]

IMPRESSIONS = pd.DataFrame(
    {
        "row_id": range(4),
        "site_id": ["85f751fd", "85f751fd", "1fbe01fe", "1fbe01fe"],
        "site_domain": ["c4e18dd6", "c4e18dd6", "f3845767", "f3845767"],
        "site_category": ["50e219e0", "50e219e0", "28905ebd", "28905ebd"],
        "app_id": ["febd1138", "1fbe01fe", "ecad2386", "ecad2386"],
        "app_domain": ["82e27996", "82e27996", "7801e8d9", "7801e8d9"],
        "app_category": ["0f2161f8", "0f2161f8", "07d7df22", "07d7df22"],
        "device_id": ["c357dbff", "a99f214a", "a99f214a", "a99f214a"],
        "device_ip": ["c7ead94a", "c7ead94a", "c7ead94a", "313abd97"],
        "device_model": ["8a4875bd", "8a4875bd", "a5bce124", "8a4875bd"],
        "C14": ["15703", "15703", "15703", "20596"],
    }
)

CLICKS = pd.DataFrame(
    {
        "row_id": range(5),
        "ip": [7, 7, 7, 9, 7],
        "app": ["3", "3", "12", "3", "3"],
        "device": ["1", "1", "1", "1", "2"],
        "os": ["13", "13", "13", "19", "13"],
        "channel": ["280", "245", "280", "280", "280"],
        "click_time": pd.to_datetime("2017-11-07") + pd.to_timedelta([0, 10, 30, 40, 9_000], unit="s"),
    }
)


def added(competition: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame through the competition's ``features.py``."""
    return load_own(competition, ROOT / "competitions" / competition / "features.py").apply(frame)


def test_the_publisher_is_the_app_or_the_site_and_never_mixes_them_up() -> None:
    found = added("avazu", IMPRESSIONS)
    assert found["publisher"].tolist() == ["app febd1138", "app 1fbe01fe", "site 1fbe01fe", "site 1fbe01fe"]
    assert found["publisher_domain"].tolist() == ["app 82e27996"] * 2 + ["site f3845767"] * 2


def test_an_unknown_device_is_told_by_address_and_model() -> None:
    found = added("avazu", IMPRESSIONS)
    known, first, second, third = found["user"]
    assert known == "c357dbff" and len({known, first, second, third}) == 4
    assert np.expm1(found["rows_by_device_ip"]).round().tolist() == [3, 3, 3, 1]
    assert np.expm1(found["rows_by_publisher_C14"]).round().tolist() == [1, 1, 1, 1]
    assert np.expm1(found["models_of_ip"]).round().tolist() == [2, 2, 2, 1]


def test_clicks_and_different_values_are_counted_by_key() -> None:
    found = added("talkingdata", CLICKS)
    assert np.expm1(found["clicks_by_user"]).round().tolist() == [3, 3, 3, 1, 1]
    assert np.expm1(found["apps_of_ip"]).round().tolist() == [2, 2, 2, 1, 2]
    assert found["spread_of_app"].iloc[0] == pytest.approx(np.log1p(2) - np.log1p(4))


def test_neighbouring_clicks_are_at_most_an_hour_away() -> None:
    found = added("talkingdata", CLICKS)
    assert np.expm1(found["seconds_to_next_by_ip"]).round().tolist() == [10, 20, 3600, 3600, 3600]
    assert np.expm1(found["seconds_since_last_by_user"]).round().tolist() == [3600, 10, 20, 3600, 3600]
    assert "click_time" not in found


@pytest.mark.parametrize(("competition", "frame"), [("avazu", IMPRESSIONS), ("talkingdata", CLICKS)])
def test_the_recipe_gives_back_the_rows_it_got(competition: str, frame: pd.DataFrame) -> None:
    before = frame.copy()
    assert added(competition, frame)["row_id"].tolist() == before["row_id"].tolist()
    pd.testing.assert_frame_equal(frame, before)
