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
