"""A learnable table of any number of rows, made from a seed and left as parquet, as ``features`` leaves its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.tables import read_table, write_table
from pipeline.dataset import Dataset, Feature, Schema
from pipeline.folds import TRAIN, VALID, Folds

NUMBERS, LEVELS = 24, (4, 4, 4)
FOLDS = 5
MISSING = 0.05
SEED = 4


def write_made(rows: int, folder: Path) -> None:
    """Write ``train.parquet`` of so many rows, ``test.parquet`` of a fifth as many, and ``target.parquet``.

    Twenty-four numbers, a third of them with 5 % missing, and three categories of four levels; two classes that
    depend on some of both.
    """
    rng = np.random.default_rng([SEED, rows])
    train, score = _frame(rows, rng)
    y = (score + rng.normal(size=rows) > 0.5).astype(np.int64)
    write_table(train, folder / "train.parquet")
    write_table(_frame(max(rows // FOLDS, 1), rng)[0], folder / "test.parquet")
    write_table(pd.DataFrame({"target": y}), folder / "target.parquet")


def _frame(rows: int, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """The features, and what the target depends on: float32 of shape (rows,)."""
    numbers = rng.standard_normal((rows, NUMBERS), dtype=np.float32)
    score = numbers[:, 0] * numbers[:, 1] + np.abs(numbers[:, 2]) + numbers[:, 3]
    numbers[:, ::3][rng.random((rows, len(range(0, NUMBERS, 3)))) < MISSING] = np.nan
    frame = pd.DataFrame({f"x{k}": numbers[:, k] for k in range(NUMBERS)})
    for k, levels in enumerate(LEVELS):
        codes = rng.integers(0, levels, rows)
        names = pd.Index([f"level {level}" for level in range(levels)], dtype="str")
        frame[f"k{k}"] = pd.Categorical.from_codes(codes, categories=names)
        score = score + np.sin(codes + k)
    return frame, score


def read_made(folder: Path) -> Dataset:
    """The tables as ``train`` reads them, in five folds by position."""
    train, test, target = (read_table(folder / f"{part}.parquet") for part in ("train", "test", "target"))
    y = target["target"].to_numpy()
    turn = np.arange(len(y)) % FOLDS
    marks = {f"r0f{k}": np.where(turn == k, VALID, TRAIN).astype(np.int8) for k in range(FOLDS)}
    features = [
        Feature(name=name, kind="numeric" if name.startswith("x") else "categorical", builder="made") for name in train
    ]
    schema = Schema(
        task="binary", target="y", id=None, classes=[0, 1], columns=[], train_rows=len(train), test_rows=len(test)
    )
    test_row_id = np.arange(len(y), len(y) + len(test))
    return Dataset(train, test, test_row_id, features, y, schema, Folds(np.arange(len(y)), marks))
