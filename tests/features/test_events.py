import numpy as np
import pandas as pd

from pipeline.declaration.builders import Event
from pipeline.features.events import Events
from tests.features.build import made, words

DAYS = pd.to_datetime(["2015-01-01", "2015-01-03", "2015-01-06", "2015-01-02", "2015-01-09"])
FRAME = pd.DataFrame(
    {
        "store": [1, 1, 1, 2, 2],
        "day": DAYS,
        "promo": [0.0, 1.0, 0.0, np.nan, 0.0],
        "holiday": words("0", "a", "b", "0", "a"),
    }
)


def test_days_since_and_until_within_each_group() -> None:
    columns = made(Events([Event(column="promo", time="day", by=["store"])]), FRAME)
    assert columns["promo_since"] == [None, 0, 3, None, None]
    assert columns["promo_until"] == [2, 0, None, None, None]


def test_levels_names_and_all_rows_together() -> None:
    entry = Event(column="holiday", values=["a", "b"], time="day", name="feast", make=["until"])
    columns = made(Events([entry]), FRAME)
    assert columns == {"feast_until": [2, 0, 0, 1, 0]}


def test_new_rows_and_an_event_that_never_happens() -> None:
    new = pd.DataFrame({"store": [1, 3], "day": DAYS[[4, 4]], "promo": [1.0, 1.0], "holiday": words("0", "0")})
    builder = Events([Event(column="promo", time="day", by=["store"])])
    assert made(builder, FRAME, new)["promo_since"] == [6, None]
    never = Events([Event(column="promo", values=[7], time="day", by=["store"])])
    assert made(never, FRAME) == {"promo_since": [None] * 5, "promo_until": [None] * 5}


def test_numbers_keep_their_own_unit() -> None:
    frame = FRAME.assign(hour=[1.0, 5.0, 6.0, 2.0, np.nan])
    columns = made(Events([Event(column="promo", time="hour")]), frame)
    assert columns["promo_since"] == [None, 0, 1, None, None]


def test_what_is_farther_than_the_most_or_nowhere_is_as_far() -> None:
    entry = Event(column="promo", time="day", by=["store"], most=2)
    columns = made(Events([entry]), FRAME)
    assert columns["promo_since"] == [2, 0, 2, 2, 2]
    assert columns["promo_until"] == [2, 0, 2, 2, 2]
    frame = FRAME.assign(hour=[1.0, 5.0, 6.0, 2.0, np.nan])
    assert made(Events([Event(column="promo", time="hour", most=9)]), frame)["promo_since"] == [9, 0, 1, 9, None]
