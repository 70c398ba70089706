"""Batches by index: every row once, never one alone, a new order each epoch; what follows from a table's size."""

import doctest

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.nets import sizes, tables
from pipeline.nets.sizes import batch_size_for
from pipeline.nets.tables import Batches, Table


def table(rows):
    zero = torch.zeros(rows, 1)
    return Table(zero, zero.long(), torch.arange(rows), torch.ones(rows))


def test_examples():
    assert doctest.testmod(tables).failed == doctest.testmod(sizes).failed == 0


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


def test_batches_grow_with_the_table():
    grown = [batch_size_for(n) for n in (300, 800, 3_000, 20_000, 100_000, 10**6)]
    assert grown == sorted(grown) and grown[0] < grown[-1]
    assert batch_size_for(300, of_batches=True) >= 1_024
