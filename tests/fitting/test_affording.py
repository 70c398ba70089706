"""What is cut where a model cannot have all it wants."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.fitting import affording
from pipeline.fitting.affording import Cost, Line, _parted, afford, measure, rounds_cut, wanted_rounds, with_rounds
from pipeline.fitting.cuts import Cut
from pipeline.fitting.fit import fit_fold
from pipeline.fitting.recipe import Recipe
from tests.toy_model import Counting, card, dataset_of, model_spec


def recipe_of(**params: Any) -> Recipe:
    return Recipe(model_spec("binary"), card(), params)


def test_rounds_that_are_wanted() -> None:
    assert wanted_rounds({"n_estimators": 900, "early_stopping_rounds": 50}) == 300
    assert wanted_rounds({"n_estimators": 900, "early_stopping_rounds": None}) == 900
    assert wanted_rounds({"max_epochs": 60, "early_stopping_rounds": None}) == 60
    assert wanted_rounds({"C": 1.0}) is None
    assert wanted_rounds({"max_epochs": None}) == 60


def test_fewer_rounds_learn_faster_within_bounds() -> None:
    boosted = {"n_estimators": 900, "early_stopping_rounds": 50, "learning_rate": 0.03}
    assert with_rounds(boosted, 450) == {**boosted, "n_estimators": 450}, "a third of the most is expected"
    assert with_rounds(boosted, 100) == {**boosted, "n_estimators": 100, "learning_rate": 0.09}
    assert with_rounds(boosted, 5)["learning_rate"] == 0.3
    assert with_rounds({**boosted, "learning_rate": None}, 5)["learning_rate"] is None
    assert with_rounds({"max_epochs": 60, "learning_rate": 0.01}, 6) == {"max_epochs": 6, "learning_rate": 0.01}


def test_an_open_number_of_rounds_stays_open_unless_it_must_be_cut() -> None:
    assert with_rounds({"max_epochs": None}, 70) == {"max_epochs": None}
    assert with_rounds({"max_epochs": None}, 12) == {"max_epochs": 12}


BY_ROWS = Cost(Line(0.0, 0.0), Line(0.0, 1e-3))


def test_with_time_enough_nothing_is_cut() -> None:
    recipe = recipe_of(n_estimators=300, learning_rate=0.05, early_stopping_rounds=None)
    assert afford(recipe, BY_ROWS, [1000], seconds=5.0) == recipe


def test_rounds_are_cut_before_rows_and_rows_before_the_model() -> None:
    recipe = recipe_of(n_estimators=600, learning_rate=0.05, early_stopping_rounds=None)
    half = afford(recipe, BY_ROWS, [20_000], seconds=10.0)
    assert half is not None and half.params["n_estimators"] == 300 and half.most_rows is None
    scarce = afford(recipe, BY_ROWS, [20_000], seconds=1.0)
    assert scarce is not None and scarce.params["n_estimators"] == 100 and scarce.most_rows == 6000
    assert BY_ROWS.seconds(6000, 1 / 6) == pytest.approx(1.0)
    assert afford(recipe, BY_ROWS, [20_000], seconds=0.1) is None
    assert afford(recipe, BY_ROWS, [20_000], seconds=1.0, fewest=7000) is None
    rounds_less = afford(recipe_of(C=1.0), BY_ROWS, [20_000], seconds=5.0)
    assert rounds_less is not None and rounds_less.most_rows == 5000


def test_a_sampler_keeps_half_of_its_sweeps() -> None:
    few = afford(recipe_of(n_iter=100), BY_ROWS, [20_000], seconds=5.0)
    assert few is not None and few.params["n_iter"] == 50 and few.most_rows == 10_000


def test_what_counts_as_fewer_rounds() -> None:
    stopping = {"n_estimators": 900, "early_stopping_rounds": 50}
    assert not rounds_cut(stopping, with_rounds(stopping, 300)), "a third of the most is expected"
    assert rounds_cut(stopping, with_rounds(stopping, 299))
    assert rounds_cut({"max_epochs": None}, {"max_epochs": 12}), "no other rate tells of it"
    assert not rounds_cut({"max_epochs": None}, {"max_epochs": None})
    assert not rounds_cut({"C": 1.0}, {"C": 1.0})


def test_a_second_fit_is_spared_before_rounds_are() -> None:
    recipe = recipe_of(n_estimators=300, learning_rate=0.05, early_stopping_rounds=30)
    recipe = replace(recipe, spec=recipe.spec.model_copy(update={"stopping_refit": True}))
    twice = replace(BY_ROWS, again=True)
    assert afford(recipe, twice, [1000], seconds=6.1) == recipe
    enough = afford(recipe, twice, [1000], seconds=4.0)
    assert enough is not None and enough.spec.stopping_refit and enough.params["n_estimators"] == 200
    short = afford(recipe, twice, [1000], seconds=1.5)
    assert short is not None and short.spec.stopping_refit is False and short.params["n_estimators"] == 150
    shorter = afford(recipe, twice, [1000], seconds=0.5)
    assert shorter is not None and shorter.spec.stopping_refit is False and shorter.params["n_estimators"] == 50


def test_preparing_the_rows_is_not_made_cheaper_by_fewer_rounds() -> None:
    recipe = recipe_of(n_estimators=600, learning_rate=0.05, early_stopping_rounds=None)
    cost = Cost(Line(1.0, 1e-4), Line(0.0, 1e-3), transforming=1.0, predicting=2.0)
    assert cost.seconds(10_000) == pytest.approx(1 + 1 + 1 + 10 + 2)
    cut = afford(recipe, cost, [10_000, 30_000], seconds=30.0)
    assert cut is not None and cut.params["n_estimators"] == 300, "8 of the 30 s go to what rounds do not change"


def test_a_fit_of_one_round_tells_what_comes_before_the_rounds() -> None:
    assert _parted(2.0, 1.1, {"n_estimators": 10}) == (pytest.approx(1.0), pytest.approx(1.0))
    assert _parted(2.0, None, {}) == (0.0, 2.0)
    fixed, rounds = _parted(1.0, 1.5, {"max_epochs": 6})
    assert rounds == pytest.approx(0.2) and 0 < fixed < 1.5, "a fifth is taken for the rounds, whatever the noise"


def test_a_line_through_two_pilots_leaves_a_fifth_at_least_to_the_rows() -> None:
    assert Line.through((4_000, 1.0), (40_000, 10.0)) == Line(pytest.approx(0.0), pytest.approx(2.5e-4))
    flat = Line.through((4_000, 1.0), (40_000, 1.0))
    assert flat.at(40_000) == pytest.approx(1.0) and flat.at(400_000) > 2.5


def test_a_sample_of_the_rows_keeps_every_class_and_is_the_same_again(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path)
    recipe = Recipe(model_spec("binary"), card(), {"alpha": 1.0}, most_rows=40)
    cut = Cut(next(iter(dataset.folds)), tuple(dataset.train.columns))
    first, second = fit_fold(dataset, recipe, cut), fit_fold(dataset, recipe, cut)
    assert first.rows == 40 and first.scale.labels == (0, 1)
    assert first.predict(dataset.test).tolist() == second.predict(dataset.test).tolist()


def test_the_pilot_is_a_few_short_fits_whose_cost_is_that_of_a_whole_one(tmp_path: Path) -> None:
    counting, dataset = Counting(), dataset_of(tmp_path)
    cut = Cut(next(iter(dataset.folds)), tuple(dataset.train.columns))
    params = {"alpha": 1.0, "n_estimators": 6000, "early_stopping_rounds": None}
    long, short = (
        measure(dataset, Recipe(model_spec("binary"), card(fit=counting), own), cut, seconds=10.0)
        for own in (params, {"alpha": 1.0})
    )
    assert counting.count == 8, "of rounds two of one and a few; without rounds the fit itself; both once more"
    # The toy's fit takes no rounds: a fifth of it is taken for sixty of them, so 6,000 take twenty times as long.
    assert long.fitting.at(120) > 3 * short.fitting.at(120)


@pytest.mark.parametrize(("seconds", "rows"), [(1000.0, 120), (0.0, 10)])
def test_a_quick_pilot_is_followed_by_one_of_all_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, rows: int
) -> None:
    dataset = dataset_of(tmp_path)
    cut = Cut(next(iter(dataset.folds)), tuple(dataset.train.columns))
    assert len(cut.fold.train) == 120
    monkeypatch.setattr(affording, "PILOT_ROWS", 10)
    monkeypatch.setattr(affording, "MORE_ROWS", 50)
    assert measure(dataset, Recipe(model_spec("binary"), card(), {"alpha": 1.0}), cut, seconds).rows == rows
