"""Where a submission comes from: the commit, and what differs from it."""

from __future__ import annotations

import subprocess

from pipeline.core.paths import Paths
from pipeline.declaration.read import read_declaration
from pipeline.ledger.entry import write_ledger
from pipeline.ledger.parcel import pack, revision
from tests.ledger.made import entry


def git(paths: Paths, *words: str) -> str:
    command = ["git", "-C", str(paths.root), "-c", "user.name=a", "-c", "user.email=a@b", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_the_commit_and_what_differs_from_it(toy: Paths) -> None:
    assert revision(toy) == ("", False)
    git(toy, "init", "-q")
    git(toy, "add", "competitions")
    git(toy, "commit", "-qm", "one")
    head = git(toy, "rev-parse", "HEAD")
    assert revision(toy) == (head, False)
    write_ledger(toy, [entry(0)])
    (toy.root / "notes.txt").touch()
    assert revision(toy) == (head, False)
    (toy.recipe / "features.py").touch()
    assert revision(toy) == (head, True)


def test_the_data_hash_is_of_the_files_and_not_of_their_source(toy: Paths) -> None:
    source = toy.stage("fetch") / "source.json"
    declared = read_declaration(toy.declaration)
    before = pack(toy, declared, "x").entry.data
    text = source.read_text()
    source.write_text(text.replace('"kaggle"', '"mirror"'))
    assert pack(toy, declared, "x").entry.data == before
    source.write_text(text.replace("a" * 64, "c" * 64))
    assert pack(toy, declared, "x").entry.data != before
