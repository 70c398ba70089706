import numpy as np
import pandas as pd

from pipeline.declaration.builders import Hash
from pipeline.features.hashing import Hashes, buckets
from tests.features.build import made, words


def test_buckets_are_the_same_everywhere_and_evenly_filled() -> None:
    assert buckets(np.array(["a", "b", "ü"], dtype=object), 1000).tolist() == [648, 831, 119]
    counts = np.bincount(buckets(np.array([str(k) for k in range(20_000)], dtype=object), 20), minlength=20)
    assert counts.min() > 850 and counts.max() < 1150


def test_equal_tuples_share_a_bucket_and_missing_ones_have_none() -> None:
    frame = pd.DataFrame({"a": words("x", "x", None), "n": [1, 1, 2], "e": words("p", None, None)})
    builder = Hashes([Hash(columns=["a", "n"], buckets=50), Hash(columns=["e"], buckets=50)])
    columns = made(builder, frame)
    assert columns["a_n_hash"][0] == columns["a_n_hash"][1] != columns["a_n_hash"][2]
    assert columns["e_hash"][1:] == [None, None]
    assert made(builder, frame, frame.iloc[[0]])["a_n_hash"] == columns["a_n_hash"][:1]
