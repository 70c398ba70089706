"""Columns as tensors, and how numbers and categories are embedded."""

import doctest

import numpy as np
import pandas as pd
import pytest
import torch

from pipeline.core.errors import PodiumError
from pipeline.nets import categories
from pipeline.nets.categories import Embeddings, HashedEmbedding, embedding_size
from pipeline.nets.columns import Columns
from pipeline.nets.numbers import find_bins
from tests.nets.toy import frame


def pair(home, away):
    levels = sorted({*home, *away})
    return pd.DataFrame({"home": pd.Categorical(home, levels[:-1]), "away": pd.Categorical(away, levels[1:])})


def test_examples():
    assert doctest.testmod(categories).failed == 0
    assert [embedding_size(k) for k in (2, 4, 200, 10**6)] == [3, 4, 32, 50]


def test_missing_and_unseen_levels_share_the_last_code():
    X, _ = frame(4)
    columns = Columns.of(X)
    assert columns.levels == (4,)
    X["k"] = pd.Categorical([np.nan, "new", "y", "z"], categories=["z", "y", "new"])
    assert columns.tensors(X, "cpu")[1][:, 0].tolist() == [3, 3, 1, 2]
    assert Columns.from_state(columns.to_state()) == columns


def test_columns_that_hold_the_same_ids_share_a_vocabulary():
    X = pair(["ada", "bob", "bob"], ["bob", "cid", "bob"])
    apart, together = Columns.of(X), Columns.of(X, [["home", "away"]])
    assert len(apart.vocabularies) == 2 and together.vocabularies == (("ada", "bob", "cid"),)
    codes = together.tensors(X, "cpu")[1]
    assert codes[1, 0] == codes[0, 1] == 1
    shared = Embeddings(together.levels, together.table, 0.0, 100)
    first, second = torch.cat([part.flatten(1) for part in shared(codes)], dim=1)[2].chunk(2)
    torch.testing.assert_close(first, second)
    assert sum(p.numel() for p in shared.parameters()) == 4 * embedding_size(4)


def test_sharing_what_is_no_category_is_refused():
    with pytest.raises(PodiumError, match=r"shared must name categorical columns of the model; got 'hom'.*home"):
        Columns.of(pair(["ada"], ["bob"]), [["hom", "away"]])


def test_columns_come_in_the_order_that_widths_tell():
    embeddings = Embeddings((2, 200, 3, 200), (0, 1, 2, 3), 0.0, 150)
    parts = embeddings(torch.zeros(6, 4, dtype=torch.int32))
    assert [part.shape[2] for part in parts for _ in range(part.shape[1])] == embeddings.widths
    assert sorted(column for own in embeddings.columns for column in own) == [0, 1, 2, 3]


def test_unseen_codes_are_drawn_in_training_only():
    embeddings = Embeddings((3,), (0,), 0.5, 100)
    codes = torch.zeros(400, 1, dtype=torch.int32)
    last = embeddings.tables[0].weight[2]
    share = (embeddings.train()(codes)[0][:, 0] == last).all(dim=1).float().mean()
    assert 0.3 < share < 0.7
    assert not (embeddings.eval()(codes)[0][:, 0] == last).all(dim=1).any()


def test_a_wide_vocabulary_shares_few_rows_and_keeps_its_levels_apart():
    hashed = HashedEmbedding(levels=5_001, buckets=300, size=4)
    vectors = hashed(torch.arange(5_001, dtype=torch.int32)[:, None])[:, 0]
    assert hashed.rows.weight.shape == (301, 4)
    assert len(torch.unique(vectors.detach(), dim=0)) > 4_800
    torch.testing.assert_close(vectors[-1], 2 * hashed.rows.weight[300])


def test_bins_are_quantiles_with_ties_once():
    even = torch.arange(1_000.0)
    numbers = torch.stack([even, (even > 900).float(), torch.full_like(even, 7.0)], dim=1)
    first, second, third = find_bins(numbers, 10)
    assert len(first) == 11 and (first[0], first[-1]) == (0.0, 999.0)
    assert second == (0.0, 1.0)
    assert third == (6.5, 7.5)
    assert len(find_bins(numbers[:100], 48)[0]) <= 6
