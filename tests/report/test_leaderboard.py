"""The leaderboard over competitions: its rows and its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.core.tables import read_json
from pipeline.report.collection import report_of, write_collection
from pipeline.report.leaderboard import write_index, write_row


def test_a_row_holds_what_the_page_needs(evaluated: dict) -> None:
    paths = evaluated["binary"]
    said = write_row(paths)
    row = read_json(paths.root / "data" / "leaderboard" / "rows" / "toy-binary.json")
    metrics = read_json(paths.stage("evaluate") / "metrics.json")
    assert said.startswith("toy-binary: auc 0.")
    assert row["score"] == metrics["ensemble"]["score"] and row["holdout"] == metrics["holdout"]
    assert row["models"] == ["lightgbm", "linear"] and row["submission"] == "0" * 64


def test_the_index_links_every_report_in_the_given_order(evaluated: dict) -> None:
    for paths in evaluated.values():
        write_row(paths)
    root, names = evaluated["binary"].root, ["toy-regression", "toy-binary"]
    assert write_index(root, names) == "2 competitions: data/leaderboard/index.html"
    text = (root / "data" / "leaderboard" / "index.html").read_text()
    places = [text.index(f'href="../{name}/evaluate/report/index.html"') for name in names]
    assert places == sorted(places)
    assert "toy-multiclass" not in text


def test_the_page_over_finished_competitions_links_those_alone(evaluated: dict) -> None:
    paths = evaluated["binary"]
    for other in evaluated.values():
        other.recipe.mkdir(parents=True, exist_ok=True)
        other.declaration.write_text(f"name: {other.competition}\n")
    unfinished = Paths(paths.root, "toy-unfinished")
    unfinished.recipe.mkdir(parents=True)
    unfinished.declaration.write_text("name: toy-unfinished\n")
    page = write_collection(paths.root)
    links = re.findall(r'href="([^"#]+index.html)"', page.read_text())
    assert links == [
        f"../{name}/evaluate/report/index.html" for name in sorted(p.competition for p in evaluated.values())
    ]
    assert all((page.parent / link).exists() for link in links)
    assert report_of(paths).exists()
    with pytest.raises(PodiumError, match=r"Finish the run first: make toy-unfinished"):
        report_of(unfinished)


def test_without_a_finished_competition_there_is_no_page(tmp_path: Path) -> None:
    with pytest.raises(PodiumError, match=r"need a competition that has finished; got none"):
        write_collection(tmp_path)


def test_a_row_that_is_not_there_is_an_error_that_says_so(evaluated: dict) -> None:
    with pytest.raises(PodiumError, match=r"absent\.json is not there"):
        write_index(evaluated["binary"].root, ["absent"])
