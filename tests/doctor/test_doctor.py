"""The doctor: what is wrong is found with a remedy, and no credential is ever shown."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from pipeline.doctor import access, machine, software
from pipeline.doctor.command import findings, findings_table
from pipeline.doctor.finding import Finding
from tests.conftest import ROOT

SECRET = "s3cr3t-0123456789"
PROJECT = '[project]\nrequires-python = ">=3.11"\ndependencies = ["numpy>=2", "No_Such.Package"]\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "constraints.txt").write_text("numpy==0.0.1\nabsent-one==1.0\n")
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline" / "chain.yaml").write_text("stages: {}\n")
    return tmp_path


def declared(root: Path, name: str, source: str, copy: bool = True) -> None:
    folder = root / "competitions" / name
    folder.mkdir(parents=True)
    text = f"name: {name}\ntitle: T\ntask: binary\nmetric: auc\ncolumns: {{target: y}}\nmodels: {{linear: {{}}}}\n"
    (folder / "competition.yaml").write_text(text + source)
    if copy:
        (folder / "dvc.yaml").write_text("stages: {}\n")


def by_subject(found: list[Finding]) -> dict[str, Finding]:
    return {one.subject: one for one in found}


def test_an_old_python_is_told_how_to_be_replaced(project: Path) -> None:
    assert software.python_finding(project).level == "good"
    old = software.python_finding(project, (3, 10, 4))
    assert (old.level, old.remedy) == ("bad", "make setup PYTHON=python3.11")


def test_absent_and_other_packages_are_told_apart(project: Path) -> None:
    absent, others = software.package_findings(project)
    assert "no-such-package" in absent.found and absent.remedy == "make setup"
    assert "numpy" in others.found and "tested: 0.0.1" in others.found and "absent-one" not in others.found


def test_here_the_packages_are_those_that_were_tested() -> None:
    assert {one.level for one in software.package_findings(ROOT)} == {"good"}


def test_a_project_without_git_or_with_an_old_chain_is_told(project: Path) -> None:
    declared(project, "one", "", copy=False)
    found = by_subject(software.project_findings(project))
    assert found["DVC"].remedy == "dvc init"
    (project / ".dvc").mkdir()
    found = by_subject(software.project_findings(project))
    assert found["DVC"].found.endswith("one") and found["DVC"].remedy == "python -m pipeline chains"


def test_memory_is_that_of_the_container(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text("1073741824\n")
    found = machine.memory_finding(limits=(str(limit),))
    assert found.level == "bad" and "of 1.0" in found.found and found.remedy
    limit.write_text("max\n")
    assert machine.memory_finding(64 * machine.GIB, (str(limit),)).level == "good"


@pytest.mark.parametrize(("free", "level"), [(0.5, "bad"), (3.0, "note"), (50.0, "good")])
def test_disk(tmp_path: Path, free: float, level: str) -> None:
    assert machine.disk_finding(tmp_path, int(free * machine.GIB)).level == level


def test_a_gpu_that_torch_cannot_use_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.gpu_finding(0).level == "note"
    monkeypatch.setattr(machine, "version", lambda name: "2.13.0+cpu")
    assert machine.gpu_finding(1).level == "bad"
    monkeypatch.setattr(machine, "version", lambda name: "2.13.0")
    assert machine.gpu_finding(1).level == "good"


def test_credentials_are_found_and_never_shown(tmp_path: Path) -> None:
    folder = tmp_path / ".kaggle"
    folder.mkdir()
    assert access.kaggle_finding(tmp_path, {}).level == "note"
    key = folder / "kaggle.json"
    key.write_text(json.dumps({"username": "me", "key": SECRET}))
    key.chmod(0o644)
    open_to_all = access.kaggle_finding(tmp_path, {})
    assert (open_to_all.level, open_to_all.remedy) == ("bad", f"chmod 600 {key}")
    key.chmod(0o600)
    told = [
        access.kaggle_finding(tmp_path, {}),
        access.kaggle_finding(tmp_path, {"KAGGLE_API_TOKEN": SECRET}),
        access.kaggle_finding(tmp_path, {"KAGGLE_USERNAME": "me", "KAGGLE_KEY": SECRET}),
    ]
    assert {one.level for one in told} == {"good"}
    assert not any(SECRET in repr(one) for one in [open_to_all, *told])
    key.write_text(f"{SECRET} is no json")
    damaged = access.kaggle_finding(tmp_path, {})
    assert damaged.level == "bad" and SECRET not in repr(damaged)


def test_each_competitions_files_are_looked_for(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPETITION_DATA", "mirror")
    (project / "mirror" / "there").mkdir(parents=True)
    declared(project, "there", "")
    declared(project, "gone", "source: {path: raw}\n")
    declared(project, "far", "source: {kaggle: far-slug}\n")
    declared(project, "none", "")
    declared(project, "wrong", "metrik: auc\n")
    found = by_subject(access.data_findings(project))
    assert {name: one.level for name, one in found.items()} == {
        "there": "good",
        "gone": "bad",
        "far": "note",
        "none": "bad",
        "wrong": "bad",
    }
    assert "far-slug.zip" in found["far"].remedy and "source.path" in found["gone"].remedy
    monkeypatch.setenv("COMPETITION_DATA", "nowhere")
    assert "nowhere" in by_subject(access.data_findings(project))["data"].found


def test_every_bad_line_has_a_remedy_and_words_are_no_markup() -> None:
    found = [*findings(ROOT), Finding("x", "[red]", "bad", "[/nothing]")]
    assert all(one.remedy for one in found if one.level == "bad")
    console = Console(width=100, file=io.StringIO(), record=True)
    console.print(findings_table(found))
    text = console.export_text()
    assert "[red]" in text and "→ [/nothing]" in text
