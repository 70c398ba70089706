import pandas as pd

from pipeline.declaration.builders import Holidays
from pipeline.features.holiday import PublicHolidays
from tests.features.build import made


def days(*texts: str | None) -> pd.DataFrame:
    return pd.DataFrame({"day": pd.to_datetime(pd.Series(texts), format="ISO8601")})


def test_new_year_and_the_days_around_it() -> None:
    frame = days("2015-01-01 13:00", "2015-01-02", "2014-12-31 23:59", None)
    columns = made(PublicHolidays([Holidays(column="day", country="DE")]), frame)
    assert columns["day_holiday"] == [1, 0, 0, None]
    assert columns["day_holiday_since"] == [0, 1, 5, None]
    assert columns["day_holiday_until"][:3:2] == [0, 1]


def test_a_state_has_its_own() -> None:
    corpus_christi = days("2015-06-04")
    for state, holiday in (("BY", 1), ("BE", 0)):
        entry = Holidays(column="day", country="DE", subdivision=state)
        assert made(PublicHolidays([entry]), corpus_christi)["day_holiday"] == [holiday]


def test_no_date_at_all() -> None:
    frame = days(None, None)
    assert made(PublicHolidays([Holidays(column="day", country="DE")]), frame)["day_holiday"] == [None, None]
