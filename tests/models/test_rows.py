"""Samples of rows."""

import numpy as np
import pandas as pd

from pipeline.models import Rows
from pipeline.models._rows import real, sampled


def test_a_sample_keeps_the_order_and_knows_which_rows_are_synthetic() -> None:
    rows = Rows(pd.DataFrame({"a": np.arange(100.0)}), np.arange(100), np.arange(100.0), made=40)
    some = sampled(rows, 30, seed=1)
    assert len(some.y) == 30 and (np.diff(some.y) > 0).all()
    assert some.made == (some.y >= 60).sum() > 0
    assert (some.X["a"].to_numpy() == some.y).all() and some.weight is not None and (some.weight == some.y).all()
    assert (real(some).y < 60).all() and len(real(some).y) == 30 - some.made


def test_few_rows_are_left_as_they_are() -> None:
    rows = Rows(pd.DataFrame({"a": [1.0, 2.0]}), np.array([0, 1]))
    assert sampled(rows, 2, seed=1) is rows
