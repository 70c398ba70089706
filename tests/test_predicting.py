"""The measurement of predicting: every part of it is taken, and the file holds every row."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from benchmarks.predicting import measure


def test_every_part_of_predicting_is_measured(tmp_path: Path) -> None:
    found = measure(tmp_path, rows=50, trained=300)
    assert all(taken > 0 for taken in found.values()) and found["file to file"] > found["features"]
    assert len(pd.read_csv(tmp_path / "out.csv")) == 50
