"""The measurement of what a trial of features proves: of the competition itself, and of shuffled targets."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.made_up import drawn
from benchmarks.proving import reasons, shuffled


def test_a_product_is_proved_of_a_competition_and_not_of_a_shuffled_one() -> None:
    rng = np.random.default_rng(5)
    a, b = rng.uniform(-1, 1, (2, 2000)).round(4)
    frame = pd.DataFrame({"a": a, "b": b, "y": (a * b + 0.01 * rng.normal(size=2000)).round(5)})
    made = drawn("a product", "rmse", frame, "y", rng, 0.3)
    assert "arithmetic" in reasons(made) and "boosted trees lose" in reasons(made)["arithmetic"]
    dealt = shuffled(made, 1)
    assert sorted(dealt.train["y"]) == sorted(made.train["y"]) and not dealt.train["y"].equals(made.train["y"])
    assert reasons(dealt) == {}
