"""A multi-layer perceptron over numbers and embedded categories.

Sources: Guo, Berkhahn (2016), Entity embeddings of categorical variables; Gorishniy et al. (2021), Revisiting deep
learning models for tabular data, for the plain blocks and the residual ones; fastai for the embeddings' sizes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Architecture:
    """Everything that a network's shape follows from.

    Parameters
    ----------
    numbers : int
        The number of numeric columns.
    levels : tuple of int
        Codes of each categorical column, the one for missing and unseen levels included.
    outputs : int
        The number of classes, or 1 for a value.
    hidden : tuple of int
        The widths of the hidden layers.
    dropout, embedding_dropout : float in [0, 1)
        The share of hidden units, and of embedded codes replaced by the code of unseen levels, while training.
    residual : bool
        Whether a layer of unchanged width adds to its input.
    """

    numbers: int
    levels: tuple[int, ...]
    outputs: int
    hidden: tuple[int, ...]
    dropout: float
    embedding_dropout: float
    residual: bool


def embedding_size(levels: int) -> int:
    """The length of an embedding for so many levels: 1.6 times their 0.56th power, 50 at most.

    >>> embedding_size(2), embedding_size(100), embedding_size(10_000)
    (3, 22, 50)
    """
    return min(50, math.ceil(1.6 * levels**0.56))


class Embeddings(nn.Module):
    """One embedding for each categorical column, side by side; those of one length lie in one table.

    While training, a small share of the codes is taken for unseen, so that the last code learns what an unseen level
    is like.

    **Shape**: codes ``(n, columns)`` to ``(n, width)``.
    """

    def __init__(self, levels: tuple[int, ...], unseen_share: float) -> None:
        super().__init__()
        sizes = [embedding_size(count) for count in levels]
        self.width, self.unseen_share = sum(sizes), unseen_share
        self.register_buffer("last", torch.tensor(levels, dtype=torch.int64) - 1, persistent=False)
        self.tables = nn.ModuleList()
        for number, size in enumerate(sorted(set(sizes))):
            columns = torch.tensor([column for column, own in enumerate(sizes) if own == size])
            counts = torch.tensor([levels[column] for column in columns])
            self.register_buffer(f"columns{number}", columns, persistent=False)
            self.register_buffer(f"starts{number}", counts.cumsum(0) - counts, persistent=False)
            self.tables.append(nn.Embedding(int(counts.sum()), size))
            nn.init.normal_(self.tables[-1].weight, std=0.1)

    def forward(self, codes: Tensor) -> Tensor:
        """Embed the codes."""
        if self.training and self.unseen_share > 0:
            drawn = torch.rand(codes.shape, device=codes.device) < self.unseen_share
            codes = torch.where(drawn, self.last, codes)
        buffers = dict(self.named_buffers(recurse=False))
        parts = [
            table(codes[:, buffers[f"columns{number}"]] + buffers[f"starts{number}"]).flatten(1)
            for number, table in enumerate(self.tables)
        ]
        return torch.cat(parts, dim=1)


class Block(nn.Module):
    """Linear, batch norm, activation, dropout; added to its input where asked for and the widths agree.

    **Shape**: ``(n, width_in)`` to ``(n, width_out)``.
    """

    def __init__(self, width_in: int, width_out: int, dropout: float, residual: bool) -> None:
        super().__init__()
        self.linear = nn.Linear(width_in, width_out, bias=False)
        self.norm = nn.BatchNorm1d(width_out)
        self.activation = nn.SiLU()
        self.dropout = nn.Dropout(dropout)
        self.adds = residual and width_in == width_out

    def forward(self, x: Tensor) -> Tensor:
        """Put the rows through the block."""
        out = self.dropout(self.activation(self.norm(self.linear(x))))
        return x + out if self.adds else out


class MLP(nn.Module):
    """The perceptron: embeddings beside numbers, blocks, one linear layer on top.

    **Shape**: numbers ``(n, architecture.numbers)`` and codes ``(n, len(architecture.levels))`` to
    ``(n, architecture.outputs)``.

    Parameters
    ----------
    architecture : Architecture
    start : tuple of float or None
        What the untrained network gives for each output, such as the classes' log frequencies; zeros by default.

    Examples
    --------
    >>> net = MLP(Architecture(2, (3, 5), 1, (8, 8), dropout=0.1, embedding_dropout=0.0, residual=True))
    >>> net(torch.zeros(4, 2), torch.zeros(4, 2, dtype=torch.int64)).shape
    torch.Size([4, 1])
    """

    def __init__(self, architecture: Architecture, start: tuple[float, ...] | None = None) -> None:
        super().__init__()
        self.architecture = architecture
        levels = architecture.levels
        self.embeddings = Embeddings(levels, architecture.embedding_dropout) if levels else None
        widths = [architecture.numbers + (self.embeddings.width if self.embeddings else 0), *architecture.hidden]
        self.blocks = nn.Sequential(
            *(Block(before, after, architecture.dropout, architecture.residual) for before, after in pairwise(widths))
        )
        self.head = nn.Linear(widths[-1], architecture.outputs)
        with torch.no_grad():
            self.head.weight.mul_(0.1)
            self.head.bias.copy_(torch.tensor(start or (0.0,) * architecture.outputs))

    def forward(self, numbers: Tensor, codes: Tensor) -> Tensor:
        """Scores of the classes before the softmax, or standardised values."""
        if self.embeddings is not None:
            numbers = torch.cat([numbers, self.embeddings(codes)], dim=1)
        return self.head(self.blocks(numbers))
