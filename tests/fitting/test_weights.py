"""Declared row weights: what the models are fitted and stopped on, and what is refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.core.errors import PodiumError
from pipeline.dataset import Dataset
from pipeline.fitting.cuts import Cut, Resampled
from pipeline.fitting.fit import fit_fold
from pipeline.fitting.recipe import Recipe
from pipeline.models import Rows
from tests.toy_model import card, dataset_of, model_spec


def with_column(dataset: Dataset, weight: np.ndarray) -> Dataset:
    return replace(dataset, train=dataset.train.assign(x2=weight.astype("float32")))


def seen(dataset: Dataset, task: str, resampled: Resampled | None = None, **changes: Any) -> list[Rows]:
    """The rows that a model of the first fold is fitted on, and those that it stops on."""
    own = card(stops_early=True)
    recipe = Recipe(model_spec(task, **changes), own, own.defaults)
    rows: list[Rows] = fit_fold(dataset, recipe, cut_of(dataset, resampled)).estimators[0].seen
    return rows


def cut_of(dataset: Dataset, resampled: Resampled | None = None) -> Cut:
    return Cut(next(iter(dataset.folds)), tuple(dataset.kinds), resampled)


def test_one_over_the_target_s_square_of_mean_one(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, "regression")
    fitting, stopping = seen(dataset, "regression", weights="inverse_square", transform="identity")
    for rows in (fitting, stopping):
        assert rows.weight is not None
        squares = rows.weight * rows.y**2
        np.testing.assert_allclose(squares, squares[0])
    both = np.concatenate([fitting.weight, stopping.weight])
    assert both.mean() == pytest.approx(1)


def test_a_target_of_zero_is_left_out(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, "regression")
    target = dataset.target.copy()
    target[cut_of(dataset).fold.train[:5]] = 0
    parts = seen(replace(dataset, target=target), "regression", weights="inverse_square", transform="identity")
    assert sum(len(rows.y) for rows in parts) == len(cut_of(dataset).fold.train) - 5
    assert all((rows.y != 0).all() for rows in parts)


def test_a_column_weighs_its_rows_in_fitting_and_in_stopping(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, "binary")
    weight = np.where(dataset.target == 1, 3.0, 1.0)
    weight[cut_of(dataset).fold.train[0]] = 0
    parts = seen(with_column(dataset, weight), "binary", weights="x2")
    for rows in parts:
        assert rows.weight is not None
        assert rows.weight[rows.y == 1].min() == pytest.approx(3 * rows.weight[rows.y == 0].max())
    assert sum(len(rows.y) for rows in parts) == len(cut_of(dataset).fold.train) - 1


def test_synthetic_rows_count_as_the_mean_row(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, "binary")
    weighted = with_column(dataset, np.full(len(dataset.target), 7.0))
    made = Resampled(weighted.train.iloc[:4].reset_index(drop=True), np.ones(4, dtype=np.int64))
    fitting, _ = seen(weighted, "binary", made, weights="x2")
    assert fitting.weight is not None and fitting.made >= 1
    np.testing.assert_allclose(fitting.weight[-fitting.made :], 1)


def test_classes_and_rows_weigh_together(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, "binary")
    by_class = Resampled(weights={0: 1.0, 1: 4.0})
    fitting, _ = seen(with_column(dataset, np.full(len(dataset.target), 2.0)), "binary", by_class, weights="x2")
    assert fitting.weight is not None
    np.testing.assert_allclose(fitting.weight, np.where(fitting.y == 1, 4.0, 1.0))


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("colours", 1.0, "must be inverse_square, or name a feature or a key; got 'colours'. Did you mean colour?"),
        ("colour", 1.0, "finite numbers of at least 0; got 'colour', which holds texts"),
        ("x2", -1.0, "rows hold none"),
        ("x2", np.nan, "rows hold none"),
        ("x2", 0.0, "must have training rows that count"),
    ],
)
def test_what_holds_no_weights_is_refused(tmp_path: Path, column: str, value: float, said: str) -> None:
    dataset = dataset_of(tmp_path, "binary")
    with pytest.raises(PodiumError) as refused:
        seen(with_column(dataset, np.full(len(dataset.target), value)), "binary", weights=column)
    assert said in str(refused.value)
