"""Everything that a network's shape follows from, as one record that JSON can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

BODIES = ("mlp", "transformer", "tabm", "tabm-mini")
NUMBERS = ("plain", "periodic", "piecewise")
NORMS = ("batch", "layer", "none")
ACTIVATIONS = {"relu": "ReLU", "gelu": "GELU", "silu": "SiLU", "selu": "SELU", "mish": "Mish"}


@dataclass(frozen=True)
class Architecture:
    """A network's inputs, body and heads.

    Parameters
    ----------
    numbers : int
        The number of numeric columns.
    levels : tuple of int
        Codes of each vocabulary, the one for missing and unseen levels included.
    table : tuple of int
        For each categorical column, the vocabulary it draws on.
    outputs : int
        The number of classes, or 1 for a value.
    body : {"mlp", "transformer", "tabm", "tabm-mini"}
        Blocks on the columns side by side, self-attention between the columns, or TabM's members that share weights.
    width, layers : int
        The width of the hidden layers (of a column's token, for a transformer), and how many there are.
    heads : int
        TabM's members, each with a head of its own; 1 for the others.
    dropout, embedding_dropout : float in [0, 1)
        The share of hidden units, and of embedded codes replaced by the code of unseen levels, while training.
    residual : bool
        Whether a block of unchanged width adds to its input.
    norm : {"batch", "layer", "none"}
    activation : {"relu", "gelu", "silu", "selu", "mish"}
    embedded : {"plain", "periodic", "piecewise"}
        How numbers go in.
    number_width : int
        The length of an embedded number.
    frequency_scale : float
        The spread of a periodic embedding's first frequencies.
    bins : tuple of tuples of float
        The edges of each number's bins, rising; for piecewise-linear embeddings.
    buckets : int
        A vocabulary of more levels than this shares so many rows, two hashes a level.
    attention_heads : int
        Of a transformer.
    """

    numbers: int
    levels: tuple[int, ...]
    table: tuple[int, ...]
    outputs: int
    body: str = "mlp"
    width: int = 128
    layers: int = 2
    heads: int = 1
    dropout: float = 0.0
    embedding_dropout: float = 0.0
    residual: bool = True
    norm: str = "batch"
    activation: str = "silu"
    embedded: str = "plain"
    number_width: int = 8
    frequency_scale: float = 0.1
    bins: tuple[tuple[float, ...], ...] = ()
    buckets: int = 100_000
    attention_heads: int = 4

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Architecture:
        """The record from JSON, whose lists were tuples."""
        return cls(**{field.name: _frozen(state[field.name]) for field in fields(cls)})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(part) for part in value) if isinstance(value, list | tuple) else value
