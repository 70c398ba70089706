"""The perceptron's shapes, its batches, and its training's determinism."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.models import Rows, Setting, load
from pipeline.nets.estimator import NetEstimator, StopTraining, TableNet, batch_size_for, restore, save
from pipeline.nets.mlp import MLP, Architecture, Embeddings, embedding_size
from pipeline.nets.tables import Batches, Columns, Table

SMALL = Architecture(3, (4, 200), 2, (8, 8), dropout=0.1, embedding_dropout=0.1, residual=True)


def table(rows):
    zero = torch.zeros(rows, 1)
    return Table(zero, zero.long(), torch.arange(rows), torch.ones(rows))


def frame(n=120, seed=0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 3)).astype("float32"), columns=["a", "b", "c"])
    X["k"] = pd.Categorical(rng.integers(0, 3, n), categories=range(4))
    return X, (X["a"] + (X["k"] == 1) + rng.normal(size=n) * 0.1).to_numpy()


def setting(objective="regression", classes=0, **params):
    return Setting(
        {**load("mlp").defaults, "max_epochs": 5, "width": 16, "learning_rate": 5e-3, **params}, objective, classes, 11
    )


def trained(params=None, n=120, **kwargs):
    X, y = frame(n)
    chosen = setting(**(params or {}))
    net = NetEstimator(chosen.objective, chosen.classes, **kwargs)
    net.fit(chosen, Rows(X, y), Rows(*frame(40, seed=1)))
    return net


def test_shapes():
    scores = MLP(SMALL)(torch.zeros(5, 3), torch.zeros(5, 2, dtype=torch.int64))
    assert scores.shape == (5, 2)
    assert [embedding_size(k) for k in (2, 4, 200, 10**6)] == [3, 4, 32, 50]


def test_no_categories_and_no_numbers():
    only_numbers = MLP(Architecture(3, (), 1, (8,), 0.0, 0.0, False))
    assert only_numbers(torch.zeros(2, 3), torch.zeros(2, 0, dtype=torch.int64)).shape == (2, 1)
    only_codes = MLP(Architecture(0, (3,), 1, (8,), 0.0, 0.0, False))
    assert only_codes(torch.zeros(2, 0), torch.zeros(2, 1, dtype=torch.int64)).shape == (2, 1)


def test_unseen_codes_are_drawn_in_training_only():
    embeddings = Embeddings((3,), unseen_share=0.5)
    codes = torch.zeros(400, 1, dtype=torch.int64)
    last = embeddings.tables[0].weight[2]
    share = (embeddings.train()(codes) == last).all(dim=1).float().mean()
    assert 0.3 < share < 0.7
    assert not (embeddings.eval()(codes) == last).all(dim=1).any()


@settings(deadline=None, max_examples=60)
@given(rows=st.integers(2, 300), size=st.integers(1, 128))
def test_batches_hold_each_row_once_and_never_one_row(rows, size):
    batches = list(Batches(table(rows), size, torch.Generator().manual_seed(0)))
    assert sorted(torch.cat([target for _, (target, _) in batches]).tolist()) == list(range(rows))
    assert min(len(target) for _, (target, _) in batches) >= 2
    assert len(batches) == len(Batches(table(rows), size))


def test_batches_come_in_a_new_order_each_epoch():
    batches = Batches(table(64), 64, torch.Generator().manual_seed(0))
    first, second = (next(iter(batches))[1][0].tolist() for _ in range(2))
    assert first != second


def test_a_batch_of_one_row_is_never_trained_on():
    assert np.isfinite(trained({"batch_size": 64}, n=129).predict(frame(5)[0])).all()


def test_codes_missing_unseen_and_out_of_range_are_the_last():
    X, _ = frame(4)
    columns = Columns.of(X)
    assert columns.levels == {"k": 4}
    X["k"] = pd.Categorical([np.nan, 9, 1, 3], categories=[1, 3, 9])
    assert columns.tensors(X, "cpu")[1][:, 0].tolist() == [3, 3, 1, 3]


def test_same_seed_same_weights_and_no_trace_in_torchs_own_generator():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first = trained()
    assert torch.equal(torch.rand(3), expected)
    second = trained()
    for a, b in zip(first.module.state_dict().values(), second.module.state_dict().values(), strict=True):
        assert torch.equal(a, b)


def test_threads_are_put_back():
    before = torch.get_num_threads()
    trained(threads=2)
    assert torch.get_num_threads() == before


def test_the_best_epoch_is_restored():
    X, y = frame()
    far = Rows(X, y + 100.0)
    chosen = setting(max_epochs=30, patience=3)
    net = NetEstimator("regression", 0)
    net.fit(chosen, Rows(X, y), Rows(X, -y))
    assert net.rounds < 25
    assert np.isfinite(net.predict(far.X)).all()


def test_an_interrupt_by_the_user_goes_through(monkeypatch):
    def interrupted(self, *args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(TableNet, "train_step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        trained()
    assert not issubclass(StopTraining, KeyboardInterrupt)


def test_stored_without_pickle_and_restored(tmp_path):
    net, path = trained(), tmp_path / "net.safetensors"
    save(net, path)
    X, _ = frame(30, seed=4)
    np.testing.assert_array_equal(restore(path).predict(X), net.predict(X))
    assert b"pickle" not in path.read_bytes() and not path.read_bytes().startswith(b"PK")


def test_a_value_far_from_zero_is_standardised_inside():
    X, y = frame(200)
    chosen = setting(max_epochs=20)
    net = NetEstimator("regression", 0)
    net.fit(chosen, Rows(X, 1e6 + 1e4 * y), Rows(X, 1e6 + 1e4 * y))
    assert np.corrcoef(net.predict(X), y)[0, 1] > 0.8
    assert abs(net.predict(X).mean() - (1e6 + 1e4 * y).mean()) < 5e3


def test_batches_grow_with_the_table():
    assert [batch_size_for(n) for n in (300, 800, 3_000, 20_000, 10**6)] == [32, 64, 128, 256, 1024]
