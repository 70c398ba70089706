"""Rows and columns that stand twice, found by hashes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Duplicates:
    """What stands twice.

    Parameters
    ----------
    train : int
        Training rows that repeat an earlier training row in every feature.
    disagreeing : int
        Training rows whose features also stand with another target.
    test : int
        Test rows that repeat an earlier test row.
    across : int
        Test rows that also stand in train.
    twins : list of (str, str)
        Columns with the same values as an earlier one in every row, and that one.
    """

    train: int
    disagreeing: int
    test: int
    across: int
    twins: list[tuple[str, str]]


def find_duplicates(train: pd.DataFrame, test: pd.DataFrame, target: np.ndarray, columns: list[str]) -> Duplicates:
    """Count rows and columns that stand twice.

    Parameters
    ----------
    train, test : DataFrame
        The feature tables, of the same column types.
    target : array of shape (n,)
        The training target.
    columns : list of str
        The columns that make a row.
    """
    rows = np.zeros(len(train) + len(test), dtype=np.uint64)
    seen: dict[bytes, str] = {}
    twins = []
    for number, name in enumerate(columns):
        hashes = np.concatenate([_hashes(part[name]) for part in (train, test)])
        rows = (rows ^ hashes) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(number)
        mark = hashes.tobytes() if len(hashes) < 1000 else _digest(hashes)
        if mark in seen:
            twins.append((name, seen[mark]))
        seen.setdefault(mark, name)
    ours, theirs = pd.Series(rows[: len(train)]), pd.Series(rows[len(train) :])
    disagreeing = pd.Series(target).groupby(ours.to_numpy()).transform("nunique") > 1
    return Duplicates(
        train=int(ours.duplicated().sum()),
        disagreeing=int(disagreeing.sum()),
        test=int(theirs.duplicated().sum()),
        across=int(theirs.isin(ours).sum()),
        twins=twins,
    )


def _hashes(values: pd.Series) -> np.ndarray:
    hashes: np.ndarray = pd.util.hash_array(
        values.array if isinstance(values.dtype, pd.CategoricalDtype) else values.to_numpy()
    )
    return hashes


def _digest(hashes: np.ndarray) -> bytes:
    weights = np.arange(1, len(hashes) + 1, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    return bytes((hashes * weights).sum(dtype=np.uint64).tobytes() + hashes[:64].tobytes())
