import numpy as np
import pandas as pd

from pipeline.declaration.builders import Cross
from pipeline.features.crosses import Crosses
from tests.features.build import made, words

FRAME = pd.DataFrame({"a": words("x", "x", "y", None, None), "n": [1.0, 1.0, 2.0, 3.0, np.nan]})


def test_tuples_become_levels_and_missing_parts_stay_empty() -> None:
    columns = made(Crosses([Cross(columns=["a", "n"])]), FRAME)
    assert columns == {"a_x_n": ["x|1", "x|1", "y|2", "|3", None]}


def test_rare_and_new_tuples_go_together() -> None:
    new = pd.DataFrame({"a": words("x", "x"), "n": [1.0, 2.5]})
    builder = Crosses([Cross(columns=["a", "n"], min_count=2)])
    assert made(builder, FRAME)["a_x_n"] == ["x|1", "x|1", "rare", "rare", None]
    assert made(builder, FRAME, new)["a_x_n"] == ["x|1", "rare"]
