"""The first zoo."""

from __future__ import annotations

import pytest

from pipeline import models
from pipeline.scaffold.models import MANY_ROWS, STARTERS, Size, find_folds, find_zoo


def size(rows: int, columns: int = 30, classes: int = 2, rarest: int = 1000, metric: str = "auc") -> Size:
    return Size(rows, columns, classes, rarest, metric)


def test_starters_that_the_zoo_lacks_are_passed_over() -> None:
    assert set(find_zoo(size(500), 20).models) <= set(models.names())


@pytest.mark.parametrize("rows", [150, 2_000, 30_000, 100_000, 300_000, 2_000_000])
@pytest.mark.parametrize(("columns", "classes"), [(8, 2), (30, 0), (400, 2), (20, 30)])
def test_every_setting_is_one_that_its_model_has(rows: int, columns: int, classes: int) -> None:
    found = size(rows, columns, classes)
    zoo = find_zoo(found, find_folds(found).value["folds"])
    for name, guess in zoo.models.items():
        card = models.load(name)
        assert set(guess.value) <= {*card.defaults, *card.also}, name
    assert {"lightgbm", "xgboost", "mlp"} <= set(zoo.models)


def test_slow_ones_are_left_out_on_many_rows_with_the_reason() -> None:
    assert find_zoo(size(900), 20).left_out == {}
    zoo = find_zoo(size(MANY_ROWS + 1), 5)
    assert set(zoo.models) | set(zoo.left_out) == {s.name for s in STARTERS} & set(models.names())
    assert "50,001 rows" in zoo.left_out["extra_trees"].why


def test_support_vectors_have_a_part_in_tables_of_up_to_20_000_rows() -> None:
    assert "svm" in find_zoo(size(20_000), 5).models
    assert "20,001 rows" in find_zoo(size(20_001), 5).left_out["svm"].why


def test_factorization_machines_take_fewer_sweeps_on_many_rows_and_sit_out_many_columns() -> None:
    few, many = (find_zoo(size(rows, columns=12), 5).models["fm"].value for rows in (5_000, 200_000))
    assert few == {} and 50 <= many["n_iter"] < 100
    assert "400 columns" in find_zoo(size(5_000, columns=400), 8).left_out["fm"].why


def test_networks_have_periodic_numbers_and_tabm_as_many_nets_as_leave_it_its_epochs() -> None:
    few, many = (find_zoo(size(rows), 5) for rows in (1_500, 12_000))
    assert few.models["mlp"].value == {"numbers": "periodic", "dropout": 0.2}
    assert few.train["mlp"].value == {"variants": [{"numbers": "plain", "dropout": 0.4}]}
    assert few.models["tabm"].value == {}
    assert many.models["tabm"].value == {"heads": 4, "numbers": "periodic", "max_epochs": 45}


def test_few_rows_are_fitted_without_early_stopping_and_many_rows_in_fewer_rounds() -> None:
    few, many = (find_zoo(size(rows), 10).models["lightgbm"].value for rows in (300, 300_000))
    assert few["early_stopping_rounds"] is None
    assert many["n_estimators"] < 1000 and many["learning_rate"] > 0.03


def test_many_columns_of_hardly_anything_do_not_cost_rounds() -> None:
    dense = Size(5_000, 1_500, 2, 1000, "auc")
    sparse = Size(5_000, 1_500, 2, 1000, "auc", varied=12.5)
    narrow = Size(5_000, 20, 2, 1000, "auc", varied=2.5)
    assert (dense.worked, sparse.worked, narrow.worked) == (1_500, 30, 20)
    full, spared = (find_zoo(found, 8).models for found in (dense, sparse))
    assert full["lightgbm"].value["learning_rate"] == 0.2
    assert spared["lightgbm"].value == {"feature_fraction": 0.3}
    assert spared["catboost"].value["n_estimators"] > 5 * full["catboost"].value["n_estimators"]
    assert spared["xgboost"].value == full["xgboost"].value


def test_absolute_errors_are_trained_on() -> None:
    zoo = find_zoo(size(2000, classes=0, metric="mae"), 8)
    assert zoo.models["lightgbm"].value["objective"] == "mae"


@pytest.mark.parametrize(
    ("rows", "rarest", "expected"),
    [
        (150, 50, {"kind": "stratified", "folds": 10, "repeats": 2}),
        (150, 3, {"kind": "stratified", "folds": 3, "repeats": 2}),
        (5_000, 900, {"kind": "stratified", "folds": 8}),
        (100_000, 900, {"kind": "stratified", "folds": 5}),
        (1_000_000, 900, {"kind": "stratified", "folds": 3}),
    ],
)
def test_folds_go_by_the_rows_and_the_rarest_label(rows: int, rarest: int, expected: dict[str, object]) -> None:
    assert find_folds(size(rows, rarest=rarest)).value == expected
