"""Losses of a network for classes beyond cross-entropy, and the way back from what they give to probabilities.

Sources: Lin, Goyal, Girshick, He and Dollar (2017), Focal loss for dense object detection; Charoenphakdee,
Vongkulbhisal, Chairatanakul and Sugiyama (2021), On focal loss for class-posterior probability estimation, for the way
back.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class FocalLoss(nn.Module):
    """Cross-entropy times ``(1 - p) ** gamma``, p being the probability of the row's own class: easy rows count less.

    **Shape**: scores ``(n, classes)`` and class codes ``(n,)`` to losses ``(n,)``.

    Parameters
    ----------
    gamma : float of at least 0
        How fast easy rows fade; 0 is cross-entropy.
    reduction : {"none"}
        Losses come by row, for the caller to weight.

    Examples
    --------
    >>> FocalLoss(2.0)(torch.tensor([[0.0, 0.0]]), torch.tensor([1]))
    tensor([0.1733])
    """

    def __init__(self, gamma: float, reduction: str = "none") -> None:
        super().__init__()
        self.gamma = gamma

    def forward(self, scores: Tensor, target: Tensor) -> Tensor:
        """The loss of each row."""
        log_p = torch.log_softmax(scores, dim=1).gather(1, target[:, None])[:, 0]
        return -((1 - log_p.exp()) ** self.gamma) * log_p


def focal_posterior(p: Tensor, gamma: float) -> Tensor:
    """Class probabilities from what focal loss gives: its minimiser is flatter than the truth, in a known way.

    **Shape**: probabilities ``(n, classes)`` to probabilities ``(n, classes)``, in the same order row by row.

    Examples
    --------
    >>> focal_posterior(torch.tensor([[0.5, 0.5], [0.2, 0.8]]), 2.0)
    tensor([[0.5000, 0.5000],
            [0.0235, 0.9765]])
    """
    v = p.clamp(1e-7, 1 - 1e-7)
    slope = (1 - v) ** gamma - gamma * (1 - v) ** (gamma - 1) * v * v.log()
    h = v / slope
    return h / h.sum(dim=1, keepdim=True)
