"""The task and the metric."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.scaffold.guess import Guess
from pipeline.scaffold.halves import Files
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.read import Raw
from pipeline.scaffold.task import Aim, find_aim, parse_metric

RNG = np.random.default_rng(0)


def aim(target: list[Any], sample: list[Any] | None = None, metric: str | None = None) -> Aim:
    train = pd.DataFrame({"y": pd.Series([str(v) for v in target], dtype="str")})
    shown = None if sample is None else pd.DataFrame({"id": "1", "y": pd.Series([str(v) for v in sample], dtype="str")})
    raw = Raw(train, train[[]], shown, Files("train.csv", "test.csv", None))
    return find_aim(raw, Keys(Guess("id", ""), Guess("y", ""), ("y",) if sample else ()), metric, "toy")


def told(*args: Any, **keys: Any) -> tuple[str, str]:
    found = aim(*args, **keys)
    return found.task.value, found.metric.value["name"]


@pytest.mark.parametrize(
    ("target", "sample", "expected"),
    [
        ([0, 1] * 50, None, ("binary", "auc")),
        ([0, 1] * 50, [0] * 10, ("binary", "auc")),
        ([0, 1] * 50, [0.5] * 10, ("binary", "auc")),
        ([0, 1] * 50, [0, 1, 1, 0], ("binary", "accuracy")),
        (["True", "False"] * 50, ["False"] * 5, ("binary", "accuracy")),
        (["yes", "no"] * 50, ["no"] * 5, ("binary", "accuracy")),
        (["1.0", "0.0"] * 50, ["1", "0"] * 5, ("binary", "accuracy")),
        (["a", "b", "c"] * 50, None, ("multiclass", "accuracy")),
        ([1, 2, 3, 4, 5] * 50, None, ("multiclass", "accuracy")),
        ([1, 2, 3, 4, 5] * 50, [2.7] * 5, ("regression", "rmse")),
        (list(range(100)), None, ("regression", "rmse")),
        (RNG.normal(size=200).tolist(), None, ("regression", "rmse")),
        (np.exp(RNG.normal(10, 1, size=200)).tolist(), None, ("regression", "rmsle")),
        (["1,5", "2,25", "7,125", "3,5"] * 20, None, ("regression", "rmse")),
        ((-np.exp(RNG.normal(10, 1, size=200))).tolist(), None, ("regression", "rmse")),
    ],
)
def test_task_and_metric_follow_the_values(
    target: list[Any], sample: list[Any] | None, expected: tuple[str, str]
) -> None:
    assert told(target, sample) == expected


def test_an_asked_metric_decides_where_the_values_allow_it() -> None:
    assert told([1, 2, 3, 4, 5] * 50, metric="rmse") == ("regression", "rmse")
    assert told(list(range(30)) * 2, metric="qwk") == ("multiclass", "qwk")
    assert told([0, 1] * 50, metric="mae") == ("regression", "mae")


@pytest.mark.parametrize(
    ("target", "metric"), [(["a", "b"] * 50, "rmse"), ([n / 7 for n in range(500)], "auc"), ([0, 1] * 50, "map@3")]
)
def test_a_metric_that_does_not_fit_is_refused(target: list[Any], metric: str) -> None:
    with pytest.raises(PodiumError, match="--metric must fit the target"):
        aim(target, metric=metric)


def test_a_metric_may_carry_its_parameter() -> None:
    assert parse_metric("f2", "toy").value == {"name": "fbeta", "beta": 2.0}
    assert parse_metric("map@5", "toy").value == {"name": "map_at_k", "k": 5}
    with pytest.raises(PodiumError, match="Did you mean accuracy"):
        parse_metric("acuracy", "toy")


def test_a_positive_word_is_declared_where_it_does_not_come_last() -> None:
    found = aim(["yes", "zero"] * 20).positive
    assert found is not None and found.value == "yes"
    assert aim(["no", "yes"] * 20).positive is None
    assert aim([1, 0] * 20).positive is None


def test_a_constant_target_is_refused() -> None:
    with pytest.raises(PodiumError, match="must vary"):
        aim([1] * 30)
