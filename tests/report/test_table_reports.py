"""skrub's reports of a run's tables: which there are, of how many rows, and that none is made twice."""

from __future__ import annotations

import re
import webbrowser
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from pipeline import __main__ as main
from pipeline.core.paths import Paths
from pipeline.core.tables import write_json
from pipeline.report.waiting import waiting_page, write_waiting_pages
from tests.toy import run_stages, toy_frame, write_toy

pytest.importorskip("skrub", reason="skrub is not installed: make setup")

from pipeline.report import table_reports

NAMES = ["train", "test", "streets"]


@pytest.fixture
def ran(tmp_path: Path) -> Paths:
    """A toy competition with a side table, cleaned; its report's folder has the waiting pages."""
    frames = toy_frame("binary", 40, 1), toy_frame("binary", 20, 2)
    joins = {"streets": {"file": "streets.csv", "on": ["street"]}}
    models = {"linear": {}}
    paths = write_toy(tmp_path, "binary", "auc", frames, tables=joins, models=models)
    streets = sorted(set(frames[0]["street"]) | set(frames[1]["street"]))
    side = pd.DataFrame({"street": streets, "trees_there": range(len(streets))})
    side.to_csv(tmp_path / "raw" / "streets.csv", index=False)
    run_stages(paths, "plan", "fetch", "clean")
    write_json({"tables": NAMES}, paths.stage("evaluate") / "tables" / "facts.json")
    write_waiting_pages(paths.stage("evaluate") / "report", "toy", NAMES)
    return paths


def test_each_table_gets_a_report_once_with_the_target_among_the_training_rows(ran: Paths) -> None:
    folder, told = ran.stage("evaluate") / "report" / "tables", []
    table_reports.write_table_reports(ran, told.append)
    pages = {name: (folder / f"{name}.html").read_text(encoding="utf-8") for name in NAMES}
    assert len(told) == 3 and all("toy: " + name in page for name, page in pages.items())
    assert "trees_there" in pages["streets"] and "trees_there" in pages["train"]
    assert re.search(r">\s*y\s*<", pages["train"]) and not re.search(r">\s*y\s*<", pages["test"])
    assert not any(re.search(r'src="http|<link|make report', page) for page in pages.values())
    (folder / "test.html").unlink()
    (folder / "streets.html").write_text(waiting_page("toy", "streets"), encoding="utf-8")
    table_reports.write_table_reports(ran, told.append)
    assert [line.rpartition(" ")[2] for line in told[3:]] == ["test", "streets"]
    assert (folder / "train.html").read_text(encoding="utf-8") == pages["train"]


def test_of_a_large_table_a_sample_is_reported_and_that_is_said(
    ran: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = pd.DataFrame({"a": range(1000), "b": pd.Categorical(["x", "y"] * 500)})
    whole.to_parquet(tmp_path / "large.parquet", row_group_size=300)
    assert table_reports.sampled(tmp_path / "large.parquet")[0].equals(whole)
    monkeypatch.setattr(table_reports, "MOST_ROWS", 10)
    sample, rows = table_reports.sampled(tmp_path / "large.parquet")
    assert sample["a"].tolist() == [0, 111, 222, 333, 444, 555, 666, 777, 888, 999] and rows == 1000
    table_reports.write_table_reports(ran, [].append)
    pages = {name: (ran.stage("evaluate") / "report" / "tables" / f"{name}.html").read_text() for name in NAMES}
    assert "toy: train, 10 of 40 rows at even distances" in pages["train"]
    assert "toy: test, 10 of 20 rows" in pages["test"]


def test_a_run_from_before_there_were_such_reports_is_left_as_it_is(ran: Paths) -> None:
    write_json({}, ran.stage("evaluate") / "tables" / "facts.json")
    told: list[str] = []
    table_reports.write_table_reports(ran, told.append)
    assert told == []


def test_the_command_makes_the_reports_before_it_opens_the_page(ran: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    page, opened = ran.stage("evaluate") / "report" / "index.html", []
    page.write_text("<!doctype html>", encoding="utf-8")
    monkeypatch.setattr("pipeline.commands.arguments.project_root", lambda: ran.root)
    monkeypatch.setattr(webbrowser, "open", opened.append)
    result = CliRunner().invoke(main.app, ["report", "toy"])
    assert result.exit_code == 0 and "a report of the table streets" in result.output
    assert opened == [page.as_uri()]
    assert "make report-toy" not in (page.parent / "tables" / "train.html").read_text(encoding="utf-8")
