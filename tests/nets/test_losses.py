"""Losses of rows: their values and limits, the way back to probabilities, and networks that are fitted with them."""

import doctest

import numpy as np
import pytest
import torch

from pipeline.core.errors import PodiumError
from pipeline.declaration.metric import Metric
from pipeline.models import Rows, Setting, load
from pipeline.nets import losses
from pipeline.nets.losses import Loss, cross_entropy, focal_loss, focal_posterior, percentage_error
from pipeline.nets.objectives import FOR_CLASSES, FOR_VALUES, Objective, objective_of
from tests.nets.toy import frame, setting

SCORES = torch.tensor([[0.3, -1.0, 0.2], [2.0, 0.0, 1.0]], dtype=torch.float64)
CODES = torch.tensor([1, 0])


def test_examples():
    assert doctest.testmod(losses).failed == 0


def test_without_gamma_it_is_cross_entropy():
    plain = torch.nn.CrossEntropyLoss(reduction="none")(SCORES, CODES)
    torch.testing.assert_close(focal_loss(SCORES, CODES, 0.0), plain)
    torch.testing.assert_close(cross_entropy(SCORES, CODES, 0.0), plain)


def test_smoothing_is_torchs_own_and_ends_with_training():
    smooth = torch.nn.CrossEntropyLoss(reduction="none", label_smoothing=0.1)(SCORES, CODES)
    torch.testing.assert_close(cross_entropy(SCORES, CODES, 0.1), smooth)
    loss = Loss(Objective("cross_entropy", smoothing=0.1))
    rows = SCORES[:, None], CODES, torch.ones(2).double()
    torch.testing.assert_close(loss.train()(*rows), smooth.mean())
    torch.testing.assert_close(loss.eval()(*rows), cross_entropy(SCORES, CODES, 0.0).mean())


def test_easy_rows_count_less_than_hard_ones():
    share = focal_loss(SCORES, CODES, 2.0) / focal_loss(SCORES, CODES, 0.0)
    torch.testing.assert_close(share, (1 - torch.softmax(SCORES, 1)[[0, 1], CODES]) ** 2)


def test_the_relative_error_has_no_kink_and_grows_on_a_line_beyond_e():
    points = torch.tensor([0.999, 1.001, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
    percentage_error(points).sum().backward()
    near, beyond, two, three = points.grad
    assert near.item() == pytest.approx(beyond.item(), rel=0.01)
    assert two == three


def test_rmspe_of_logarithms_and_of_values_agree_near_the_truth():
    actual = torch.tensor([100.0, 2_000.0])
    logs, mean, scale = actual.log(), 5.0, 2.0
    said = torch.log(actual * 1.02)
    by_logs = Loss(Objective("rmspe", logs=True), mean, scale)
    plain = Loss(Objective("rmspe"), 1_000.0, 500.0)
    parts = [(said - mean) / scale, (logs - mean) / scale], [(actual * 1.02 - 1e3) / 500, (actual - 1e3) / 500]
    for loss, (value, target) in zip((by_logs, plain), parts, strict=True):
        assert loss(value[:, None, None], target, torch.ones(2)).item() == pytest.approx(4e-4, rel=0.01)


@pytest.mark.parametrize("eta", [0.01, 0.3, 0.9])
@pytest.mark.parametrize("gamma", [0.5, 2.0])
def test_the_way_back_finds_the_probability_that_the_loss_was_least_for(eta, gamma):
    q = torch.linspace(1e-4, 1 - 1e-4, 200_001, dtype=torch.float64)
    risk = -eta * (1 - q) ** gamma * q.log() - (1 - eta) * q**gamma * (1 - q).log()
    least = q[risk.argmin()]
    back = focal_posterior(torch.stack([1 - least, least])[None], gamma)
    assert back[0, 1].item() == pytest.approx(eta, abs=2e-4)


def fitted(rows, objective="binary", classes=2, **params):
    card = load("mlp")
    own = {**card.defaults, "max_epochs": 12, "width": 16, "learning_rate": 5e-3, **params}
    model = card.build(Setting(own, objective, classes, 3))
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


@pytest.mark.parametrize("loss", FOR_CLASSES)
@pytest.mark.parametrize("objective", ["binary", "multiclass"])
def test_every_loss_of_classes_trains_a_net_that_ranks(loss, objective):
    X, y = classes()
    card, model = fitted(Rows(X, y), objective, 3 if objective == "multiclass" else 2, loss=loss, batch_size=64)
    assert np.corrcoef(card.predict(model, X)[:, 1], y)[0, 1] > 0.4


@pytest.mark.parametrize("loss", FOR_VALUES)
def test_every_loss_of_values_trains_a_net_that_predicts(loss):
    X, y = frame(400)
    card, model = fitted(Rows(X, 5 + y), "regression", 0, loss=loss, batch_size=64)
    assert np.mean((card.predict(model, X) - 5 - y) ** 2) < 0.5 * np.var(y)


@pytest.mark.parametrize(
    ("metric", "objective", "loss"),
    [
        ("accuracy", "binary", "cross_entropy"),
        ("rmse", "regression", "squared"),
        ("mae", "regression", "absolute"),
        ("rmspe", "regression", "rmspe"),
        ("smape", "regression", "absolute"),
        ("qwk", "regression", "squared"),
    ],
)
def test_auto_is_the_sane_default_for_the_metric(metric, objective, loss):
    assert objective_of(setting(objective, metric=Metric(name=metric)), "mlp").name == loss


def test_beta_is_the_metrics_own():
    own = setting("binary", 2, loss="soft_fbeta", metric=Metric(name="fbeta", beta=2.0))
    assert objective_of(own, "mlp").beta == 2.0


@pytest.mark.parametrize(
    ("params", "objective", "words"),
    [
        ({"loss": "hinge"}, "binary", "models.mlp.loss must be auto or, where classes are predicted"),
        ({"gamma": 2}, "binary", "models.mlp.gamma belongs to loss: focal only"),
        ({"loss": "focal"}, "regression", "where values are predicted"),
        ({"loss": "focal", "gamma": 0}, "binary", "must be a number from"),
        ({"loss": "huber", "delta": "wide"}, "regression", "models.mlp.delta must be a number"),
        ({"module": "cnn"}, "binary", "models.mlp.module must be one of mlp, transformer"),
        ({"heads": 4}, "binary", "models.mlp.heads belongs to module: tabm"),
        ({"module": "transformer", "width": 30}, "binary", "must be a multiple of attention_heads, 4"),
        ({"shared": [["a", "b"], ["b", "c"]]}, "binary", "models.mlp.shared must name each column once"),
    ],
)
def test_settings_without_effect_or_sense_are_refused(params, objective, words):
    card = load("mlp")
    with pytest.raises(PodiumError, match=words):
        card.build(Setting({**card.defaults, **params}, objective, 2, 0))
