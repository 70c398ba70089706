"""Losses of single rows, and the way back from what the focal loss gives to probabilities.

Sources: Lin, Goyal, Girshick, He and Dollar (2017), Focal loss for dense object detection; Charoenphakdee,
Vongkulbhisal, Chairatanakul and Sugiyama (2021), On focal loss for class-posterior probability estimation, for the way
back; Szegedy et al. (2016), Rethinking the Inception architecture, for label smoothing.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import huber_loss

from pipeline.nets.objectives import Objective
from pipeline.nets.surrogates import average_precision_loss, fbeta_loss, qwk_loss

_ANCHOR = 0.1


class Loss(nn.Module):
    """A batch's loss by an objective, averaged over the members of a network.

    In evaluation mode nothing is smoothed, so that early stopping looks at the plain loss. A soft F-beta or average
    precision has a tenth of the cross-entropy added: a batch without positive rows still teaches something.

    **Shape**: scores ``(n, heads, outputs)``, targets ``(n,)`` and row weights ``(n,)`` to one number.

    Parameters
    ----------
    objective : Objective
    mean, scale : float
        Of the target before it was standardised.
    """

    def __init__(self, objective: Objective, mean: float = 0.0, scale: float = 1.0) -> None:
        super().__init__()
        self.objective, self.mean, self.scale = objective, mean, scale

    def forward(self, scores: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """The mean loss of the batch, each row by its weight."""
        name = self.objective.name
        if name == "qwk":
            return qwk_loss(scores[..., 0], target, weight)
        rows = self._by_row(scores, target[:, None].expand(scores.shape[:2])).mean(dim=1)
        total = (rows * weight).sum() / weight.sum().clamp_min(1e-12)
        if name == "soft_fbeta":
            return fbeta_loss(scores, target, weight, self.objective.beta) + _ANCHOR * total
        if name == "soft_average_precision":
            return average_precision_loss(scores, target, weight) + _ANCHOR * total
        return total

    def _by_row(self, scores: Tensor, target: Tensor) -> Tensor:
        """Losses ``(n, heads)``."""
        of = self.objective
        if of.name in ("squared", "absolute", "huber", "rmspe"):
            return self._by_value(scores[..., 0], target)
        if of.name == "focal":
            return focal_loss(scores, target, of.gamma)
        return cross_entropy(scores, target, of.smoothing if self.training else 0.0)

    def _by_value(self, values: Tensor, target: Tensor) -> Tensor:
        if self.objective.name == "squared":
            return (values - target).square()
        if self.objective.name == "absolute":
            return (values - target).abs()
        if self.objective.name == "huber":
            return huber_loss(values, target, reduction="none", delta=self.objective.delta)
        if self.objective.logs:
            return percentage_error((values - target) * self.scale)
        actual = target * self.scale + self.mean
        return ((values - target) * self.scale / actual.abs().clamp_min(1e-6)).square()


def cross_entropy(scores: Tensor, target: Tensor, smoothing: float) -> Tensor:
    """Minus the log of the probability of the row's own class; with smoothing, mixed with the mean over all classes.

    **Shape**: scores ``(..., classes)`` and class codes ``(...)`` to losses ``(...)``.

    Examples
    --------
    >>> cross_entropy(torch.tensor([[0.0, 0.0]]), torch.tensor([1]), 0.1)
    tensor([0.6931])
    """
    log_p = torch.log_softmax(scores, dim=-1)
    own = -log_p.gather(-1, target[..., None])[..., 0]
    return own if smoothing == 0 else (1 - smoothing) * own - smoothing * log_p.mean(dim=-1)


def focal_loss(scores: Tensor, target: Tensor, gamma: float) -> Tensor:
    """Cross-entropy times ``(1 - p) ** gamma``, p being the probability of the row's own class: easy rows count less.

    **Shape**: scores ``(..., classes)`` and class codes ``(...)`` to losses ``(...)``.

    Examples
    --------
    >>> focal_loss(torch.tensor([[0.0, 0.0]]), torch.tensor([1]), 2.0)
    tensor([0.1733])
    """
    own = torch.log_softmax(scores, dim=-1).gather(-1, target[..., None])[..., 0]
    return -((1 - own.exp()) ** gamma) * own


def percentage_error(difference: Tensor) -> Tensor:
    """The squared relative error of a value whose logarithm is off by ``difference``; linear beyond a factor of e.

    **Shape**: any, to the same.

    Examples
    --------
    >>> percentage_error(torch.tensor([0.0, math.log(1.5), math.log(0.5)]))
    tensor([0.0000, 0.2500, 0.2500])
    """
    steepest = 2 * math.e * (math.e - 1)
    return torch.expm1(difference.clamp_max(1.0)).square() + steepest * (difference - 1.0).clamp_min(0.0)


def focal_posterior(p: Tensor, gamma: float) -> Tensor:
    """Class probabilities from what focal loss gives: its minimiser is flatter than the truth, in a known way.

    **Shape**: probabilities ``(..., classes)`` to probabilities ``(..., classes)``, in the same order row by row.

    Examples
    --------
    >>> focal_posterior(torch.tensor([[0.5, 0.5], [0.2, 0.8]]), 2.0)
    tensor([[0.5000, 0.5000],
            [0.0235, 0.9765]])
    """
    v = p.clamp(1e-7, 1 - 1e-7)
    slope = (1 - v) ** gamma - gamma * (1 - v) ** (gamma - 1) * v * v.log()
    h = v / slope
    return h / h.sum(dim=-1, keepdim=True)
