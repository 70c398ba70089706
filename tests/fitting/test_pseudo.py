"""Pseudo-labels: teachers that have not seen the validation rows, students that gain, and what each row counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline import models
from pipeline.core.tables import read_json
from pipeline.dataset import Dataset, read_dataset
from pipeline.declaration.train import PseudoLabels
from pipeline.fitting.affording import measure
from pipeline.fitting.cuts import Cut
from pipeline.fitting.fit import fit_fold, fit_prepared, prepare_fold
from pipeline.fitting.foldmodel import FoldModel
from pipeline.fitting.pseudo import fit_taught, label
from pipeline.fitting.recipe import Recipe
from pipeline.fitting.training import Labelled
from pipeline.folds import Fold
from pipeline.members import read_members
from pipeline.stages.train import run
from tests.toy_model import Counting, card, dataset_of, install, model_spec, table_of, train_job


def recipe_of(task: str, **plan: Any) -> Recipe:
    spec = model_spec(task, metric={"regression": "rmse", "binary": "auc"}.get(task, "log_loss"))
    return Recipe(spec, card(), {"alpha": 1.0}, pseudo=PseudoLabels.model_validate(plan))


def cuts_of(dataset: Dataset) -> list[Cut]:
    return [Cut(fold, tuple(dataset.kinds)) for fold in dataset.folds]


def labelled_by(dataset: Dataset, recipe: Recipe, cut: Cut, teacher: FoldModel) -> Labelled:
    return label(dataset, recipe, cut, prepare_fold(dataset, recipe, cut), teacher)


def accuracy(model: FoldModel, dataset: Dataset, rows: np.ndarray) -> float:
    return float(((model.predict(dataset.train.iloc[rows]) > 0.5) == dataset.target[rows]).mean())


def remembering(**plan: Any) -> Recipe:
    """Trees that know every row they have seen by heart."""
    params = {**models.load("extra_trees").defaults, "n_estimators": 20, "min_samples_leaf": 1}
    own = models.load("extra_trees")
    return replace(recipe_of("binary", **plan), card=own, params=params)


def test_a_teacher_that_has_seen_the_validation_rows_would_tell_their_targets_and_ours_does_not() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(400, 3))
    dataset = table_of((x, x), rng.integers(0, 2, 400), "binary")  # the target is drawn by lot, the test rows are ours
    recipe, cut = remembering(share=1.0, weight=1.0), cuts_of(dataset)[0]
    honest = fit_taught(dataset, recipe, cut).model
    every = Cut(Fold("all", np.arange(400), np.empty(0, dtype=np.int64)), cut.columns)
    prepared = prepare_fold(dataset, recipe, cut)
    leaking = label(dataset, recipe, cut, prepared, fit_fold(dataset, recipe, every))
    leaky = fit_prepared(dataset, recipe, cut, prepared.beside(leaking))
    assert abs(accuracy(honest, dataset, cut.fold.valid) - 0.5) < 0.1
    assert accuracy(leaky, dataset, cut.fold.valid) > 0.9


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_a_validation_rows_target_bears_on_nothing(tmp_path: Path, task: str) -> None:
    dataset = dataset_of(tmp_path, task)
    cut, recipe = Cut(next(iter(dataset.folds)), tuple(dataset.kinds)), recipe_of(task)
    target = dataset.target.copy()
    target[cut.fold.valid] = target[cut.fold.valid][::-1] + (task == "regression")
    assert not np.array_equal(target, dataset.target)
    valid = dataset.train.iloc[cut.fold.valid]
    before, after = (
        fit_taught(d, recipe, cut).model.predict(valid) for d in (dataset, replace(dataset, target=target))
    )
    assert before.tobytes() == after.tobytes()


def test_students_gain_where_few_rows_are_labelled_and_the_classes_lie_apart() -> None:
    rng = np.random.default_rng(7)
    y, tested = np.arange(24) // 2 % 2, rng.integers(0, 2, 1500)
    x = tuple(
        rng.normal(size=(len(part), 12)) + 1.1 * (2 * part[:, None] - 1) * (np.arange(12) < 3) for part in (y, tested)
    )
    dataset, gains = table_of((x[0], x[1]), y, "binary"), []
    for cut in cuts_of(dataset):
        taught = fit_taught(dataset, recipe_of("binary", share=0.7, weight=1.0), cut)
        assert taught.teacher is not None
        teacher, student = ((m.predict(dataset.test) > 0.5) == tested for m in (taught.teacher, taught.model))
        gains.append(student.mean() - teacher.mean())
    assert np.mean(gains) > 0.03 and min(gains) > 0


def test_hard_labels_are_the_surest_of_each_class_at_their_weight(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path)
    cut = Cut(next(iter(dataset.folds)), tuple(dataset.kinds))
    taught = fit_taught(dataset, recipe_of("binary", share=0.25, weight=0.3), cut)
    (seen,) = taught.model.estimators[0].seen
    real, p = len(cut.fold.train), taught.teacher.predict(dataset.test)  # type: ignore[union-attr]
    called = (p > 0.5).astype(int)
    counts = [int(np.ceil(0.25 * (called == code).sum())) for code in (0, 1)]
    assert np.bincount(seen.y[real:]).tolist() == counts and seen.made == sum(counts) == taught.facts["labelled"]
    np.testing.assert_allclose(seen.weight, [1.0] * real + [0.3] * seen.made)
    sure = np.sort(p)[-counts[1] :]
    again = labelled_by(dataset, recipe_of("binary", share=0.25), cut, taught.teacher)  # type: ignore[arg-type]
    np.testing.assert_allclose(np.sort(taught.teacher.predict(again.frame[again.y == 1])), sure)  # type: ignore[union-attr]
    assert taught.facts["target"] == pytest.approx({str(k): counts[k] / sum(counts) for k in (0, 1)})


def test_soft_labels_are_a_row_a_class_that_sum_up_to_the_weight(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, "multiclass")
    cut = Cut(next(iter(dataset.folds)), tuple(dataset.kinds))
    recipe = recipe_of("multiclass", share=1.0, weight=0.5, labels="soft")
    teacher = fit_fold(dataset, recipe, cut)
    found, p = labelled_by(dataset, recipe, cut, teacher), teacher.predict(dataset.test)
    assert found.rows == len(dataset.test) and found.weight.sum() == pytest.approx(0.5 * found.rows)
    by_class = [found.weight[found.y == code].sum() for code in range(3)]
    np.testing.assert_allclose(by_class, 0.5 * p.sum(axis=0), rtol=0.05)


def test_values_are_labelled_where_the_repeats_differ_least(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, "regression")
    cut = Cut(next(iter(dataset.folds)), tuple(dataset.kinds))
    recipe = replace(recipe_of("regression", share=0.5), repeats=3)
    recipe = replace(recipe, spec=model_spec("regression"))
    teacher = fit_fold(dataset, recipe, cut)
    found, raws = labelled_by(dataset, recipe, cut, teacher), np.std(teacher.raws(dataset.test), axis=0)
    assert found.rows == len(found.y) == len(dataset.test) // 2
    chosen = np.isin(np.arange(len(raws)), np.argsort(raws)[: found.rows])
    np.testing.assert_allclose(np.expm1(found.y), teacher.predict(dataset.test)[chosen])


def test_declared_weights_hold_for_labelled_rows_by_their_labels(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, "regression")
    cut = Cut(next(iter(dataset.folds)), tuple(dataset.kinds))
    spec = model_spec("regression", weights="inverse_square", transform="identity")
    taught = fit_taught(dataset, replace(recipe_of("regression", weight=1.0), spec=spec), cut)
    (seen,) = taught.model.estimators[0].seen
    squares = seen.weight * seen.y**2
    np.testing.assert_allclose(squares, squares[0])


def test_labelled_rows_are_never_stopped_on(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path)
    cut = Cut(next(iter(dataset.folds)), tuple(dataset.kinds))
    own = card(stops_early=True)
    taught = fit_taught(dataset, replace(recipe_of("binary", share=1.0), card=own), cut)
    fitting, stopping = taught.model.estimators[0].seen
    assert stopping.made == 0 and fitting.made > 30
    assert len(stopping.y) + len(fitting.y) - fitting.made == len(cut.fold.train)


def test_a_sample_of_the_rows_has_as_large_a_sample_of_the_test_rows_labelled(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path)
    cut = Cut(next(iter(dataset.folds)), tuple(dataset.kinds))
    recipe = replace(recipe_of("binary", share=1.0), most_rows=60)
    found = [labelled_by(dataset, recipe, cut, fit_fold(dataset, recipe, cut)) for _ in range(2)]
    assert found[0].rows == len(dataset.test) * 60 // len(cut.fold.train)
    assert found[0].frame.equals(found[1].frame)


def test_a_pilot_fits_teacher_and_student(tmp_path: Path) -> None:
    counting = Counting()
    dataset = dataset_of(tmp_path)
    recipe = replace(recipe_of("binary"), card=card(fit=counting))
    measure(dataset, recipe, Cut(next(iter(dataset.folds)), tuple(dataset.kinds)), seconds=10.0)
    assert counting.count == 4, "both, and both once more"


def test_a_run_keeps_the_students_predictions_and_the_teachers_scores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(interrupt_at=4)
    install(monkeypatch, card(fit=counting))
    plain = train_job(tmp_path / "plain")
    job, whole = (train_job(tmp_path / name, pseudo={"share": 0.5}) for name in ("killed", "whole"))
    with pytest.raises(KeyboardInterrupt):
        run(job)
    counting.interrupt_at = None
    for each in (job, whole, plain):
        run(each)
    assert counting.count == 4 + 8 + 10 + 5, "the finished fold is not fitted again, the one under way is"
    again, (member,), (alone,) = read_members(whole.out)[0], read_members(job.out), read_members(plain.out)
    assert member.oof.tobytes() == again.oof.tobytes() and member.test.tobytes() == again.test.tobytes()
    assert not np.array_equal(member.oof, alone.oof)
    scores, without = (read_json(each.out / "scores.json")["toy"] for each in (job, plain))
    assert scores["without_pseudo_labels"] == without["scores"] and "without_pseudo_labels" not in without
    known = read_json(job.out / "model.json")["members"]["toy"]["pseudo_labels"]
    names = read_dataset(job).folds.names
    assert list(known["rows"]) == names and all(19 <= rows <= 22 for rows in known["rows"].values())
    assert sum(known["target"][names[0]].values()) == pytest.approx(1)
