"""Columns that ``preprocess`` names and a table does not have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.core.errors import PodiumError
from pipeline.declaration.preprocess import Preprocess
from pipeline.fitting.named import check_monotone, check_named
from tests.toy_model import dataset_of


def check(root: Path, **lag: Any) -> None:
    lags = [{"by": ["street"], "time": "x1", "horizon": 1, "last": True, **lag}]
    check_named("toy", Preprocess.model_validate({"target_lags": lags}), dataset_of(root))


def test_names_that_are_there_pass(tmp_path: Path) -> None:
    check(tmp_path)


def test_a_lag_by_an_unknown_column_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(PodiumError, match=r"preprocess.target_lags must name feature columns.*Did you mean street"):
        check(tmp_path, by=["stret"])


def test_a_time_of_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PodiumError, match=r"target_lags\[0\].time must be a numeric feature, or a key"):
        check(tmp_path, time="street")


def test_a_direction_of_an_unknown_column_is_refused_with_the_nearest(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path)
    check_monotone("toy", {"x1": "increasing"}, dataset)
    with pytest.raises(PodiumError, match=r"monotone must name numeric features; got 'x11'. Did you mean x1\?"):
        check_monotone("toy", {"x11": "increasing"}, dataset)
    with pytest.raises(PodiumError, match=r"must name numeric features; got 'colour'"):
        check_monotone("toy", {"colour": "decreasing"}, dataset)
