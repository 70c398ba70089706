"""The bodies of a network: blocks, self-attention between columns, members that share their weights.

Sources: Gorishniy et al. (2021), Revisiting deep learning models for tabular data, for the residual blocks and the
FT-Transformer; Gorishniy, Kotelnikov, Babenko (2025), TabM, by its authors' package ``tabm``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn

from pipeline.nets.architecture import ACTIVATIONS, Architecture


def activation(name: str) -> nn.Module:
    """The activation's module by its name in a declaration."""
    module: nn.Module = getattr(nn, ACTIVATIONS[name])()
    return module


class Block(nn.Module):
    """Linear, norm, activation, dropout; added to its input where asked for and the widths agree.

    **Shape**: ``(n, width_in)`` to ``(n, width_out)``.
    """

    def __init__(self, width_in: int, width_out: int, of: Architecture) -> None:
        super().__init__()
        norms = {"batch": nn.BatchNorm1d, "layer": nn.LayerNorm, "none": nn.Identity}
        self.linear = nn.Linear(width_in, width_out, bias=of.norm != "batch")
        self.norm = norms[of.norm](width_out)
        self.activation = activation(of.activation)
        self.dropout = nn.Dropout(of.dropout)
        self.adds = of.residual and width_in == width_out

    def forward(self, x: Tensor) -> Tensor:
        """Put the rows through the block."""
        out = self.dropout(self.activation(self.norm(self.linear(x))))
        return x + out if self.adds else out


class Blocks(nn.Module):
    """Blocks one after another, for one head.

    **Shape**: ``(n, width_in)`` to ``(n, 1, width)``.
    """

    def __init__(self, width_in: int, of: Architecture) -> None:
        super().__init__()
        widths = [width_in, *[of.width] * of.layers]
        self.blocks = nn.Sequential(*(Block(before, after, of) for before, after in pairwise(widths)))

    def forward(self, x: Tensor) -> Tensor:
        """Put the rows through all blocks."""
        return self.blocks(x).unsqueeze(1)


class Members(nn.Module):
    """TabM: perceptrons that share their weights and differ in scales, trained side by side.

    **Shape**: ``(n, width_in)`` to ``(n, heads, width)``.

    Parameters
    ----------
    chunks : sequence of int
        How many of the inputs each column has: a member scales a column as one.
    """

    def __init__(self, chunks: Sequence[int], of: Architecture) -> None:
        super().__init__()
        from tabm import EnsembleView, make_tabm_backbone

        self.view = EnsembleView(k=of.heads)
        self.backbone = make_tabm_backbone(
            d_in=sum(chunks),
            n_blocks=of.layers,
            d_block=of.width,
            dropout=of.dropout,
            activation=ACTIVATIONS[of.activation],
            k=of.heads,
            arch_type=of.body,
            start_scaling_init="random-signs" if of.embedded == "plain" else "normal",
            start_scaling_init_chunks=list(chunks),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Put the rows through every member."""
        return self.backbone(self.view(x))


class Attention(nn.Module):
    """An FT-Transformer's layers: what sums the row up attends to its columns, and they to one another.

    **Shape**: tokens ``(n, tokens, width)`` to ``(n, 1, width)``.
    """

    def __init__(self, of: Architecture) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(
            of.width,
            of.attention_heads,
            dim_feedforward=2 * of.width,
            dropout=of.dropout,
            activation=activation(of.activation),
            batch_first=True,
            norm_first=True,
        )
        self.layers = nn.TransformerEncoder(layer, of.layers, nn.LayerNorm(of.width), enable_nested_tensor=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Put the tokens through the layers; the first token comes out."""
        return self.layers(tokens)[:, :1]
