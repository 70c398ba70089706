"""The command line: exit codes, one-sentence errors, and lean start-up."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import __main__ as main
from pipeline.commands.guard import guarded
from pipeline.core.errors import PodiumError
from pipeline.core.tables import write_json
from pipeline.stages import STAGES
from tests.conftest import ROOT

runner = CliRunner()


def raising(error: BaseException):
    @guarded
    def command(*, debug: bool) -> None:
        raise error

    return command


def test_help_lists_every_stage() -> None:
    shown = runner.invoke(main.app, ["--help"]).output
    assert all(stage in shown for stage in ["plan", *STAGES, "new", "show", "run", "audit-page"])


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (PodiumError("toy", "metric", "must be known"), 1, "error: toy: metric must be known"),
        (OSError(errno.ENOSPC, "No space left on device", "data/x"), 1, "no space left on the disk (data/x)"),
        (KeyboardInterrupt(), 130, "the same command goes on from there"),
        (ZeroDivisionError("division by zero"), 1, "with --debug"),
        (FileNotFoundError(errno.ENOENT, "No such file", "x"), 1, "FileNotFoundError"),
    ],
)
def test_errors_become_a_sentence_and_a_code(
    error: BaseException, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        raising(error)(debug=False)
    assert caught.value.code == code
    said = capsys.readouterr().err
    assert words in said and "Traceback" not in said


def test_a_reader_that_went_away_is_no_defect(capsys: pytest.CaptureFixture[str]) -> None:
    ran = subprocess.run(
        f"{sys.executable} -m pipeline status breast-cancer | true; exit ${{PIPESTATUS[0]}}",
        shell=True, executable="/bin/bash", cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (1, "")


def test_debug_lets_the_traceback_through() -> None:
    with pytest.raises(ZeroDivisionError):
        raising(ZeroDivisionError())(debug=True)


def test_an_unknown_competition_names_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = runner.invoke(main.app, ["check", "breast-cancr"])
    assert result.exit_code == 1
    assert "breast-cancer" in result.output


def test_a_model_that_is_not_planned_names_the_nearest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline" / "chain.yaml").touch()
    monkeypatch.chdir(tmp_path)
    assert "data/toy/plan/train-xgbost.json is not there" in runner.invoke(main.app, ["train", "toy", "xgbost"]).output
    for name in ("train-xgboost", "train-mlp", "tune-linear", "split"):
        write_json({}, tmp_path / "data" / "toy" / "plan" / f"{name}.json")
    result = runner.invoke(main.app, ["train", "toy", "xgbost"])
    assert result.exit_code == 1
    assert (
        "toy: train is for the declared models; got 'xgbost'. Did you mean xgboost? Known: mlp, xgboost."
        in result.output
    )


def test_an_unknown_method_of_the_study_is_refused_before_anything_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = runner.invoke(main.app, ["imbalance", "breast-cancer", "--methods", "smot"])
    assert result.exit_code == 1
    assert "Did you mean smote" in result.output


def test_outside_a_project_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    result = runner.invoke(main.app, ["check", "toy"])
    assert result.exit_code == 1
    assert "not inside a Podium project" in result.output


def test_the_command_line_itself_imports_nothing_heavy() -> None:
    code = (
        "import sys, pipeline.__main__;"
        "sys.exit(', '.join({'numpy', 'pandas', 'sklearn', 'torch', 'pydantic', 'yaml'} & set(sys.modules)) or 0)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def completed(words: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What bash is offered for the last of these words."""
    monkeypatch.setenv("_PODIUM_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
    return runner.invoke(main.app, prog_name="podium").output.split()


def test_the_shell_completes_commands_and_competitions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert completed("podium stat", monkeypatch) == ["status"]
    assert completed("podium run breast", monkeypatch) == ["breast-cancer"]
    assert completed("podium status breast", monkeypatch) == ["breast-cancer"]


def test_completing_outside_a_project_offers_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert completed("podium run bre", monkeypatch) == []
