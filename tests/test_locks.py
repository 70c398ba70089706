"""Lock files by libyaml: the bytes and the meaning are DVC's own."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
from dvc import dvcfile
from dvc.utils.serialize import dumps_yaml, loads_yaml

from pipeline.locks import lock_text, quick_locks

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted(ROOT.glob("competitions/*/dvc.lock"))
ODD: dict[str, Any] = OrderedDict(
    schema="2.0",
    stages={
        "train@lightgbm": {
            "cmd": "python -m pipeline train titanic lightgbm " + "and a long line that is to be folded " * 5,
            "outs": [{"path": "a b: c", "md5": md5, "size": 12, "isexec": True} for md5 in ("83e0912", "0123", "on")],
            "params": {"x": None, "y": 0.1, "z": [], "name": "Zürich"},
        }
    },
)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parent.name)
def test_every_lock_in_the_repository_is_written_back_with_the_same_bytes(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert lock_text(loads_yaml(text)) == text


def test_what_is_written_means_the_same_to_dvc() -> None:
    assert loads_yaml(lock_text(ODD)) == loads_yaml(dumps_yaml(ODD)) == dict(ODD)


def test_dvc_keeps_lock_files_quickly_and_other_files_its_own_way(tmp_path: Path) -> None:
    own, other = dvcfile.modify_yaml, tmp_path / "dvc.yaml"
    other.write_text("# a comment\nstages: {}\n")
    with quick_locks():
        for key in ("a", "b"):
            for name in ("dvc.lock", "dvc.yaml"):
                with dvcfile.modify_yaml(str(tmp_path / name)) as content:
                    content[key] = {"md5": "12e3"}
    assert dvcfile.modify_yaml is own
    assert other.read_text().startswith("# a comment") and "b:" in other.read_text()
    assert (tmp_path / "dvc.lock").read_text() == "a:\n  md5: '12e3'\nb:\n  md5: '12e3'\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dvc.lock", "dvc.yaml"]


def test_a_lock_stays_as_it_was_where_dvc_fails_meanwhile(tmp_path: Path) -> None:
    lock = tmp_path / "dvc.lock"
    lock.write_text("schema: '2.0'\n")
    with quick_locks(), pytest.raises(KeyboardInterrupt), dvcfile.modify_yaml(str(lock)) as content:
        content["stages"] = {}
        raise KeyboardInterrupt
    assert lock.read_text() == "schema: '2.0'\n"
