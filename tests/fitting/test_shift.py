"""Weights against a shift: they follow the density ratio, never the target, and help where the model is too simple."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.core.errors import PodiumError
from pipeline.core.tables import read_json
from pipeline.dataset import Dataset, Feature
from pipeline.fitting.cuts import Cut
from pipeline.fitting.fit import fit_fold
from pipeline.fitting.recipe import Recipe
from pipeline.fitting.shift import weigh_shift
from pipeline.stages.train import run
from tests.toy_model import card, install, model_spec, table_of, train_job

ROWS = 1500
PLAN: dict[str, Any] = {"clip": 10.0, "leave_out": [], "seed": 5}


def world(task: str, shift: float, rows: int = ROWS) -> tuple[Dataset, np.ndarray]:
    """One column that the target bends over, standard normal in training, moved in the test rows; their answers."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(rows, 2)).astype("float32"), rng.normal(size=(rows, 2)).astype("float32")
    x[1][:, 0] = shift + (0.5 if shift else 1.0) * x[1][:, 0]
    y = [part[:, 0] ** 2 + 0.3 * rng.normal(size=rows) for part in x]
    if task != "regression":
        y = [(part > 1).astype(np.int64) for part in y]
    return table_of(x, y[0], task), y[1]


def spec_of(task: str, **changes: Any) -> Any:
    metric = {"regression": "rmse"}.get(task, "auc")
    return model_spec(task, metric=metric, shift={**PLAN, **changes})


def test_a_row_counts_by_how_much_denser_the_test_rows_lie_around_it() -> None:
    dataset, _ = world("regression", 1.5)
    found = weigh_shift(spec_of("regression"), dataset)
    a = dataset.train["a"].to_numpy(dtype=float)
    true = np.exp(-2 * (a - 1.5) ** 2 + a**2 / 2) * 2
    assert found is not None and found.weight.mean() == pytest.approx(1)
    assert np.corrcoef(found.weight, np.minimum(true, 10))[0, 1] > 0.8
    assert found.auc > 0.85 and found.leading[0] == "a" and 0.1 < found.effective < 0.6


def test_the_target_is_never_looked_at() -> None:
    dataset, _ = world("regression", 1.0)
    other = replace(dataset, target=np.full(ROWS, np.nan))
    both = [weigh_shift(spec_of("regression"), part) for part in (dataset, other)]
    assert both[0] is not None and both[1] is not None
    assert both[0].weight.tobytes() == both[1].weight.tobytes()


def test_files_that_are_alike_leave_every_row_the_same() -> None:
    found = weigh_shift(spec_of("binary"), world("binary", 0.0)[0])
    assert found is not None and (found.weight == 1).all() and "every row counts the same" in found.told()


@pytest.mark.parametrize("task", ["regression", "binary"])
def test_a_model_too_simple_for_the_whole_is_fitted_where_the_test_rows_lie(task: str) -> None:
    dataset, answers = world(task, 1.5)
    cut = Cut(next(iter(dataset.folds)), ("a", "b"))
    losses = []
    for spec in (spec_of(task).model_copy(update={"shift": None}), spec_of(task)):
        recipe = Recipe(spec, card(), {"alpha": 1.0}, shift=weigh_shift(spec, dataset))
        losses.append(float(np.mean((fit_fold(dataset, recipe, cut).predict(dataset.test) - answers) ** 2)))
    assert losses[1] < 0.8 * losses[0]


def test_declared_weights_are_multiplied_and_the_clip_holds() -> None:
    dataset, _ = world("regression", 1.5)
    own = np.where(np.arange(ROWS) % 4 < 2, 3.0, 1.0).astype("float32")
    dataset = replace(
        dataset,
        train=dataset.train.assign(own=own),
        test=dataset.test.assign(own=own),
        features=[*dataset.features, Feature(name="own", kind="numeric", builder="clean")],
    )
    spec = spec_of("regression", clip=2.0, leave_out=["own"]).model_copy(update={"weights": "own"})
    shift, cut = weigh_shift(spec, dataset), Cut(next(iter(dataset.folds)), ("a", "b"))
    assert shift is not None and shift.clipped > 0.1
    model = fit_fold(dataset, Recipe(spec, card(), {"alpha": 1.0}, shift=shift), cut)
    both = (shift.weight * own)[cut.fold.train]
    np.testing.assert_allclose(model.estimators[0].seen[0].weight, both / both.mean())
    assert (shift.weight == shift.weight.max()).mean() == pytest.approx(shift.clipped)


@pytest.mark.parametrize(
    ("shift", "changes", "said"),
    [
        (9.0, {"clip": 1000.0}, r"at least 5% of the training rows in effect; got .*AUC.*leave_out: \[a"),
        (1.0, {"leave_out": ["aa"]}, r"shift_weights\.leave_out must name features; got 'aa'"),
        (1.0, {"leave_out": ["a", "b"]}, "must leave a feature"),
    ],
)
def test_what_cannot_be_weighted_is_refused(shift: float, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(PodiumError, match=said):
        weigh_shift(spec_of("regression", **changes), world("regression", shift, 600)[0])


def test_a_run_records_what_the_weights_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    plain, job = train_job(tmp_path / "plain"), train_job(tmp_path / "weighted", shift=PLAN)
    run(plain)
    run(job)
    known = read_json(job.out / "model.json")["shift_weights"]
    assert 0 < known["effective"] <= 1 and known["auc"] > 0 and len(known["leading"]) == 3
    assert "shift_weights" not in read_json(plain.out / "model.json")
