"""Training: its determinism, its pace, the average of weights, the best epoch, and going on after a kill."""

import numpy as np
import pytest
import torch

from pipeline.models import Rows
from pipeline.nets import checkpoint
from pipeline.nets.callbacks import Pace, StopTraining
from pipeline.nets.loop import TableNet
from pipeline.nets.storage import restore, save
from tests.nets.toy import frame, setting, trained, unfitted


def same(first, second):
    pairs = zip(first.module.state_dict().values(), second.module.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_same_seed_same_weights_and_no_trace_in_torchs_own_state():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first = trained()
    assert torch.equal(torch.rand(3), expected)
    assert not torch.are_deterministic_algorithms_enabled()
    assert same(first, trained())


def test_threads_are_put_back():
    before = torch.get_num_threads()
    trained(threads=2)
    assert torch.get_num_threads() == before


def test_a_batch_of_one_row_is_never_trained_on():
    assert np.isfinite(trained({"batch_size": 64}, n=129).predict(frame(5)[0])).all()


def test_the_pace_warms_up_and_falls_to_nothing():
    pace = Pace(1e-3, steps=100, warm_up=0.1)
    shares = [pace.share(step) for step in range(100)]
    assert shares.index(max(shares)) == 10 and max(shares) == pytest.approx(1.0)
    assert shares[:10] == sorted(shares[:10]) and shares[10:] == sorted(shares[10:], reverse=True)
    assert 0 < shares[-1] < 0.01


def test_the_best_epoch_is_restored():
    X, y = frame()
    chosen = setting(max_epochs=30, patience=3)
    net = unfitted(chosen)
    net.fit(chosen, Rows(X, y), Rows(X, -y))
    assert net.rounds < 25
    assert np.isfinite(net.predict(X)).all()


def test_without_stopping_rows_every_epoch_is_trained():
    assert trained({"max_epochs": 4}, held=False).rounds == 4


def test_averaged_weights_lag_behind_and_are_what_is_kept():
    plain, averaged = (trained({"ema": decay, "max_epochs": 2}, held=False) for decay in (0.0, 0.99))
    start = trained({"learning_rate": 1e-12, "max_epochs": 1}, held=False)
    moved = [
        (net.module.body.blocks[0].linear.weight - start.module.body.blocks[0].linear.weight).norm()
        for net in (plain, averaged)
    ]
    assert 0 < moved[1] < 0.9 * moved[0]


def test_biases_norms_and_embeddings_do_not_decay(monkeypatch):
    seen = {}
    monkeypatch.setattr(TableNet, "on_train_end", lambda net, *a, **k: seen.update(net=net))
    trained({"weight_decay": 0.3, "numbers": "piecewise"})
    net = seen["net"]
    decaying = {id(p) for g in net.optimizer_.param_groups if g["weight_decay"] > 0 for p in g["params"]}
    names = {name for name, p in net.module_.named_parameters() if id(p) in decaying}
    assert names == {"body.blocks.0.linear.weight", "body.blocks.1.linear.weight", "head.weight"}


def test_an_interrupt_by_the_user_goes_through(monkeypatch):
    def interrupted(self, *args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(TableNet, "train_step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        trained()
    assert not issubclass(StopTraining, KeyboardInterrupt)


@pytest.mark.parametrize(("ema", "held"), [(0.0, True), (0.9, True), (0.9, False)])
def test_a_killed_training_goes_on_to_the_same_bytes(tmp_path, monkeypatch, ema, held):
    monkeypatch.setattr(checkpoint, "ROWS_APART", 240)
    params = {"max_epochs": 7, "ema": ema, "dropout": 0.3, "checkpoints": tmp_path / "states"}
    begun = []
    plain = TableNet.on_epoch_begin

    def killed(self, *args, **kwargs):
        begun.append(self.epochs_)
        if len(begun) == 6:
            raise KeyboardInterrupt
        plain(self, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(TableNet, "on_epoch_begin", killed)
        with pytest.raises(KeyboardInterrupt):
            trained(params, held=held)
        begun.append("again")
        resumed = trained(params, held=held)
    assert begun == [0, 1, 2, 3, 4, 5, "again", 4, 5, 6]
    whole = trained({**params, "checkpoints": None}, held=held)
    assert same(resumed, whole) and resumed.rounds == whole.rounds and resumed.losses == whole.losses
    assert len(whole.losses) == (7 if held else 0)


def test_another_training_does_not_take_up_the_checkpoint(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "ROWS_APART", 1)
    for params in ({}, {"dropout": 0.1}):
        trained({**params, "checkpoints": tmp_path})
    trained({"checkpoints": tmp_path}, n=121)
    assert len(list(tmp_path.glob("*.safetensors"))) == 3


@pytest.mark.parametrize("params", [{}, {"numbers": "piecewise"}, {"module": "transformer"}, {"ema": 0.9}])
def test_stored_without_pickle_and_restored(tmp_path, params):
    net, path = trained(params), tmp_path / "net.safetensors"
    save(net, path)
    X, _ = frame(30, seed=4)
    np.testing.assert_array_equal(restore(path).predict(X), net.predict(X))
    assert b"pickle" not in path.read_bytes() and not path.read_bytes().startswith(b"PK")


def test_a_value_far_from_zero_is_standardised_inside():
    X, y = frame(200)
    chosen = setting(max_epochs=20)
    net = unfitted(chosen)
    net.fit(chosen, Rows(X, 1e6 + 1e4 * y), Rows(X, 1e6 + 1e4 * y))
    assert np.corrcoef(net.predict(X), y)[0, 1] > 0.8
    assert abs(net.predict(X).mean() - (1e6 + 1e4 * y).mean()) < 5e3
