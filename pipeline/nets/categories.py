"""Entity embeddings: one learnt vector for each level of a categorical column.

Sources: Guo, Berkhahn (2016), Entity embeddings of categorical variables; fastai for the sizes; Svenstrup, Hansen,
Winther (2017), Hash embeddings for efficient word representations, for vocabularies too wide for a row a level.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

_PRIME = 2_147_483_647
_FACTORS = ((1_103_515_245, 12_345), (69_069, 362_437))


def embedding_size(levels: int) -> int:
    """The length of an embedding for so many levels: 1.6 times their 0.56th power, 50 at most.

    >>> embedding_size(2), embedding_size(100), embedding_size(10_000)
    (3, 22, 50)
    """
    return min(50, math.ceil(1.6 * levels**0.56))


class HashedEmbedding(nn.Module):
    """Vectors for more levels than there are rows: a level's is the sum of two rows, so that few levels share both.

    The last level, for missing and unseen ones, has a row to itself.

    **Shape**: codes ``(n, columns)`` to ``(n, columns, size)``.
    """

    def __init__(self, levels: int, buckets: int, size: int) -> None:
        super().__init__()
        self.last, self.buckets = levels - 1, buckets
        self.rows = nn.Embedding(buckets + 1, size)

    def forward(self, codes: Tensor) -> Tensor:
        """Embed the codes."""
        first, second = (self._bucket(codes.long(), *factors) for factors in _FACTORS)
        return self.rows(first) + self.rows(second)

    def _bucket(self, codes: Tensor, factor: int, shift: int) -> Tensor:
        hashed = (codes * factor + shift) % _PRIME % self.buckets
        return torch.where(codes == self.last, self.buckets, hashed)


class Embeddings(nn.Module):
    """An embedding for each categorical column, side by side; columns of one vocabulary share it.

    Vocabularies with embeddings of one length lie in one table, so that many columns cost one look-up. While training,
    a small share of the codes is taken for unseen, so that the last code learns what an unseen level is like.

    **Shape**: codes ``(n, columns)`` to a list of ``(n, columns of one length, length)``.

    Parameters
    ----------
    levels : tuple of int
        Codes of each vocabulary.
    table : tuple of int
        For each column, the vocabulary it draws on.
    unseen_share : float in [0, 1)
    buckets : int
        A vocabulary of more levels is hashed into so many rows.
    size : int or None
        One length for all; by default each vocabulary's follows from its levels.
    """

    def __init__(
        self,
        levels: tuple[int, ...],
        table: tuple[int, ...],
        unseen_share: float,
        buckets: int,
        size: int | None = None,
    ) -> None:
        super().__init__()
        self.unseen_share = unseen_share
        sizes = [size or embedding_size(count) for count in levels]
        wide = {number for number, count in enumerate(levels) if count > buckets}
        self.register_buffer("last", torch.tensor([levels[t] - 1 for t in table]), persistent=False)
        self.tables, self.columns, self.widths = nn.ModuleList(), list[list[int]](), list[int]()
        for length in sorted({sizes[t] for t in table if t not in wide}):
            own = [t for t in range(len(levels)) if sizes[t] == length and t not in wide]
            ends = torch.tensor([levels[t] for t in own]).cumsum(0).tolist()
            start = dict(zip(own, [0, *ends], strict=False))
            columns = [column for column, t in enumerate(table) if t in start]
            starts = torch.tensor([start[table[column]] for column in columns])
            self.register_buffer(f"starts{len(self.tables)}", starts, persistent=False)
            self._add(nn.Embedding(ends[-1], length), columns, length)
        for t in sorted(wide & set(table)):
            columns = [column for column, own_table in enumerate(table) if own_table == t]
            self._add(HashedEmbedding(levels[t], buckets, sizes[t]), columns, sizes[t])
        for parameter in self.parameters():
            nn.init.normal_(parameter, std=0.1)

    def _add(self, embedding: nn.Module, columns: list[int], length: int) -> None:
        self.tables.append(embedding)
        self.columns.append(columns)
        self.widths += [length] * len(columns)

    def forward(self, codes: Tensor) -> list[Tensor]:
        """Embed the codes; the columns come in the order of ``columns``."""
        if self.training and self.unseen_share > 0:
            drawn = torch.rand(codes.shape, device=codes.device) < self.unseen_share
            codes = torch.where(drawn, self.last.to(codes.dtype), codes)
        parts = []
        for number, (table, columns) in enumerate(zip(self.tables, self.columns, strict=True)):
            own = codes if len(columns) == codes.shape[1] else codes[:, columns]
            hashed = isinstance(table, HashedEmbedding)
            parts.append(table(own if hashed else own + self.get_buffer(f"starts{number}")))
        return parts
