"""A table as tensors that lie on the device, and its rows in batches by index."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.utils.data import Dataset

Batch = tuple[dict[str, Tensor], tuple[Tensor, Tensor]]


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
