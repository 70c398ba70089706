"""`python -m benchmarks.gpu`: XGBoost and the networks on a million rows, on the GPU and on the CPU.

Seconds of one fit with fixed rounds and epochs, after a small one that pays for imports and the device's start. The
table is printed, and a line with the device's name, the versions and the seconds is added to ``benchmarks/gpu.jsonl``.
Where no GPU is, or a library cannot use it, it says so and ends with an error; ``--cpu`` measures the CPU alone, and
records nothing; ``--rows`` takes fewer rows.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from pipeline.core.device import cores, cuda_devices
from pipeline.core.errors import PodiumError
from pipeline.models import Rows, Setting, load

FILE = Path(__file__).resolve().parent / "gpu.jsonl"
WARM_ROWS = 2_000
NUMBERS, CATEGORIES, LEVELS = 30, 10, 1_000
SETTINGS = {
    "xgboost": {"n_estimators": 200, "early_stopping_rounds": None},
    "mlp": {"max_epochs": 2},
    "tabm": {"max_epochs": 1, "heads": 8},
}


def made(rows: int, native: bool) -> Rows:
    """A learnable table of 30 numbers and 10 categories of 1,000 levels; ``native`` names the levels by text."""
    rng = np.random.default_rng(1)
    X = pd.DataFrame(rng.normal(size=(rows, NUMBERS)).astype("float32"), columns=[f"x{k}" for k in range(NUMBERS)])
    score = X["x0"] * X["x1"] + np.abs(X["x2"])
    names = pd.Index([f"level {code}" for code in range(LEVELS)])
    for k in range(CATEGORIES):
        codes = rng.integers(0, LEVELS, rows)
        X[f"k{k}"] = pd.Categorical.from_codes(codes, categories=names if native else pd.RangeIndex(LEVELS))
        score = score + np.sin(codes) / (k + 1)
    y = (score + rng.normal(size=rows) > score.median()).astype(np.int64)
    return Rows(X, y.to_numpy())


def seconds(name: str, device: str, rows: int) -> float:
    """Seconds of one fit.

    Raises
    ------
    PodiumError
        Where the library cannot use the device, or fitted on another one.
    """
    _fit(name, device, WARM_ROWS)
    return _fit(name, device, rows)


def _fit(name: str, device: str, rows: int) -> float:
    card = load(name)
    table = made(rows, card.wants.categories == "native")
    setting = Setting({**card.defaults, **SETTINGS[name]}, "binary", 2, seed=1, threads=cores(), device=device)
    model = card.build(setting)
    start = time.perf_counter()
    card.fit(model, table, None)
    taken = time.perf_counter() - start
    found = card.describe(model)["device"]
    if found != device:
        raise PodiumError("", name, f"was asked for {device}", got=f"a fit on {found}", step="No figure is given")
    return taken


def hardware(devices: Sequence[str]) -> dict[str, Any]:
    """The devices' names, and the versions that were measured."""
    found: dict[str, Any] = {name: version(name) for name in ("xgboost", "torch")}
    found |= {"cores": cores(), "machine": platform.machine()}
    if "cuda" in devices:
        import torch

        found |= {"gpu": torch.cuda.get_device_name(), "cuda": torch.version.cuda}
    return found


def record(rows: int, on: Mapping[str, Any], taken: Mapping[str, Mapping[str, float]], file: Path = FILE) -> None:
    """Add a line to a file of which nothing is ever taken out.

    Parameters
    ----------
    on : mapping
        As ``hardware`` gave it.
    taken : mapping of str to mapping of str to float
        Seconds by family and device.
    """
    line = {"when": datetime.now(UTC).isoformat(timespec="seconds"), "rows": rows, **on, "seconds": taken}
    with file.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")


def table_of(rows: int, on: Mapping[str, Any], taken: Mapping[str, Mapping[str, float]]) -> Table:
    """A line a family: its settings, the seconds on each device, and their ratio."""
    devices = list(next(iter(taken.values())))
    told = ", ".join(f"{name} {value}" for name, value in on.items())
    title = f"{rows:,} rows, {NUMBERS} numbers, {CATEGORIES} categories; {told}"
    table = Table("fit", *(f"{device}, seconds" for device in devices), "CPU over GPU", title=title)
    for name, by_device in taken.items():
        ratio = f"{by_device['cpu'] / by_device['cuda']:.1f}" if "cuda" in by_device else ""
        settings = ", ".join(f"{key} {value}" for key, value in SETTINGS[name].items())
        table.add_row(f"{name} ({settings})", *(f"{t:.2f}" for t in by_device.values()), ratio)
    return table


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print one table, and record what was measured on a GPU."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--cpu", action="store_true", help="measure the CPU alone")
    options = parser.parse_args(arguments)
    if not cuda_devices() and not options.cpu:
        raise SystemExit("No GPU is here: the CUDA driver offers none. Run it where one is, or with --cpu for the CPU.")
    devices = ["cpu"] if options.cpu else ["cuda", "cpu"]
    try:
        taken = {name: {device: seconds(name, device, options.rows) for device in devices} for name in SETTINGS}
    except PodiumError as error:
        raise SystemExit(str(error)) from None
    on = hardware(devices)
    Console(width=120).print(table_of(options.rows, on, taken))
    if not options.cpu:
        record(options.rows, on, taken)


if __name__ == "__main__":
    main()
