"""The order of a chain: the audit before any model, the models by their worth; and what DVC may say meanwhile."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.chain import _ordered, hush_dvc, run_chain, stage_order
from pipeline.core.paths import Paths
from pipeline.declaration.competition import Competition
from pipeline.declaration.read import read_declaration

ROOT = Path(__file__).resolve().parent.parent


def declared(*models: str) -> Competition:
    shipped = read_declaration(ROOT / "competitions" / "breast-cancer" / "competition.yaml")
    return shipped.model_copy(update={"models": {name: {} for name in models}})


def test_the_strongest_models_are_trained_first_and_equals_as_declared() -> None:
    order = stage_order(declared("linear", "random_forest", "xgboost", "lightgbm"))
    trained = [name.partition("@")[2] for name in order if name.startswith("train@")]
    assert trained == ["lightgbm", "xgboost", "random_forest", "linear"]
    assert order.index("audit") < order.index("tune@lightgbm") == order.index("train@lightgbm") - 1
    assert order[0] == "plan" and order[-3:] == ["ensemble", "evaluate", "submit"]


def test_within_a_budget_the_quickest_models_follow_the_strongest() -> None:
    order = stage_order(declared("xgboost", "linear", "random_forest", "mlp", "knn", "lightgbm"), timed=True)
    trained = [name.partition("@")[2] for name in order if name.startswith("train@")]
    assert trained == ["lightgbm", "linear", "random_forest", "knn", "xgboost", "mlp"]


def test_dvc_takes_the_order_as_far_as_the_dependencies_allow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stages = {"late": "early", "b": "", "a": "", "end": "a b late", "early": ""}
    text = "stages:\n"
    for name, needs in stages.items():
        deps = "".join(f"      - {need}.txt\n" for need in needs.split())
        text += f"  {name}:\n    cmd: echo {name} > {name}.txt\n" + (f"    deps:\n{deps}" if deps else "")
        text += f"    outs:\n      - {name}.txt\n"
    (tmp_path / "dvc.yaml").write_text(text, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "dvc", "init", "--no-scm", "--quiet"], cwd=tmp_path, check=True)
    from dvc.repo import Repo, reproduce

    monkeypatch.chdir(tmp_path)
    before = reproduce.plan_repro
    with Repo(str(tmp_path)) as repo, _ordered(["end", "late", "a", "early", "b"]):
        done = [stage.name for stage in repo.reproduce("dvc.yaml:end")]
    assert done == ["a", "early", "late", "b", "end"]
    assert reproduce.plan_repro is before


def test_lock_files_are_kept_by_libyaml_while_a_chain_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    from dvc import dvcfile
    from dvc.repo import Repo

    seen = []
    monkeypatch.setattr(Repo, "reproduce", lambda *args, **how: seen.append(dvcfile.modify_yaml.__module__))
    assert not run_chain(Paths(Path(__file__).resolve().parent.parent, "breast-cancer"))
    assert seen == ["pipeline.locks"] and dvcfile.modify_yaml.__module__.startswith("dvc.")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(monkeypatch: pytest.MonkeyPatch) -> str:
    from dvc.progress import Tqdm

    monkeypatch.setattr("sys.stderr", Terminal())
    with Tqdm(desc="Collecting files", total=2) as bar:
        bar.update(1)
    return sys.stderr.getvalue()  # type: ignore[attr-defined]


def test_dvc_draws_no_bars_over_our_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger("dvc"), "level", logging.NOTSET)
    monkeypatch.setattr(logging.getLogger("dvc.progress"), "level", logging.NOTSET)
    logging.getLogger("dvc")._cache.clear()
    assert "Collecting files" in drawn(monkeypatch)
    hush_dvc()
    assert drawn(monkeypatch) == ""
