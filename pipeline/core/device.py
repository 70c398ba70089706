"""Which device a model runs on, decided once and without importing a library that could use it."""

from __future__ import annotations

import ctypes
import os
from functools import lru_cache

from pipeline.core.errors import PodiumError


@lru_cache(maxsize=1)
def cuda_devices() -> int:
    """How many CUDA devices the driver offers; 0 without a driver. Asks the driver's own library, in milliseconds."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return 0
    count = ctypes.c_int(0)
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return 0
    return count.value


def choose_device(wanted: str, competition: str = "") -> str:
    """``cpu`` or ``cuda`` for a declared ``auto``, ``cpu`` or ``cuda``.

    Raises
    ------
    PodiumError
        Where ``cuda`` is asked for and the driver offers none: a silent fall back to the CPU would cost hours.
    """
    if wanted == "cpu":
        return "cpu"
    found = cuda_devices() > 0
    if wanted == "cuda" and not found:
        raise PodiumError(
            competition,
            "train.device",
            "is cuda, and no CUDA device is here",
            step="Write auto or cpu, or run it on a machine with a GPU",
        )
    return "cuda" if found else "cpu"


def cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def wait_briefly() -> None:
    """Let OpenMP's threads sleep soon when they wait for one another; before a library that starts them is imported.

    They spin for milliseconds otherwise, and where another program wants a core too, they spin while the thread that
    they wait for cannot run: LightGBM on 400,000 rows with two threads then took 3 to 10 times as long as alone, and
    with this 3 times; alone it takes a tenth longer. Somebody's own GOMP_SPINCOUNT or OMP_WAIT_POLICY stands.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "3000")
