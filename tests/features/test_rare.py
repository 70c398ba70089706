import pandas as pd

from pipeline.declaration.builders import Rare
from pipeline.features.rare import RareLevels
from tests.features.build import made, words


def test_few_and_new_rows_become_rare_and_missing_stays() -> None:
    frame = pd.DataFrame({"a": words("x", "x", "y", None)})
    builder = RareLevels([Rare(columns=["a"], min_count=2)])
    assert made(builder, frame) == {"a": ["x", "x", "rare", None]}
    assert made(builder, frame, pd.DataFrame({"a": words("z", "x")})) == {"a": ["rare", "x"]}
