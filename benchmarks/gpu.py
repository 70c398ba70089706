"""`python -m benchmarks.gpu`: XGBoost and the networks on a million rows, on the GPU and on the CPU.

Seconds of one fit with fixed rounds and epochs, and of one epoch's worth of a network, with the device's name and the
versions. Where no GPU is, it says so and ends with an error; ``--cpu`` measures the CPU alone, ``--rows`` fewer rows.
"""

from __future__ import annotations

import argparse
import platform
import time
from importlib.metadata import version

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from pipeline.core.device import cores, cuda_devices
from pipeline.models import Rows, Setting, load

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
    """Seconds of one fit."""
    card = load(name)
    table = made(rows, card.wants.categories == "native")
    setting = Setting({**card.defaults, **SETTINGS[name]}, "binary", 2, seed=1, threads=cores(), device=device)
    model = card.build(setting)
    start = time.perf_counter()
    card.fit(model, table, None)
    taken = time.perf_counter() - start
    found = card.describe(model)["device"]
    if found != device:
        raise SystemExit(f"{name} was asked for {device} and fitted on {found}: no figure is given")
    return taken


def main() -> None:
    """Print one table: seconds a model and device."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--cpu", action="store_true", help="measure the CPU alone")
    options = parser.parse_args()
    if not cuda_devices() and not options.cpu:
        raise SystemExit("No GPU is here: the CUDA driver offers none. Run it where one is, or with --cpu for the CPU.")
    devices = ["cpu"] if options.cpu else ["cuda", "cpu"]
    title = f"{options.rows:,} rows, {NUMBERS} numbers, {CATEGORIES} categories; {hardware(devices)}"
    table = Table("fit", *(f"{device}, seconds" for device in devices), "CPU over GPU", title=title)
    for name, own in SETTINGS.items():
        taken = [seconds(name, device, options.rows) for device in devices]
        ratio = f"{taken[1] / taken[0]:.1f}" if len(taken) > 1 else ""
        told = ", ".join(f"{key} {value}" for key, value in own.items())
        table.add_row(f"{name} ({told})", *(f"{t:.1f}" for t in taken), ratio)
    Console(width=120).print(table)


def hardware(devices: list[str]) -> str:
    """The devices' names and the versions that were measured."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("xgboost", "torch"))
    told = f"{cores()} cores of {platform.machine()}; {versions}"
    if "cuda" not in devices:
        return told
    import torch

    return f"{torch.cuda.get_device_name()}, {told}"


if __name__ == "__main__":
    main()
