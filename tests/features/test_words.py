import numpy as np
import pandas as pd

from pipeline.features.words import joined, spelled, words
from tests.features.build import words as texts


def test_numbers_are_spelled_alike_whatever_stands_beside_them() -> None:
    assert words(pd.Series([1.0, np.nan]))[0] == words(pd.Series([1.0, 2.5]))[0] == words(pd.Series([1]))[0] == "1"
    assert words(pd.Series([1.0, np.nan])).isna().tolist() == [False, True]


def test_tuples_that_are_spelled_alike_are_one() -> None:
    frame = pd.DataFrame({"a": texts("p|q", "p"), "b": texts("r", "q|r")})
    codes, distinct = joined(frame, ["a", "b"])
    assert codes.tolist() == [0, 0] and distinct.tolist() == ["p|q|r"]


def test_codes_below_zero_are_missing() -> None:
    assert spelled(np.array([1, -1, 0]), ["a", "b"]).isna().tolist() == [False, True, False]
