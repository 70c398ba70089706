import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.declaration.builders import Occurrence
from pipeline.features.occurrences import Occurrences
from tests.features.build import made, words

ALL = ["before", "after", "previous", "next"]


def clicks(ips: list, seconds: list, first: int = 0) -> pd.DataFrame:
    times = pd.Timestamp("2017-11-07") + pd.to_timedelta(pd.Series(seconds, dtype=float), unit="s")
    return pd.DataFrame({"row_id": range(first, first + len(ips)), "ip": words(*ips), "time": times})


def entry(time: str = "time") -> Occurrences:
    return Occurrences([Occurrence(by=["ip"], time=time, make=ALL)])  # type: ignore[arg-type]


def test_clicks_so_far_and_seconds_between_them() -> None:
    columns = made(entry(), clicks(["a", "b", "a", "a", "b"], [10, 10, 4, 10, np.nan]))
    assert columns["ip_before"] == [1, 0, 0, 2, None]
    assert columns["ip_after"] == [1, 0, 2, 0, None]
    assert columns["ip_previous"] == [6, None, None, 0, None]
    assert columns["ip_next"] == [0, None, 6, None, None]


def test_new_rows_stand_between_the_fitted_ones_and_do_not_see_each_other() -> None:
    fitted = clicks(["a", "a"], [0, 10])
    columns = made(entry(), fitted, clicks(["a", "a", "a", "c"], [4, 5, 10, 5], first=2))
    assert columns["ip_before"] == [1, 1, 2, 0]
    assert columns["ip_after"] == [1, 1, 0, 0]
    assert columns["ip_previous"] == [4, 5, 0, None]
    assert columns["ip_next"] == [6, 5, None, None]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 6)), min_size=1, max_size=20))
def test_it_agrees_with_pandas(rows: list) -> None:
    frame = pd.DataFrame(rows, columns=["ip", "time"]).astype({"ip": "str"}).assign(row_id=range(len(rows)))
    columns = made(entry(), frame)
    grouped = frame.sort_values(["time", "row_id"]).groupby("ip")["time"]
    expected = {"before": grouped.cumcount(), "previous": grouped.diff(), "next": -grouped.diff(-1)}
    for name, values in expected.items():
        np.testing.assert_equal(np.array(columns[f"ip_{name}"], dtype=float), values.sort_index().to_numpy(dtype=float))
