"""The table and the picture: what stands in them, and where."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.imbalance.markdown import END, START, put_between_markers, table
from pipeline.imbalance.picture import Axis, picture
from pipeline.imbalance.scores import MEASURES


def summary() -> pd.DataFrame:
    lines = []
    for model in ("linear", "mlp"):
        for method, score, claimed in (("none", 0.8, np.nan), ("smote", 0.75, 0.99)):
            line = {"model": model, "method": method, "seconds": 1.25, "refused": ""}
            for measure in MEASURES:
                parts = {
                    "": score,
                    "_se": 0.02,
                    "_difference": score - 0.8,
                    "_difference_se": 0.01,
                    "_claimed": claimed,
                }
                line |= {f"{measure}{suffix}": value for suffix, value in parts.items()}
            lines.append(line)
    lines.append({**lines[0], "method": "smotenc", "refused": "no column is categorical"})
    return pd.DataFrame(lines)


def test_a_row_of_the_table() -> None:
    text = table(summary(), 0.9)
    wanted = "| mlp | SMOTE | 0.7500 ± 0.0200 | −0.0500 ± 0.0100 | 0.990 | 0.7500 |"
    assert wanted in text and "recall at precision 0.9" in text
    assert "| mlp | nothing | 0.8000 ± 0.0200 |  |  |" in text
    assert text.endswith("\n\nNot made: SMOTENC: no column is categorical.")
    assert len({line.count("|") for line in text.splitlines()[:-2]}) == 1


def test_markers(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    assert not put_between_markers(readme, "new", "toy")
    readme.write_text(f"a\n{START}\nold\n{END}\nb\n")
    assert put_between_markers(readme, "new", "toy") and put_between_markers(readme, "newer", "toy")
    assert readme.read_text() == f"a\n{START}\n\nnewer\n\n{END}\nb\n"
    readme.write_text(f"{END} {START}")
    with pytest.raises(PodiumError, match="must have"):
        put_between_markers(readme, "new", "toy")


def test_the_picture_is_svg_with_a_mark_for_each_score() -> None:
    text = picture(summary())
    root = ET.fromstring(text)
    marks = [mark for mark in root.iter() if mark.tag.endswith("circle")]
    filled = [mark for mark in marks if mark.get("fill") != "none"]
    assert len(filled) == 1 + 4 and len(marks) - len(filled) == 1 + 2
    inside = [float(mark.get("cx", -1)) for mark in marks]
    assert min(inside) > 0 and max(inside) < float(root.get("width", 0))
    assert text == picture(summary()) and "no column is categorical" not in text and "SMOTENC" not in text


def test_ticks_are_round_and_inside() -> None:
    for low, high in ((0.85, 0.9), (0.1, 1.0), (0.001, 0.02)):
        ticks = Axis(low, high).ticks
        assert 1 <= len(ticks) <= 6 and all(low <= tick <= high for tick in ticks)
