"""The audit's page and its lines on the terminal: well-formed, complete, and safe from names in the data."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

from pipeline.core.paths import Paths
from pipeline.core.tables import write_json, write_table
from pipeline.report.audit_page import write_audit_page
from pipeline.report.audit_terminal import closing_lines, drift_table, warnings_table

EVIL = "[red]<script>alert(1)</script>"
VOID = {"meta", "link", "br", "path", "circle", "rect"}
SHIFT = {
    "time": "day",
    "covariate": {"auc": 0.71, "se": 0.01},
    "label": {"p_value": None},
    "concept": {"early": None, "late": None, "loss": None, "loss_se": None},
}


class Reader(HTMLParser):
    """Refuses tags that do not close; keeps ids and links."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.open += [] if tag in VOID else [tag]
        self.ids |= {str(known["id"])} if "id" in known else set()
        self.links |= {str(known["href"])} if tag == "a" else set()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def written(root: Path, shift: Any = None) -> Paths:
    paths = Paths(root, "toy")
    folder = paths.stage("audit")
    line = {"column": EVIL, "psi": 0.3, "test": "chi2", "statistic": 2.0, "p_value": 1e-9, "unseen": 0.125}
    warning = {"kind": "drift", "column": EVIL, "what": "it moves", "advice": "Drop it"}
    numbers = dict.fromkeys(("missing_train", "missing_test"), 0.25) | dict.fromkeys(("mean_train", "mean_test"), None)
    write_table(
        pd.DataFrame([line | numbers]).astype({"mean_train": "float64", "mean_test": "float64"}),
        folder / "drift.parquet",
    )
    names = ("mean", "std", "min", "median", "max", "skew", "zeros", "outliers", "farthest")
    described = {"column": "y", "kind": "target", "missing": 0.0, "distinct": 2, "top": EVIL, "top_share": 0.5}
    write_table(pd.DataFrame([described | dict.fromkeys(names, float("nan"))]), folder / "describe.parquet")
    if shift:
        period = {"period": 0, "start": "2020", "end": "2021", "rows": 9, "share of 1": 0.125}
        write_table(pd.DataFrame([period]), folder / "shift.parquet")
    audit = {
        "adversarial_auc": 0.7,
        "adversarial_se": 0.02,
        "top": [EVIL],
        "drifts": [line],
        "duplicates": {"train": 3, "disagreeing": 0, "test": 0, "across": 1},
        "single_columns": {"measure": "AUC", "best": [{"column": EVIL, "score": 0.8}]},
        "rows": {"train": 1234, "test": 56},
        "shift": shift,
        "warnings": [warning],
    }
    write_json(audit, folder / "audit.json")
    write_audit_page(folder, "Toy", "toy")
    return paths


@pytest.mark.parametrize("shift", [None, SHIFT])
def test_the_page_is_well_formed_and_safe(tmp_path: Path, shift: Any) -> None:
    text = (written(tmp_path, shift).stage("audit") / "index.html").read_text()
    reader = Reader()
    reader.feed(text)
    assert reader.open == [] and {link.removeprefix("#") for link in reader.links} <= reader.ids
    assert "<script>" not in text and not re.search(r"url\(http|src=", text)
    assert "1,234 training rows" in text and "Drop it" in text and ("Through time" in text) == (shift is not None)


def test_the_terminal_says_the_same(tmp_path: Path) -> None:
    paths = written(tmp_path, SHIFT)
    console = Console(width=110, record=True, file=(tmp_path / "out").open("w"))
    console.print(warnings_table(paths), drift_table(paths))
    shown = console.export_text()
    assert "1 things" not in shown and "[red]" in shown and "→ Drop it." in shown and "12.5%" in shown
    assert closing_lines(paths) == [
        "train told from test   AUC 0.700 ± 0.020",
        "covariate shift        AUC 0.710 ± 0.010",
        "label shift            –",
        "concept shift          –",
        "page                   data/toy/audit/index.html",
    ]
