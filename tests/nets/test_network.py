"""The network's shapes for every body and every way in, and where weight decay applies."""

import doctest
from dataclasses import replace

import pytest
import torch

from pipeline.nets import network
from pipeline.nets.architecture import Architecture
from pipeline.nets.network import Network, together
from tests.nets.toy import SMALL

CODES = torch.zeros(5, 2, dtype=torch.int32)
BINS = ((-1.0, 0.0, 1.0), (0.0, 1.0), (-2.0, -1.0, 0.0, 2.0))


def test_examples():
    assert doctest.testmod(network).failed == 0


@pytest.mark.parametrize("embedded", ["plain", "periodic", "piecewise"])
@pytest.mark.parametrize(("body", "heads"), [("mlp", 1), ("transformer", 1), ("tabm", 6), ("tabm-mini", 6)])
def test_every_body_takes_numbers_in_every_way(body, heads, embedded):
    own = replace(SMALL, body=body, heads=heads, embedded=embedded, number_width=8, bins=BINS)
    scores = Network(own, start=(0.5, -0.5))(torch.randn(5, 3), CODES)
    assert scores.shape == (5, heads, 2)
    assert scores.isfinite().all()


@pytest.mark.parametrize("body", ["mlp", "transformer", "tabm-mini"])
def test_numbers_alone_and_categories_alone(body):
    heads = 4 if body == "tabm-mini" else 1
    for numbers, levels in ((3, ()), (0, (3, 9))):
        own = Architecture(numbers, levels, tuple(range(len(levels))), 1, body=body, heads=heads, width=8)
        codes = torch.zeros(2, len(levels), dtype=torch.int32)
        assert Network(own)(torch.zeros(2, numbers), codes).shape == (2, heads, 1)


def test_members_differ_and_are_judged_together():
    torch.manual_seed(0)
    scores = Network(replace(SMALL, body="tabm", heads=3)).eval()(torch.randn(5, 3), CODES)
    assert scores.std(dim=1).min() > 0
    whole = together(scores, "binary")
    torch.testing.assert_close(torch.softmax(whole[:, 0], 1), torch.softmax(scores, 2).mean(dim=1))
    torch.testing.assert_close(together(scores, "regression")[:, 0], scores.mean(dim=1))


@pytest.mark.parametrize("norm", ["batch", "layer", "none"])
def test_norms_and_the_residual_path(norm):
    own = replace(SMALL, norm=norm, layers=3, activation="gelu")
    blocks = Network(own).body.blocks
    assert [block.adds for block in blocks] == [False, True, True]
    assert not any(block.adds for block in Network(replace(own, residual=False)).body.blocks)


def test_the_record_comes_back_from_json():
    own = replace(SMALL, bins=BINS)
    import json
    from dataclasses import asdict

    assert Architecture.from_state(json.loads(json.dumps(asdict(own)))) == own
