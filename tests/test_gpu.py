"""The GPU's measurement: refused where there is no GPU, recorded with its name where there is one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import gpu
from pipeline.core.errors import PodiumError

ON = {"xgboost": "3", "torch": "2", "cores": 2, "gpu": "H1", "cuda": "13"}
TAKEN = {name: {"cuda": 2.0, "cpu": 9.0} for name in gpu.SETTINGS}


def test_no_gpu_is_told_before_anything_is_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "cuda_devices", lambda: 0)
    monkeypatch.setattr(gpu, "seconds", lambda *_: pytest.fail("nothing is to be fitted"))
    with pytest.raises(SystemExit, match="No GPU is here"):
        gpu.main([])


def test_a_library_without_cuda_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(name: str, device: str, rows: int) -> float:
        raise PodiumError("", "train.device", "is cuda, and the installed torch finds no GPU")

    monkeypatch.setattr(gpu, "cuda_devices", lambda: 1)
    monkeypatch.setattr(gpu, "seconds", refuse)
    monkeypatch.setattr(gpu, "FILE", tmp_path / "gpu.jsonl")
    with pytest.raises(SystemExit, match="torch finds no GPU"):
        gpu.main([])
    assert not gpu.FILE.exists()


def test_a_measurement_is_recorded_with_device_and_versions(tmp_path: Path) -> None:
    for _ in range(2):
        gpu.record(1_000, ON, TAKEN, tmp_path / "gpu.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "gpu.jsonl").read_text().splitlines()]
    assert len(lines) == 2 and lines[1]["gpu"] == "H1" and lines[1]["torch"] == "2"
    assert lines[1]["seconds"]["mlp"] == {"cuda": 2.0, "cpu": 9.0}
    table = gpu.table_of(1_000, ON, TAKEN)
    assert "H1" in str(table.title) and list(table.columns[3].cells) == ["4.5"] * len(gpu.SETTINGS)


def test_a_fit_on_the_cpu_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "SETTINGS", {"xgboost": {"n_estimators": 2, "early_stopping_rounds": None}})
    monkeypatch.setattr(gpu, "WARM_ROWS", 100)
    assert 0 < gpu.seconds("xgboost", "cpu", 300) < 60
    assert gpu.hardware(["cpu"])["xgboost"] and "gpu" not in gpu.hardware(["cpu"])
