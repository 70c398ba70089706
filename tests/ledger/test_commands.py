"""The commands ``send`` and ``ledger`` as a user types them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import __main__ as main
from pipeline.core.paths import Paths
from pipeline.ledger.entry import read_ledger
from tests.conftest import ROOT
from tests.kaggle_server import Script

runner = CliRunner()


@pytest.fixture
def here(toy: Paths, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """The toy's project as the working folder."""
    (toy.root / "pipeline").mkdir()
    (toy.root / "pipeline" / "chain.yaml").touch()
    monkeypatch.chdir(toy.root)
    return toy


def test_it_is_shown_sent_and_told(kaggle: Script, here: Paths) -> None:
    ran = runner.invoke(main.app, ["send", here.competition, "-m", "first [try]"])
    assert ran.exit_code == 0, ran.output
    for words in ("A toy [competition]", "0.861 ± 0.01", "60 rows", "first [try]", "4 (1 sent, as Kaggle counts)"):
        assert words in ran.output
    assert "public      0.77511" in ran.output and "submissions.jsonl" in ran.output
    ran = runner.invoke(main.app, ["ledger", here.competition])
    assert (
        ran.exit_code == 0 and "0.77511" in ran.output and "page        data/toy-binary/ledger/index.html" in ran.output
    )
    assert "final 1" in ran.output and "final 2     none" in ran.output


def test_a_pending_score_names_the_command_to_look_again(kaggle: Script, here: Paths) -> None:
    kaggle.pending_for = 10**6
    ran = runner.invoke(main.app, ["send", here.competition, "-m", "x", "--wait", "0"])
    assert ran.exit_code == 0
    assert "score pending; look again: python -m pipeline ledger toy-binary" in ran.output


def test_a_rehearsal_shows_and_sends_nothing(kaggle: Script, here: Paths) -> None:
    ran = runner.invoke(main.app, ["send", here.competition, "-m", "x", "--rehearse"])
    assert ran.exit_code == 0 and "To be sent" in ran.output and "unknown (0 sent, as the ledger counts)" in ran.output
    assert kaggle.calls == [] and read_ledger(here) == []


def test_a_refusal_is_a_sentence_and_a_code(kaggle: Script, here: Paths) -> None:
    kaggle.faults = {"ListSubmissions": [403]}
    ran = runner.invoke(main.app, ["send", here.competition, "-m", "x"])
    assert ran.exit_code == 1 and "error: toy-binary: " in ran.output and "/rules" in ran.output
    assert runner.invoke(main.app, ["send", here.competition]).exit_code == 2


def test_neither_command_imports_a_model() -> None:
    heavy = {"torch", "xgboost", "lightgbm", "skorch", "optuna", "sklearn"}
    code = (
        "import sys, pipeline.__main__, pipeline.ledger.send, pipeline.ledger.concerns, pipeline.ledger.terminal;"
        "import pipeline.ledger.refresh, pipeline.sources.kaggle;"
        f"sys.exit(', '.join({heavy!r} & set(sys.modules)) or 0)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_make_passes_the_message_whole(tmp_path: Path) -> None:
    message = """it's "new"; `x` & $$y"""
    alone = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}  # as `make test` sets them
    ran = subprocess.run(
        ["make", "-f", str(ROOT / "Makefile"), "submit-toy", f"MSG={message}", "READY=", "RUN=printf '%s|'"],
        cwd=tmp_path, capture_output=True, text=True, env=alone,
    )  # fmt: skip
    assert ran.stdout == """send|toy|--message|it's "new"; `x` & $y|""", ran.stderr
