"""A network for tables: its inputs, its body, and a linear head for each member."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pipeline.nets.architecture import Architecture
from pipeline.nets.bodies import Attention, Blocks, Members
from pipeline.nets.inputs import SideBySide, Tokens


class Network(nn.Module):
    """Scores from numbers and codes.

    **Shape**: numbers ``(n, architecture.numbers)`` and codes ``(n, len(architecture.table))`` to
    ``(n, architecture.heads, architecture.outputs)``.

    Parameters
    ----------
    architecture : Architecture
    start : tuple of float or None
        What the untrained network gives for each output, such as the classes' log frequencies; zeros by default.

    Examples
    --------
    >>> net = Network(Architecture(numbers=2, levels=(3, 5), table=(0, 1), outputs=1, width=8))
    >>> net(torch.zeros(4, 2), torch.zeros(4, 2, dtype=torch.int32)).shape
    torch.Size([4, 1, 1])
    """

    def __init__(self, architecture: Architecture, start: tuple[float, ...] | None = None) -> None:
        super().__init__()
        self.architecture = of = architecture
        self.inputs: nn.Module
        self.body: nn.Module
        if of.body == "transformer":
            self.inputs, self.body = Tokens(of), Attention(of)
        else:
            self.inputs = flat = SideBySide(of)
            self.body = Blocks(flat.width, of) if of.body == "mlp" else Members(flat.chunks, of)
        self.head = _head(of)
        with torch.no_grad():
            self.head.weight.mul_(0.1)
            self.head.bias.copy_(torch.tensor(start or (0.0,) * of.outputs).expand_as(self.head.bias))

    def forward(self, numbers: Tensor, codes: Tensor) -> Tensor:
        """Scores of the classes before the softmax, or standardised values, of every member."""
        return self.head(self.body(self.inputs(numbers, codes)))


def _head(of: Architecture) -> nn.Module:
    if of.heads == 1:
        return nn.Linear(of.width, of.outputs)
    from tabm import LinearEnsemble

    return LinearEnsemble(of.width, of.outputs, k=of.heads)


def together(scores: Tensor, objective: str) -> Tensor:
    """What the members say as one: the mean value, or the log of the mean probability.

    **Shape**: ``(n, heads, outputs)`` to ``(n, 1, outputs)``.
    """
    if scores.shape[1] == 1:
        return scores
    if objective == "regression":
        return scores.mean(dim=1, keepdim=True)
    return torch.log_softmax(scores, dim=2).exp().mean(dim=1, keepdim=True).clamp_min(1e-12).log()
