"""How numeric columns go into a network: as they are, or each as a learnt vector.

Source: Gorishniy, Rubachev, Babenko (2022), On embeddings for numerical features in tabular deep learning, by its
authors' package ``rtdl_num_embeddings``; the lite periodic form is of TabR (2024), the piecewise form B of TabM (2025).
"""

from __future__ import annotations

import warnings

import torch
from torch import Tensor, nn

from pipeline.nets.architecture import Architecture

_FREQUENCIES = 16
_ROWS_A_BIN = 20


def find_bins(numbers: Tensor, most: int) -> tuple[tuple[float, ...], ...]:
    """The edges of each column's bins: its quantiles, ties once; a column with one value gets one bin around it.

    **Shape**: numbers ``(n, columns)`` to one rising tuple a column.

    Parameters
    ----------
    most : int
        Bins at most; fewer where a bin would hold fewer than 20 rows.
    """
    count = max(2, min(most, len(numbers) // _ROWS_A_BIN))
    marks = torch.linspace(0, len(numbers) - 1, count + 1, dtype=torch.float64).round().long()
    edges = []
    for column in numbers.cpu().T:
        own = torch.unique(column.sort().values[marks]).tolist()
        edges.append(tuple(own) if len(own) > 1 else (own[0] - 0.5, own[0] + 0.5))
    return tuple(edges)


def number_embeddings(of: Architecture) -> nn.Module | None:
    """The module from numbers ``(n, numbers)`` to ``(n, numbers, number_width)``; None where they go in as they are."""
    if of.embedded == "plain" or not of.numbers:
        return None
    from rtdl_num_embeddings import PeriodicEmbeddings, PiecewiseLinearEmbeddings

    if of.embedded == "periodic":
        return PeriodicEmbeddings(
            of.numbers,
            of.number_width,
            n_frequencies=_FREQUENCIES,
            frequency_init_scale=of.frequency_scale,
            lite=True,
        )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*just two bin edges")
        bins = [torch.tensor(edges, dtype=torch.float32) for edges in of.bins]
        return PiecewiseLinearEmbeddings(bins, of.number_width, activation=False, version="B")
