import json

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from pipeline.preprocess.keys import UNSEEN, Keys

CELLS = st.sampled_from(["a", "b", "c", None])
ROWS = st.lists(st.tuples(CELLS, st.sampled_from([1.0, 2.5, float("nan")])), min_size=1, max_size=30)


def frame_of(rows: list[tuple]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["level", "number"])
    return frame.astype({"level": pd.CategoricalDtype(["c", "b", "a"]), "number": "float32"})


@given(rows=ROWS)
def test_rows_share_a_group_exactly_where_they_share_all_levels(rows: list[tuple]) -> None:
    frame = frame_of(rows)
    keys = Keys.fit(frame, ["level", "number"])
    groups = keys.groups(frame)
    assert groups.min() >= 0 and groups.max() < keys.size
    alike = {(str(a), str(b)): g for (a, b), g in zip(rows, groups, strict=True)}
    assert len(set(alike.values())) == len(alike) == len(set(groups))
    assert [alike[str(a), str(b)] for a, b in rows] == groups.tolist()


@given(rows=ROWS)
def test_keys_survive_json(rows: list[tuple]) -> None:
    frame = frame_of(rows)
    keys = Keys.fit(frame, ["number", "level"])
    again = Keys.from_state(json.loads(json.dumps(keys.to_state())))
    assert np.array_equal(again.groups(frame), keys.groups(frame))


def test_an_unseen_level_or_tuple_has_no_group() -> None:
    keys = Keys.fit(frame_of([("a", 1.0), ("b", 2.5)]), ["level", "number"])
    assert keys.groups(frame_of([("c", 1.0), ("a", 2.5), (None, 1.0), ("b", 2.5)]))[:3].tolist() == [UNSEEN] * 3


def test_another_order_of_categories_changes_nothing() -> None:
    frame = frame_of([("a", 1.0), ("b", 1.0), (None, 1.0)])
    keys = Keys.fit(frame, ["level"])
    other = frame.assign(level=frame["level"].cat.set_categories(["z", "a", "b"]))
    assert np.array_equal(keys.groups(frame), keys.groups(other))
