import os

import pytest

from pipeline.core import device
from pipeline.core.errors import PodiumError


def test_auto_takes_the_gpu_only_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "cuda_devices", lambda: 1)
    assert device.choose_device("auto") == "cuda"
    assert device.choose_device("cpu") == "cpu"
    monkeypatch.setattr(device, "cuda_devices", lambda: 0)
    assert device.choose_device("auto") == "cpu"


def test_cuda_without_a_gpu_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "cuda_devices", lambda: 0)
    with pytest.raises(PodiumError, match="no CUDA device"):
        device.choose_device("cuda", "titanic")


def test_threads_wait_briefly_unless_somebody_has_said_how(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    device.wait_briefly()
    assert os.environ["GOMP_SPINCOUNT"] == "3000"
    monkeypatch.setenv("GOMP_SPINCOUNT", "7")
    device.wait_briefly()
    assert os.environ["GOMP_SPINCOUNT"] == "7"
    monkeypatch.delenv("GOMP_SPINCOUNT")
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    device.wait_briefly()
    assert "GOMP_SPINCOUNT" not in os.environ
