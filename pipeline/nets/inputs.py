"""A row as a network takes it in: numbers and embedded columns side by side, or one token a column."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pipeline.nets.architecture import Architecture
from pipeline.nets.categories import Embeddings
from pipeline.nets.numbers import number_embeddings


def _embeddings(of: Architecture, size: int | None = None) -> Embeddings | None:
    return Embeddings(of.levels, of.table, of.embedding_dropout, of.buckets, size) if of.table else None


class SideBySide(nn.Module):
    """Numbers, or their embeddings, beside the categories' embeddings.

    Periodic embeddings stand beside the numbers themselves, which piecewise-linear ones hold already.

    **Shape**: numbers ``(n, numbers)`` and codes ``(n, categories)`` to ``(n, width)``.
    """

    def __init__(self, of: Architecture) -> None:
        super().__init__()
        self.numbers, self.categories = number_embeddings(of), _embeddings(of)
        self.raw = of.embedded != "piecewise"
        embedded = [of.number_width] * of.numbers if self.numbers is not None else []
        self.chunks = [1] * (of.numbers if self.raw else 0) + embedded
        self.chunks += self.categories.widths if self.categories is not None else []
        self.width = sum(self.chunks)

    def forward(self, numbers: Tensor, codes: Tensor) -> Tensor:
        """Put the columns side by side."""
        parts = [numbers] if self.raw else []
        if self.numbers is not None:
            parts.append(self.numbers(numbers).flatten(1))
        if self.categories is not None:
            parts += [part.flatten(1) for part in self.categories(codes)]
        return torch.cat(parts, dim=1)


class Tokens(nn.Module):
    """One vector a column, all of one length, after a learnt one that sums the row up.

    **Shape**: numbers ``(n, numbers)`` and codes ``(n, categories)`` to ``(n, 1 + numbers + categories, width)``.
    """

    def __init__(self, of: Architecture) -> None:
        super().__init__()
        from rtdl_num_embeddings import LinearEmbeddings

        plain = of.embedded == "plain" and of.numbers
        self.numbers = LinearEmbeddings(of.numbers, of.width) if plain else number_embeddings(of)
        self.categories = _embeddings(of, of.width)
        self.bias = nn.Parameter(torch.zeros(len(of.table), of.width)) if of.table else None
        self.summary = nn.Parameter(torch.empty(1, 1, of.width).uniform_(-1, 1) / of.width**0.5)

    def forward(self, numbers: Tensor, codes: Tensor) -> Tensor:
        """Make the tokens."""
        parts = [self.summary.expand(len(numbers), -1, -1)]
        if self.numbers is not None:
            parts.append(self.numbers(numbers))
        if self.categories is not None:
            parts.append(torch.cat(self.categories(codes), dim=1) + self.bias)
        return torch.cat(parts, dim=1)
