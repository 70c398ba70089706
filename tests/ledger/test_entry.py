"""The ledger's file: read back as written, bad lines named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.core.errors import PodiumError
from pipeline.core.paths import Paths
from pipeline.ledger.entry import ledger_path, read_ledger, replaced, write_ledger
from tests.ledger.made import entry


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    found = Paths(tmp_path, "toy")
    found.recipe.mkdir(parents=True)
    return found


def test_none_was_sent_yet(paths: Paths) -> None:
    assert read_ledger(paths) == []


def test_it_is_read_as_it_was_written(paths: Paths) -> None:
    entries = [entry(0, message='ä "b", {c}'), entry(1, public=None, se=None, status="pending")]
    write_ledger(paths, entries)
    assert read_ledger(paths) == entries
    text = ledger_path(paths).read_text(encoding="utf-8")
    assert len(text.splitlines()) == 2 and text.endswith("}\n") and "ä" in text
    write_ledger(paths, read_ledger(paths))
    assert ledger_path(paths).read_text(encoding="utf-8") == text
    assert [path.name for path in paths.recipe.iterdir()] == ["submissions.jsonl"]


@pytest.mark.parametrize("line", ["{", "[]", '{"time": "x"}', "<<<<<<< HEAD"])
def test_a_bad_line_is_named(paths: Paths, line: str) -> None:
    write_ledger(paths, [entry(0)])
    with ledger_path(paths).open("a") as stream:
        stream.write(line + "\n")
    with pytest.raises(
        PodiumError, match=r"toy: the ledger must hold a submission a line .*submissions\.jsonl, line 2"
    ):
        read_ledger(paths)


def test_an_entry_replaces_the_one_of_its_file() -> None:
    entries = [entry(0), entry(1)]
    assert replaced(entries, entry(0, public=0.9)) == [entry(0, public=0.9), entry(1)]
    assert replaced(entries, entry(2)) == [*entries, entry(2)]
