"""``dvc plots show``: DVC's own renderer fills this project's template with every plot of every task."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from dvc_render.vega import VegaRenderer

TEMPLATE = ".dvc/plots/podium.json"


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_dvc_fills_the_template_with_every_plot(task: str, evaluated: dict, root: Path) -> None:
    plots = sorted((evaluated[task].stage("evaluate") / "plots").glob("*.csv"))
    assert len(plots) >= 3
    for path in plots:
        with path.open(newline="") as stream:
            points = [line | {"rev": "workspace"} for line in csv.DictReader(stream)]
        drawn = VegaRenderer(points, path.stem, x="x", y="y", template=str(root / TEMPLATE)).get_filled_template()
        assert drawn["data"]["values"] == points
        assert {layer["encoding"]["x"].get("field", "x") for layer in drawn["layer"]} == {"x"}
        assert "<DVC_METRIC" not in str(drawn["layer"])
