"""Smooth stand-ins for metrics of many rows together, taken over a batch and averaged over a network's members.

Sources: Benedict et al. (2021), sigmoidF1, for the soft F-beta; Brown, Xie, Kalogeiton, Zisserman (2020), Smooth-AP;
de la Torre, Puig, Valls (2018), Weighted kappa loss function for multi-class classification of ordinal data.
"""

from __future__ import annotations

import torch
from torch import Tensor

_STEEPNESS = 10.0
_LEAST = 1e-12


def _one_against_rest(scores: Tensor, target: Tensor) -> list[tuple[int, Tensor]]:
    """The classes that are scored, each with whether a row is of it: the second of two, else those in the batch."""
    count = scores.shape[-1]
    classes = [1] if count == 2 else list(range(count))
    return [(c, (target == c).to(scores.dtype)) for c in classes]


def fbeta_loss(scores: Tensor, target: Tensor, weight: Tensor, beta: float) -> Tensor:
    """1 - F-beta, with probabilities for decisions; the mean over the classes in the batch beyond two.

    **Shape**: scores ``(n, heads, classes)``, class codes ``(n,)`` and row weights ``(n,)`` to one number.

    Examples
    --------
    >>> sure = torch.tensor([[[-9.0, 9.0]], [[9.0, -9.0]]])
    >>> fbeta_loss(sure, torch.tensor([1, 0]), torch.ones(2), 1.0).item() < 1e-6
    True
    """
    p, w = torch.softmax(scores, dim=-1), weight[:, None]
    losses = []
    for c, own in _one_against_rest(scores, target):
        found = (w * own[:, None] * p[..., c]).sum(dim=0)
        named, real = (w * p[..., c]).sum(dim=0), (weight * own).sum()
        score = (1 + beta**2) * found / (named + beta**2 * real).clamp_min(_LEAST)
        losses.append((1 - score).mean() * (real > 0))
    return _mean_over_present(losses, scores, target)


def average_precision_loss(scores: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """1 - average precision, a steep sigmoid for "stands above"; the mean over the classes in the batch beyond two.

    **Shape**: scores ``(n, heads, classes)``, class codes ``(n,)`` and row weights ``(n,)`` to one number.
    """
    losses = [
        _ranked(_odds(scores, c).T, own.bool(), weight) for c, own in _one_against_rest(scores, target) if own.any()
    ]
    return _mean_over_present(losses, scores, target)


def _odds(scores: Tensor, c: int) -> Tensor:
    """The log odds of one class against the rest, which rank as its probabilities do and never saturate."""
    rest = torch.cat([scores[..., :c], scores[..., c + 1 :]], dim=-1)
    return scores[..., c] - torch.logsumexp(rest, dim=-1)


def _ranked(scores: Tensor, own: Tensor, weight: Tensor) -> Tensor:
    """1 - the weighted mean, over the positive rows, of the share of positive ones among what stands above each.

    **Shape**: scores ``(heads, n)``, bool ``(n,)`` and weights ``(n,)`` to one number.
    """
    positive = scores[:, own]
    above = torch.sigmoid(_STEEPNESS * (scores[:, None, :] - positive[:, :, None])) * weight
    itself = 0.5 * weight[own]
    every = above.sum(dim=2) + itself
    right = above[:, :, own].sum(dim=2) + itself
    return 1 - ((right / every.clamp_min(_LEAST)) * weight[own]).sum(dim=1).mean() / weight[own].sum().clamp_min(_LEAST)


def _mean_over_present(losses: list[Tensor], scores: Tensor, target: Tensor) -> Tensor:
    present = 1 if scores.shape[-1] == 2 else len(torch.unique(target))
    return torch.stack(losses).sum() / present if losses else 0.0 * scores.sum()


def qwk_loss(values: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """1 - quadratic weighted kappa of values on the scale of ordered labels: squares within rows over those between.

    **Shape**: values ``(n, heads)``, targets ``(n,)`` and row weights ``(n,)`` to one number.

    Examples
    --------
    >>> ranks = torch.tensor([0.0, 1.0, 2.0])
    >>> qwk_loss(ranks[:, None], ranks, torch.ones(3)).item()
    0.0
    """
    share = (weight / weight.sum().clamp_min(_LEAST))[:, None]
    target = target[:, None]
    within = (share * (values - target).square()).sum(dim=0)
    mean, middle = (share * values).sum(dim=0), (share * target).sum(dim=0)
    spread = (share * (values - mean).square()).sum(dim=0) + (share * (target - middle).square()).sum(dim=0)
    return (within / (spread + (mean - middle).square()).clamp_min(_LEAST)).mean()
