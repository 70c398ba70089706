"""Smooth metrics: right at the ends, near the metric in between, and worth descending."""

import doctest

import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score, cohen_kappa_score, fbeta_score

from pipeline.nets import surrogates
from pipeline.nets.surrogates import average_precision_loss, fbeta_loss, qwk_loss

RNG = np.random.default_rng(3)
TARGET = RNG.integers(0, 2, 200)
SIGNAL = TARGET + RNG.normal(size=200)


def binary(scores, sharp=1.0):
    half = torch.tensor(scores * sharp / 2, dtype=torch.float64)
    return torch.stack([-half, half], dim=1)[:, None, :]


def test_examples():
    assert doctest.testmod(surrogates).failed == 0


@pytest.mark.parametrize("beta", [0.5, 1.0, 2.0])
def test_sure_decisions_give_the_f_beta_itself(beta):
    loss = fbeta_loss(binary(SIGNAL - 0.5, sharp=1e6), torch.tensor(TARGET), torch.ones(200).double(), beta)
    assert 1 - loss.item() == pytest.approx(fbeta_score(TARGET, SIGNAL > 0.5, beta=beta), abs=1e-6)


def test_spread_scores_give_the_average_precision_itself():
    loss = average_precision_loss(binary(SIGNAL, sharp=1e5), torch.tensor(TARGET), torch.ones(200).double())
    assert 1 - loss.item() == pytest.approx(average_precision_score(TARGET, SIGNAL), abs=1e-3)


def test_whole_labels_give_the_quadratic_weighted_kappa_itself():
    true, said = RNG.integers(0, 4, 300), RNG.integers(0, 4, 300)
    loss = qwk_loss(torch.tensor(said).double()[:, None], torch.tensor(true).double(), torch.ones(300).double())
    assert 1 - loss.item() == pytest.approx(cohen_kappa_score(true, said, weights="quadratic"), abs=1e-9)


@pytest.mark.parametrize("heads", [1, 3])
@pytest.mark.parametrize("classes", [2, 3])
def test_a_weight_of_two_is_the_row_twice(heads, classes):
    torch.manual_seed(0)
    scores, target = torch.randn(12, heads, classes).double(), torch.arange(12) % classes
    twice = torch.cat([torch.arange(12), torch.arange(4)])
    weight = torch.ones(12).double().index_fill(0, torch.arange(4), 2.0)
    for loss in (average_precision_loss, lambda *parts: fbeta_loss(*parts, 1.0)):
        heavy, doubled = loss(scores, target, weight), loss(scores[twice], target[twice], torch.ones(16).double())
        torch.testing.assert_close(heavy, doubled, atol=0.06 if loss is average_precision_loss else 1e-9, rtol=0)


@pytest.mark.parametrize("loss", [average_precision_loss, lambda *parts: fbeta_loss(*parts, 2.0)])
def test_descending_improves_it_and_a_batch_of_one_class_is_no_error(loss):
    start = torch.zeros(200, requires_grad=True, dtype=torch.float64)
    features, target = torch.tensor(SIGNAL), torch.tensor(TARGET)
    weight, values = torch.ones(200).double(), []
    slope = torch.zeros(1, requires_grad=True, dtype=torch.float64)
    for _ in range(20):
        values.append(loss(torch.stack([start, slope * features], dim=1)[:, None], target, weight))
        slope.data -= 0.5 * torch.autograd.grad(values[-1], slope)[0]
    assert values[-1] < values[0] - 0.02
    alone = loss(torch.zeros(5, 1, 2, requires_grad=True), torch.zeros(5, dtype=torch.int64), torch.ones(5))
    assert alone.isfinite() and alone.requires_grad
