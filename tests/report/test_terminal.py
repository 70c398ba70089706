"""The table at the end of a run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.core.tables import write_json
from pipeline.report.terminal import effort_lines, final_lines, leaderboard_table


def shown(evaluated: dict, task: str) -> str:
    console = Console(width=110, record=True, quiet=False, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    console.print(leaderboard_table(evaluated[task]))
    return console.export_text()


def test_every_model_stands_with_score_seconds_and_weight(evaluated: dict) -> None:
    text = shown(evaluated, "binary")
    assert "AUC ↑" in text and "ensemble (mean of all models)" in text
    assert all(word in text for word in ("lightgbm", "linear", "±", "1.2", "0.50"))


def test_the_last_lines_say_the_hold_out_and_where_things_lie(evaluated: dict) -> None:
    lines = final_lines(evaluated["binary"])
    assert lines[0].startswith("hold-out    AUC 0.") and lines[0].endswith("on 60 rows")
    assert lines[1].endswith("data/toy-binary/submit/submission.csv")
    assert lines[2].endswith("data/toy-binary/evaluate/report/index.html")


def test_efforts_are_the_weights_of_all_of_a_models_members(tmp_path: Path) -> None:
    paths = Paths(tmp_path, "toy")
    weights = {"linear": 0.3, "xgboost": 0.2, "xgboost-2": 0.25, "xgboost-3": -0.1, "mlp": 0.0}
    record = paths.stage("ensemble") / "weights.json"
    write_json({"candidate": "linear_stack", "weights": weights}, record)
    assert effort_lines(paths) == ["tune:", "  effort:", "    xgboost: 0.45", "    linear: 0.30"]
    write_json({"candidate": "boosted_stack", "weights": {}}, record)
    with pytest.raises(PodiumError, match="the last ensemble must have weights; got candidate boosted_stack"):
        effort_lines(paths)


def test_it_starts_without_pandas_or_plotly() -> None:
    code = "import sys, pipeline.report.terminal; print({'pandas', 'plotly', 'numpy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"
