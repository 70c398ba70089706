"""``ledger``: scores brought up to date from Kaggle's list, what is shown, and what it says offline."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.ledger.entry import Entry, read_ledger, write_ledger
from pipeline.ledger.page import render, write_ledger_page
from pipeline.ledger.parcel import sent_file
from pipeline.ledger.refresh import Overview, overview
from pipeline.ledger.terminal import closing_lines, ledger_table
from tests.kaggle_server import SECRET, Script
from tests.ledger.made import entry, finished
from tests.report.test_audit_page import Reader

EVIL = "[red]<script>alert(1)</script>"


def looked(paths: Paths, entries: list[Entry], offline: bool = False) -> tuple[Overview, list[str]]:
    write_ledger(paths, entries)
    said: list[str] = []
    return overview(paths, offline, said.append), said


def line(ref: int, **keys: object) -> dict[str, object]:
    known = {"date": "2026-01-01T10:00:00Z", "fileName": f"{ref}.csv", "status": "COMPLETE", "publicScore": "0.5"}
    return {"ref": ref, **known, **keys}


def test_scores_are_brought_up_to_date(kaggle: Script, toy: Paths) -> None:
    kaggle.submissions = [
        line(3, fileName=f"titanic-{'2' * 12}.csv", publicScore="", status="PENDING"),
        line(2, publicScore="0.61", privateScore="0.59"),
        line(1, status="ERROR", errorDescription="rows?", publicScore=""),
        line(77),
    ]
    kaggle.pending_for = 9
    entries = [entry(0), entry(1, public=None, status="pending"), entry(2, ref=0, public=None, status="pending")]
    found, said = looked(toy, entries)
    assert [(e.status, e.public, e.private) for e in found.entries] == [
        ("error", 0.77, None), ("complete", 0.61, 0.59), ("pending", None, None)
    ]  # fmt: skip
    assert found.entries[2].ref == 3 and found.entries[0].error == "rows?"
    assert read_ledger(toy) == found.entries
    assert said == ["1 more at Kaggle that this ledger does not hold: they were sent another way"]


def test_a_long_list_is_read_page_by_page(kaggle: Script, toy: Paths) -> None:
    kaggle.submissions = [line(k) for k in range(1000, 1250)] + [line(1, publicScore="0.9")]
    found, _ = looked(toy, [entry(0, public=None, status="pending")])
    assert found.entries[0].public == 0.9
    assert kaggle.calls == ["ListSubmissions"] * 3


@pytest.mark.parametrize("fault", [401, 403, 500, "reset"])
def test_a_kaggle_that_cannot_be_asked_leaves_what_is_known(kaggle: Script, toy: Paths, fault: int | str) -> None:
    kaggle.faults = {"ListSubmissions": [fault] * 3}
    found, said = looked(toy, [entry(0)])
    assert found.entries == [entry(0)]
    assert (
        said[-1].startswith("scores as of the last look, because Kaggle could not be asked") and SECRET not in said[-1]
    )


def test_offline_and_empty_ask_nothing(kaggle: Script, toy: Paths) -> None:
    assert looked(toy, [entry(0)], offline=True)[1] == []
    assert looked(toy, [])[0].finals.first is None
    assert kaggle.calls == []


def test_a_data_set_has_no_ledger(tmp_path: Path) -> None:
    paths = finished(tmp_path, source={"sklearn": "iris"})
    with pytest.raises(PodiumError, match="no leaderboard"):
        overview(paths, True, lambda text: None)


def test_the_finals_are_told_apart_by_their_copies(toy: Paths) -> None:
    entries = [entry(k, cv=0.86 - 0.001 * k) for k in range(4)]
    values = {0: range(60), 1: range(60), 2: range(60, 0, -1)}
    for k, numbers in values.items():
        path = sent_file(toy, "titanic", entries[k].file)
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = "".join(f"{1200 + i},{n / 60}\n" for i, n in enumerate(numbers))
        path.write_text(f"id,label\n{rows}")
    finals = looked(toy, entries, offline=True)[0].finals
    assert (finals.first, finals.second) == (entries[0], entries[2]) and finals.apart == pytest.approx(2)
    assert "(1 more have no copy here)" in finals.reason


def everything() -> list[Entry]:
    return [
        entry(0, split="old", cv=0.8),
        entry(1, cv=0.85, public=0.76, private=0.75, dirty=True),
        entry(2, message=EVIL),
        entry(3, status="error", public=None, error="[rows]?"),
        entry(4, cv=0.87, public=0.79, commit=""),
        entry(5, status="pending", public=None, se=None, cv=0.85),
    ]


def test_the_terminal_shows_all_and_reads_no_markup(toy: Paths) -> None:
    found, _ = looked(toy, everything(), offline=True)
    console = Console(width=140, file=StringIO(), record=True)
    console.print(ledger_table(found))
    shown = console.export_text()
    assert "[red]<script>" in shown and "[rows]?" in shown and "pending" in shown and "with changes" in shown
    assert "A toy [competition]" in shown
    lines = closing_lines(found, "data/x")
    assert lines[0].startswith("agreement   correlation of cross-validation and leaderboard")
    assert lines[1].startswith("final 1     44444444 of 2026-01-05 (0.870 ± 0.010, try 4)")
    assert lines[2].startswith("final 2     22222222") and lines[3] == "page        data/x"


def test_the_page_is_well_formed_and_safe(toy: Paths) -> None:
    found, _ = looked(toy, everything(), offline=True)
    page = write_ledger_page(toy, found)
    assert (page.parent / "plotly.min.js").exists()
    text = page.read_text()
    reader = Reader()
    reader.feed(re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL))
    assert reader.open == [] and {link.removeprefix("#") for link in reader.links} <= reader.ids
    assert "alert(1)</script>" not in text and "alert(1)&lt;/script&gt;" in text
    assert "on other folds" in text and text == render(toy.competition, found)


def test_the_page_of_nothing_has_no_figure(toy: Paths) -> None:
    found, _ = looked(toy, [], offline=True)
    text = render(toy.competition, found)
    assert 'data-for="scatter"' not in text and "Nothing was sent yet" in text
