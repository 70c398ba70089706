import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.dataset import Dataset
from pipeline.declaration.preprocess import Preprocess
from pipeline.fitting.cuts import Cut, Resampled
from pipeline.fitting.fit import fit_fold
from pipeline.fitting.foldmodel import FoldModel
from pipeline.fitting.recipe import Recipe, planned
from pipeline.preprocess import Preprocessor
from tests.toy_model import Counting, card, dataset_of, install, model_spec

STATISTICS = Preprocess.model_validate(
    {"target_statistics": [{"columns": ["street"], "smoothing": 2}, {"columns": ["colour", "street"]}]}
)
TASKS = ["binary", "multiclass", "regression"]


def recipe_of(task: str, repeats: int = 1, **changes) -> Recipe:
    own = card(**changes)
    return Recipe(model_spec(task, preprocess=STATISTICS), own, own.defaults, repeats)


def cut_of(dataset: Dataset, number: int = 0, resampled: Resampled | None = None) -> Cut:
    return Cut(list(dataset.folds)[number], tuple(dataset.kinds), resampled)


def valid_rows(dataset: Dataset, cut: Cut) -> pd.DataFrame:
    return dataset.train.iloc[cut.fold.valid]


def copies(dataset: Dataset, cut: Cut, of_class: int, times: int = 3) -> Resampled:
    """Random oversampling: each training row of a class, some times more."""
    rows = cut.fold.train[dataset.target[cut.fold.train] == of_class].repeat(times)
    return Resampled(dataset.train.iloc[rows].reset_index(drop=True), dataset.target[rows])


@pytest.mark.parametrize("task", TASKS)
def test_predictions_are_on_the_final_scale_and_better_than_chance(tmp_path: Path, task: str) -> None:
    dataset = dataset_of(tmp_path, task)
    cut = cut_of(dataset)
    prediction = fit_fold(dataset, recipe_of(task), cut).predict(valid_rows(dataset, cut))
    y = dataset.target[cut.fold.valid]
    assert len(prediction) == len(y) and prediction.dtype == np.float64
    if task == "multiclass":
        np.testing.assert_allclose(prediction.sum(axis=1), 1)
        assert (prediction.argmax(axis=1) == y).mean() > 0.45
    else:
        assert np.corrcoef(prediction, y)[0, 1] > 0.4
    if task == "regression":
        assert abs(np.median(prediction / y) - 1) < 0.1


@pytest.mark.parametrize("task", TASKS)
def test_what_a_validation_row_is_predicted_does_not_depend_on_its_target(tmp_path: Path, task: str) -> None:
    dataset = dataset_of(tmp_path, task)
    cut = cut_of(dataset, 2)
    target = dataset.target.copy()
    target[cut.fold.valid] = target[cut.fold.valid][::-1] if task == "regression" else 1 - target[cut.fold.valid] % 2
    recipe = recipe_of(task, repeats=2, stops_early=True)
    before, after = (
        fit_fold(data, recipe, cut).predict(valid_rows(dataset, cut))
        for data in (dataset, replace(dataset, target=target))
    )
    assert not np.array_equal(target, dataset.target) and before.tobytes() == after.tobytes()


@pytest.mark.parametrize("task", TASKS)
def test_a_stored_fold_model_predicts_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str
) -> None:
    install(monkeypatch)
    dataset = dataset_of(tmp_path, task)
    resampled = copies(dataset, cut_of(dataset), 1) if task == "binary" else None
    model = fit_fold(dataset, recipe_of(task, repeats=2), cut_of(dataset, 0, resampled))
    model.save(tmp_path / "stored")
    again = FoldModel.load(tmp_path / "stored")
    assert again.predict(dataset.test).tobytes() == model.predict(dataset.test).tobytes()
    assert again.scale == model.scale and again.columns == model.columns
    assert sorted(file.name for file in (tmp_path / "stored").iterdir()) == [
        "fold.json",
        "model-0.json",
        "model-1.json",
        "preprocess.json",
    ]


def test_only_the_selected_columns_are_eaten_and_keys_through_statistics_alone(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path)
    cut = replace(cut_of(dataset), columns=("x2", "street"))
    model = fit_fold(dataset, recipe_of("binary"), cut)
    assert model.columns == ("x2", "target_by_street", "target_by_colour_street")
    assert set(model.importance()) == set(model.columns)


def test_stopping_rows_are_real_rows_of_the_fold_that_are_not_fitted_on(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path)
    cut = cut_of(dataset)
    model = fit_fold(dataset, recipe_of("binary", repeats=2, stops_early=True), cut)
    for estimator in model.estimators:
        training, stopping = estimator.seen
        assert len(training.y) + len(stopping.y) == len(cut.fold.train)
        assert abs(len(stopping.y) - 0.2 * len(cut.fold.train)) <= 2
    first, second = (estimator.seen[1].X.to_numpy() for estimator in model.estimators)
    assert not np.array_equal(first, second)


def test_a_table_that_was_split_to_stop_on_is_let_go_before_the_last_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset, made, alive = dataset_of(tmp_path, "binary"), [], []
    fit_transform, own = Preprocessor.fit_transform, card(stops_early=True)

    def remembered(*args) -> pd.DataFrame:
        X = fit_transform(*args)
        made.append(weakref.ref(X))
        return X

    def fit(estimator, training, stopping) -> None:
        alive.append(made[-1]() is not None)
        own.fit(estimator, training, stopping)

    monkeypatch.setattr(Preprocessor, "fit_transform", remembered)
    fit_fold(dataset, recipe_of("binary", repeats=3, stops_early=True, fit=fit), cut_of(dataset))
    assert alive == [True, True, False]


def test_without_early_stopping_rounds_all_rows_are_fitted_on(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path)
    cut = cut_of(dataset)
    own = card(stops_early=True)
    model = fit_fold(dataset, Recipe(model_spec("binary"), own, {**own.defaults, "early_stopping_rounds": None}), cut)
    assert [len(seen.y) for seen in model.estimators[0].seen] == [len(cut.fold.train)]


def test_boosting_that_stopped_is_fitted_again_on_all_of_a_small_tables_rows(tmp_path: Path) -> None:
    dataset, counting = dataset_of(tmp_path), Counting()
    cut, own = cut_of(dataset), card(stops_early=True, fit=counting)
    params = {**own.defaults, "n_estimators": 500, "early_stopping_rounds": 5}
    model = fit_fold(dataset, Recipe(model_spec("binary", stopping_refit="auto"), own, params, repeats=2), cut)
    stopped = fit_fold(dataset, Recipe(model_spec("binary", stopping_refit=False), own, params, repeats=2), cut)
    assert counting.count == 4 + 2
    for again, first in zip(model.estimators, stopped.estimators, strict=True):
        assert [len(seen.y) for seen in again.seen] == [len(cut.fold.train)]
        growth = len(cut.fold.train) / len(first.seen[0].y)
        # The toy stops at as many rounds as it has rows.
        assert again.setting.params["n_estimators"] == round(len(first.seen[0].y) * growth) == len(cut.fold.train)
        assert again.setting.params["early_stopping_rounds"] is None and again.setting.seed == first.setting.seed
    assert model.curves == stopped.curves and model.curves[0] is not None, "the curve is that of the fit that stopped"
    net = fit_fold(dataset, Recipe(model_spec("binary", stopping_refit=True), own, own.defaults), cut)
    assert len(net.estimators[0].seen) == 2, "nothing counts its rounds"


def test_copies_of_stopping_rows_are_not_fitted_on(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path)
    cut = cut_of(dataset)
    resampled = copies(dataset, cut, 1)
    spec = model_spec("binary")
    own = card(stops_early=True)
    model = fit_fold(dataset, Recipe(spec, own, own.defaults), cut_of(dataset, 0, resampled))
    training, stopping = model.estimators[0].seen
    held = {row.tobytes() for row in stopping.X.to_numpy()}
    assert not held & {row.tobytes() for row in training.X.to_numpy()}
    assert len(training.y) > len(cut.fold.train)
    assert training.made == len(training.y) - (len(cut.fold.train) - len(stopping.y)) > 0


def test_resampling_keeps_probabilities_on_the_true_prior(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path)
    cut = cut_of(dataset)
    rate = dataset.target[cut.fold.train].mean()
    recipe = recipe_of("binary")
    plain = fit_fold(dataset, recipe, cut).predict(dataset.train).mean()
    for resampled in (copies(dataset, cut, 1, times=5), Resampled(weights={0: 1.0, 1: 6.0})):
        model = fit_fold(dataset, recipe, cut_of(dataset, 0, resampled))
        uncorrected = replace(model, scale=replace(model.scale, prior=())).predict(dataset.train).mean()
        corrected = model.predict(dataset.train).mean()
        assert abs(corrected - rate) < 0.12 < uncorrected - rate
        assert abs(plain - rate) < 0.06


def test_weights_of_one_class_equal_copies_of_its_rows(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path)
    cut = cut_of(dataset)
    recipe = Recipe(model_spec("binary"), card(), {"alpha": 1.0})
    weighted = fit_fold(dataset, recipe, cut_of(dataset, 0, Resampled(weights={0: 1.0, 1: 4.0})))
    copied = fit_fold(dataset, recipe, cut_of(dataset, 0, copies(dataset, cut, 1)))
    np.testing.assert_allclose(weighted.predict(dataset.test), copied.predict(dataset.test), rtol=1e-6)


def test_dropped_rows_are_not_fitted_on_but_preprocessing_has_seen_them(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path)
    cut = cut_of(dataset)
    dropped = cut.fold.train[dataset.target[cut.fold.train] == 0][:20]
    model = fit_fold(dataset, recipe_of("binary"), cut_of(dataset, 0, Resampled(dropped=dropped)))
    assert len(model.estimators[0].seen[0].y) == len(cut.fold.train) - 20 == model.rows
    whole = fit_fold(dataset, recipe_of("binary"), cut)
    assert model.preprocessor.to_state() == whole.preprocessor.to_state()


def test_rows_without_a_logarithm_do_not_train_and_are_predicted(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, "regression")
    dataset = replace(dataset, target=np.where(np.arange(150) < 40, 0.0, dataset.target))
    cut = cut_of(dataset)
    recipe = Recipe(model_spec("regression", metric="rmspe"), card(), {"alpha": 1.0})
    model = fit_fold(dataset, recipe, cut)
    assert model.rows == (dataset.target[cut.fold.train] > 0).sum() < len(cut.fold.train)
    assert (model.predict(valid_rows(dataset, cut)) > 0).all()


def test_a_class_that_the_fold_lacks_gets_probability_zero(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, "multiclass")
    cut = cut_of(dataset)
    without = replace(cut.fold, train=cut.fold.train[dataset.target[cut.fold.train] != 1])
    prediction = fit_fold(dataset, recipe_of("multiclass"), replace(cut, fold=without)).predict(dataset.test)
    assert prediction.shape == (40, 3) and (prediction[:, 1] == 0).all()
    np.testing.assert_allclose(prediction.sum(axis=1), 1)


def test_a_fold_of_one_class_is_refused(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path)
    cut = cut_of(dataset)
    alone = replace(cut.fold, train=cut.fold.train[dataset.target[cut.fold.train] == 1])
    with pytest.raises(PodiumError, match="fold r0f0 must have training rows of at least two classes"):
        fit_fold(dataset, recipe_of("binary"), replace(cut, fold=alone))


def test_predictions_that_are_no_numbers_name_the_model_and_the_fold(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path)
    recipe = replace(recipe_of("binary"), params={"alpha": 1.0, "fails": True})
    with pytest.raises(PodiumError, match=r"toy-binary: models.toy must give finite predictions; got 40 of 40 .*r0f1"):
        fit_fold(dataset, recipe, cut_of(dataset, 1)).predict(dataset.test)


def test_a_statistic_of_an_unknown_column_is_refused_with_the_nearest(tmp_path: Path) -> None:
    statistics = Preprocess.model_validate({"target_statistics": [{"columns": ["stret"]}]})
    recipe = Recipe(model_spec("binary", preprocess=statistics), card(), {"alpha": 1.0})
    dataset = dataset_of(tmp_path)
    with pytest.raises(PodiumError, match="Did you mean street"):
        fit_fold(dataset, recipe, cut_of(dataset))


def test_small_tables_are_fitted_by_one_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, cores=2)
    recipe, load = planned(model_spec("binary"), dataset_of(tmp_path), {"alpha": 1.0}, repeats=3)
    assert (recipe.threads, recipe.repeats, recipe.device, load.jobs) == (1, 3, "cpu", 2)


def test_with_a_shuffled_target_statistics_of_small_groups_score_chance(tmp_path: Path) -> None:
    """The same with statistics that are not cross-fitted scores worse, which shows that the test can tell."""
    dataset = dataset_of(tmp_path)
    shuffled = replace(dataset, target=np.random.default_rng(5).permutation(dataset.target))
    statistics = {"target_statistics": [{"columns": ["street"], "method": "leave_one_out", "smoothing": 1}]}
    recipe = Recipe(model_spec("binary", preprocess=statistics), card(), {"alpha": 1.0})
    oof = np.empty(len(shuffled.target))
    for cut in (cut_of(shuffled, number) for number in range(5)):
        oof[cut.fold.valid] = fit_fold(shuffled, recipe, cut).predict(valid_rows(shuffled, cut))
    assert abs(np.corrcoef(oof, shuffled.target)[0, 1]) < 0.2
