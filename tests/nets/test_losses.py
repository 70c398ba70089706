"""Focal loss: its values, its limit, the way back to probabilities, and the network that is fitted with it."""

import doctest

import numpy as np
import pytest
import torch

from pipeline.core.errors import PodiumError
from pipeline.models import Rows, Setting, load
from pipeline.nets import losses
from pipeline.nets.losses import FocalLoss, focal_posterior
from tests.nets.test_mlp import frame

SCORES = torch.tensor([[0.3, -1.0, 0.2], [2.0, 0.0, 1.0]], dtype=torch.float64)
CODES = torch.tensor([1, 0])


def test_examples():
    assert doctest.testmod(losses).failed == 0


def test_without_gamma_it_is_cross_entropy():
    plain = torch.nn.CrossEntropyLoss(reduction="none")(SCORES, CODES)
    torch.testing.assert_close(FocalLoss(0.0)(SCORES, CODES), plain)


def test_easy_rows_count_less_than_hard_ones():
    share = FocalLoss(2.0)(SCORES, CODES) / FocalLoss(0.0)(SCORES, CODES)
    torch.testing.assert_close(share, (1 - torch.softmax(SCORES, 1)[[0, 1], CODES]) ** 2)


@pytest.mark.parametrize("eta", [0.01, 0.3, 0.9])
@pytest.mark.parametrize("gamma", [0.5, 2.0])
def test_the_way_back_finds_the_probability_that_the_loss_was_least_for(eta, gamma):
    q = torch.linspace(1e-4, 1 - 1e-4, 200_001, dtype=torch.float64)
    risk = -eta * (1 - q) ** gamma * q.log() - (1 - eta) * q**gamma * (1 - q).log()
    least = q[risk.argmin()]
    back = focal_posterior(torch.stack([1 - least, least])[None], gamma)
    assert back[0, 1].item() == pytest.approx(eta, abs=2e-4)


def fitted(rows, **params):
    card = load("mlp")
    setting = Setting({**card.defaults, "max_epochs": 12, "width": 16, "learning_rate": 5e-3, **params}, "binary", 2, 3)
    model = card.build(setting)
    card.fit(model, rows, None)
    return card, model


def classes(n=400):
    X, signal = frame(n)
    return X, (signal + np.random.default_rng(1).normal(size=n) > 1.2).astype(int)


def test_a_net_on_focal_loss_gives_probabilities_and_is_stored_with_its_gamma(tmp_path):
    X, y = classes()
    card, model = fitted(Rows(X, y), loss="focal", gamma=3)
    p = card.predict(model, X)[:, 1]
    assert abs(p.mean() - y.mean()) < 0.06 and np.corrcoef(p, y)[0, 1] > 0.4
    card.save(model, tmp_path / "net.safetensors")
    again = card.restore(tmp_path / "net.safetensors")
    np.testing.assert_array_equal(card.predict(again, X)[:, 1], p)
    assert again.estimator.gamma == 3.0


def test_focal_loss_honours_weights():
    X, y = classes()
    heavy, light = (fitted(Rows(X, y, np.where(y == 1, w, 1.0)), loss="focal") for w in (8.0, 1.0))
    assert heavy[0].predict(heavy[1], X)[:, 1].mean() > light[0].predict(light[1], X)[:, 1].mean() + 0.1


@pytest.mark.parametrize(
    ("params", "objective", "words"),
    [
        ({"loss": "hinge"}, "binary", "models.mlp.loss must be plain or focal"),
        ({"gamma": 2}, "binary", "models.mlp.gamma belongs to loss: focal only"),
        ({"loss": "focal"}, "regression", "must be plain where values are predicted"),
        ({"loss": "focal", "gamma": 0}, "binary", "must be a number above 0"),
    ],
)
def test_settings_without_effect_or_sense_are_refused(params, objective, words):
    card = load("mlp")
    with pytest.raises(PodiumError, match=words):
        card.build(Setting({**card.defaults, **params}, objective, 2, 0))
