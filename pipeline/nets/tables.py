"""A table as tensors that lie on the device, and its rows in batches by index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.utils.data import Dataset

Batch = tuple[dict[str, Tensor], tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class Columns:
    """The columns a network was built for.

    Parameters
    ----------
    numbers : tuple of str
        Numeric columns.
    levels : dict of str to int
        Codes of each categorical column, the last of them for missing and unseen levels.
    """

    numbers: tuple[str, ...]
    levels: dict[str, int]

    @classmethod
    def of(cls, X: pd.DataFrame) -> Columns:
        """The columns of a frame whose categories are codes from 0 on."""
        categories = [str(name) for name, dtype in X.dtypes.items() if isinstance(dtype, pd.CategoricalDtype)]
        levels = {name: int(max(X[name].cat.categories, default=0)) + 1 for name in categories}
        return cls(tuple(str(name) for name in X.columns if name not in levels), levels)

    def tensors(self, X: pd.DataFrame, device: str) -> tuple[Tensor, Tensor]:
        """Numbers (n, numbers) in float32 and codes (n, categories) in int64, on the device."""
        numbers = X[list(self.numbers)].to_numpy(dtype=np.float32)
        codes = np.empty((len(X), len(self.levels)), dtype=np.int64)
        for position, (name, count) in enumerate(self.levels.items()):
            known = np.append(X[name].cat.categories.to_numpy(dtype=np.int64), count - 1)
            values = known[X[name].cat.codes.to_numpy()]
            codes[:, position] = np.where((values < 0) | (values >= count), count - 1, values)
        return torch.tensor(numbers, device=device), torch.tensor(codes, device=device)


class Table(Dataset[Batch]):
    """Rows with their targets and weights, whole on one device.

    Parameters
    ----------
    numbers, codes : tensors of shape (n, columns)
    target : tensor of shape (n,)
        Class codes in int64, or standardised values in float32.
    weight : float32 tensor of shape (n,)
    """

    def __init__(self, numbers: Tensor, codes: Tensor, target: Tensor, weight: Tensor) -> None:
        self.numbers, self.codes, self.target, self.weight = numbers, codes, target, weight

    def __len__(self) -> int:
        return len(self.target)

    def __getitem__(self, index: Tensor) -> Batch:
        inputs = {"numbers": self.numbers[index], "codes": self.codes[index]}
        return inputs, (self.target[index], self.weight[index])


class Batches:
    """The rows of a table in batches of nearly one size, in a new order each time where a generator is given.

    No batch that batch norm trains on has a single row: what does not fill a batch is spread over the others.

    Parameters
    ----------
    table : Table
    batch_size : int
        The size aimed at.
    generator : torch.Generator or None
        Draws the order; None keeps the rows as they stand.
    """

    def __init__(self, table: Table, batch_size: int, generator: torch.Generator | None = None) -> None:
        self.table, self.generator = table, generator
        self.count = count_batches(len(table), batch_size)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Batch]:
        rows, device = len(self.table), self.table.target.device
        if self.generator is None:
            order = torch.arange(rows, device=device)
        else:
            order = torch.randperm(rows, generator=self.generator).to(device)
        for index in torch.tensor_split(order, self.count):
            yield self.table[index]


def count_batches(rows: int, batch_size: int) -> int:
    """How many batches of about that size the rows make; none has fewer than two rows, unless there is only one.

    >>> count_batches(65, 64), count_batches(100, 64), count_batches(3, 1)
    (1, 2, 1)
    """
    return max(1, min(round(rows / batch_size), rows // 2))
