"""Cores, memory, GPU and disk."""

from __future__ import annotations

import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from pipeline.core.device import cores, cuda_devices
from pipeline.doctor.finding import Finding

GIB = 1024**3
LEAST_MEMORY, LEAST_DISK, LITTLE_DISK = 2 * GIB, 1 * GIB, 5 * GIB
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def core_finding() -> Finding:
    """How many cores this process may use, and how busy they are."""
    number = cores()
    busy = psutil.getloadavg()[0]
    said = f"{number} to use, load {busy:.1f}"
    if busy > 1.5 * number:
        return Finding("cores", said, "note", "Other work slows every stage down; seconds will not compare")
    return Finding("cores", said)


def memory_finding(free: int | None = None, limits: tuple[str, ...] = LIMITS) -> Finding:
    """What memory is free, under a container's limit where there is one, in bytes."""
    machine = psutil.virtual_memory()
    whole = min([machine.total, *_limits(limits)])
    free = min(machine.available if free is None else free, whole)
    said = f"{free / GIB:.1f} GiB free of {whole / GIB:.1f}"
    if free < LEAST_MEMORY:
        remedy = "Close what else runs, or list fewer models: mlp and catboost take the most"
        return Finding("memory", said, "bad", remedy)
    return Finding("memory", said)


def gpu_finding(devices: int | None = None) -> Finding:
    """Whether models of ``device: auto`` will find a GPU, and torch one that it is built for."""
    devices = cuda_devices() if devices is None else devices
    if devices == 0:
        remedy = "Nothing to do, unless there is one: see nvidia-smi"
        return Finding("GPU", "none: every model runs on the CPU", "note", remedy)
    try:
        built = version("torch")
    except PackageNotFoundError:
        built = "+cpu"
    if built.endswith("+cpu"):
        remedy = "pip install torch from PyPI, without PIP_EXTRA_INDEX_URL, if nets shall use the GPU"
        return Finding("GPU", f"{devices} CUDA, but torch {built} is built for the CPU", "bad", remedy)
    return Finding("GPU", f"{devices} CUDA; torch {built}")


def disk_finding(root: Path, free: int | None = None) -> Finding:
    """What is free where ``data/``, ``.cache/`` and DVC's cache lie, in bytes."""
    usage = shutil.disk_usage(root)
    free = usage.free if free is None else free
    said = f"{free / GIB:.1f} GiB free of {usage.total / GIB:.1f}"
    remedy = "Free some: `dvc gc --workspace` drops what no run here uses, `rm -r .cache` what killed runs go on from"
    if free < LEAST_DISK:
        return Finding("disk", said, "bad", remedy)
    return Finding("disk", said, "note", remedy) if free < LITTLE_DISK else Finding("disk", said)


def _limits(paths: tuple[str, ...]) -> list[int]:
    texts = [Path(path).read_text(encoding="ascii").strip() for path in paths if Path(path).is_file()]
    return [int(text) for text in texts if text.isdigit()]
