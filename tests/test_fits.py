"""The measurement of fits: the bare library gets the same rows and settings, and the figures are what they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.fits.__main__ import chosen, in_rows
from benchmarks.fits.bare import Data, bare
from benchmarks.fits.families import FAMILIES, NOT_MEASURED
from benchmarks.fits.made import read_made, write_made
from benchmarks.fits.measure import Measured, directly, measure, recipe_of
from benchmarks.fits.results import Line, Pair, exponent, line_of, table_of
from pipeline import models
from pipeline.core.errors import PodiumError
from pipeline.dataset import Dataset
from pipeline.fitting.cuts import Cut
from pipeline.fitting.fit import fit_fold
from pipeline.models import no_curve


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("made")
    write_made(600, folder)
    return read_made(folder)


def few(family: str) -> dict[str, Any]:
    """The family's settings with five rounds, where it has rounds."""
    params = dict(FAMILIES[family].params)
    rounds = {"n_estimators": 5, "early_stopping_rounds": 5}
    return params | {name: value for name, value in rounds.items() if name in params}


@pytest.mark.parametrize("family", ["gbdt", "xgboost", "lightgbm", "catboost", "linear", "svm"])
def test_the_bare_library_has_the_same_settings(dataset: Dataset, family: str) -> None:
    recipe, library, seen = recipe_of(family, few(family)), bare(family), []
    cut = Cut(next(iter(dataset.folds)), tuple(dataset.kinds))
    ours, rows = fit_fold(dataset, recipe, cut), dataset.train.iloc[cut.fold.valid]

    def fit(setting: Any, training: Any, stopping: Any) -> None:
        frame = dataset.train.iloc[cut.fold.train] if library.prepares else training.X
        held = None if stopping is None else Data(library.ready(stopping.X), stopping.y)
        seen.append(library.fit(setting, Data(library.ready(frame), training.y), held))

    card = replace(recipe.card, build=lambda setting: setting, fit=fit, curve=no_curve)
    fit_fold(dataset, replace(recipe, card=card), cut)
    theirs = library.predict(seen[0], library.ready(rows if library.prepares else ours.preprocessor.transform(rows)))
    if family == "svm":  # another kernel's width, and another basis
        assert np.corrcoef(ours.predict(rows), theirs[:, 1])[0, 1] > 0.8
    else:
        np.testing.assert_allclose(ours.predict(rows), theirs[:, 1], atol=2e-3)


@pytest.mark.parametrize("side", ["podium", "bare"])
def test_a_measurement_has_all_its_figures(tmp_path: Path, side: str) -> None:
    write_made(1_000, tmp_path)
    found = measure(side, "linear", tmp_path)
    assert found.rows == 1_000 and found.fit > 0 and found.predict > 0
    assert found.table == 1_200 * (24 + 3 * 4) * 4 and found.peak >= 0
    assert (found.save > 0) == (side == "podium")


@pytest.mark.parametrize("family", ["knn", "extra_trees", "balanced_forest", "adaboost", "mlp", "tabm"])
def test_every_other_bare_library_is_called_as_it_wants(dataset: Dataset, family: str) -> None:
    params = few(family) | ({"max_epochs": 1} if "max_epochs" in FAMILIES[family].params else {})
    seconds, columns = directly(dataset, recipe_of(family, params), 1)
    assert seconds["fit"] > 0 and seconds["predict"] > 0 and columns >= 27


def test_made_tables_are_the_same_each_time(tmp_path: Path, dataset: Dataset) -> None:
    write_made(600, tmp_path)
    again = read_made(tmp_path)
    assert again.train.equals(dataset.train) and again.test.equals(dataset.test)
    assert 0.3 < again.target.mean() < 0.9 and 0 < again.train["x0"].isna().mean() < 0.1


def measured(fit: float, peak: int = 200) -> Measured:
    return Measured(100_000, fit, 1.0, 0.5, peak, 100)


def test_a_line_takes_the_least_and_the_median() -> None:
    turns = [
        Pair(measured(2.0), measured(1.0)),
        Pair(measured(1.1, 290), measured(1.0)),
        Pair(measured(6.0), measured(2.0)),
    ]
    line = line_of("linear", turns, 0.8)
    assert (line.seconds, line.ratio, line.median) == (1.1, pytest.approx(1.1), pytest.approx(2.0))
    assert line.rows_per_second == pytest.approx(80_000 / 1.1)
    assert line.whole == pytest.approx((1.1 + 1.5) / 2.0) and line.memory == 2.0


def test_the_exponent_is_the_slope_of_the_logarithms() -> None:
    assert exponent({1_000: 1.0, 10_000: 100.0}) == pytest.approx(2.0)
    assert exponent({1_000: 1.0}) is None


def test_what_misses_its_aim_is_marked_from_100_000_rows_on() -> None:
    lines = [Line("linear", rows, 1.0, 1.0, 1.3, 1.3, 1.3, 3.5) for rows in (10_000, 1_000_000)]
    ratio, memory = (list(table_of(lines).columns[place].cells) for place in (4, 7))
    assert ratio == ["1.30", "1.30 !"] and memory == ["", "3.50 !"]


def test_every_family_is_measured_or_left_out_with_a_reason() -> None:
    assert set(FAMILIES) | set(NOT_MEASURED) == set(models.names())
    assert not set(FAMILIES) & set(NOT_MEASURED)
    for name, family in FAMILIES.items():
        card = models.load(name)
        assert set(family.params) <= {*card.defaults, *card.also}
        assert bool(family.left_out) == (1_000_000 not in family.sizes)


def test_unknown_names_and_sizes_are_refused() -> None:
    assert chosen("linear, knn") == ["linear", "knn"] and chosen("") == list(FAMILIES)
    with pytest.raises(PodiumError, match=r"'xgbost'.*xgboost"):
        chosen("xgbost")
    assert in_rows("10000 100000") == [10_000, 100_000]
    with pytest.raises(PodiumError, match="'5000'"):
        in_rows("5000")
