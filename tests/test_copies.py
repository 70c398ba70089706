"""The copies of the chain: renewed where they differ, and what DVC would stop at said in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.copies import check_folders, renew, stale
from pipeline.core.errors import PodiumError

CHAIN = "stages: {}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two competitions with their copies."""
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline" / "chain.yaml").write_text(CHAIN)
    for name in ("one", "two"):
        folder = tmp_path / "competitions" / name
        folder.mkdir(parents=True)
        (folder / "competition.yaml").write_text(f"name: {name}\nmodels:\n  linear: {{}}\n")
    assert renew(tmp_path) == ["one", "two"]
    return tmp_path


def test_copies_are_renewed_only_where_they_differ(project: Path) -> None:
    assert renew(project) == [] and stale(project) == []
    (project / "competitions" / "two" / "dvc.yaml").write_text("stages: {a: {}}\n")
    assert stale(project) == ["two"]
    assert renew(project) == ["two"]
    assert (project / "competitions" / "two" / "dvc.yaml").read_text() == CHAIN


def test_a_link_is_no_copy(project: Path) -> None:
    copy = project / "competitions" / "one" / "dvc.yaml"
    copy.unlink()
    copy.symlink_to("../../pipeline/chain.yaml")
    assert stale(project) == ["one"]
    assert renew(project) == ["one"]
    assert not copy.is_symlink() and (project / "pipeline" / "chain.yaml").read_text() == CHAIN


def test_a_copy_that_differs_is_refused_with_the_command_that_renews_it(project: Path) -> None:
    (project / "competitions" / "one" / "dvc.yaml").unlink()
    with pytest.raises(PodiumError, match=r"one/dvc.yaml must be a copy .* python -m pipeline chains"):
        check_folders(project, "one")
    check_folders(project, "two")


@pytest.mark.parametrize(
    ("declaration", "words"),
    [
        (None, "two/dvc.yaml needs a competition.yaml beside it"),
        ("name: one\nmodels: {linear: {}}\n", "must be YAML with name: two"),
        ("name: two\n", "a mapping of models"),
        ("name: [two\n", "must be YAML"),
    ],
)
def test_another_folder_that_dvc_cannot_read_is_named(project: Path, declaration: str | None, words: str) -> None:
    path = project / "competitions" / "two" / "competition.yaml"
    path.unlink()
    if declaration:
        path.write_text(declaration)
    with pytest.raises(PodiumError, match=words) as caught:
        check_folders(project, "one")
    assert caught.value.competition == "one"
