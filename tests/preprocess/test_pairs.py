import json

import numpy as np
import pandas as pd
import pytest

from pipeline.declaration.preprocess import GainingPairs, Preprocess
from pipeline.models import Wants
from pipeline.preprocess import Preprocessor
from pipeline.preprocess.pairs import BestPairs
from pipeline.preprocess.statistics import indicators

NAMES = ["rent", "area", "age", "noise"]


def rooms(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Four columns, and a value that is the ratio of the first two."""
    rng = np.random.default_rng(seed)
    matrix = np.exp(rng.normal(size=(rows, 4))).astype(np.float32)
    return matrix, np.log(matrix[:, 0] / matrix[:, 1]) + 0.3 * rng.normal(size=rows)


def found(matrix: np.ndarray, target: np.ndarray, **options: object) -> BestPairs:
    return BestPairs.fit(matrix, NAMES, target, GainingPairs.model_validate(options), seed=3)


def test_the_ratio_that_makes_the_target_is_found_first() -> None:
    matrix, y = rooms(1500)
    assert found(matrix, y[:, None]).names[0] in ("rent_over_area", "area_over_rent")
    assert found(matrix, y[:, None], most=1, operations=["over"]).names[0] in ("rent_over_area", "area_over_rent")


@pytest.mark.parametrize(("objective", "classes"), [("binary", 2), ("multiclass", 3)])
def test_classes_find_it_too(objective: str, classes: int) -> None:
    matrix, y = rooms(1500)
    codes = np.searchsorted(np.quantile(y, np.linspace(0, 1, classes + 1)[1:-1]), y)
    best = found(matrix, indicators(codes, objective, classes), operations=["over"])  # type: ignore[arg-type]
    assert best.names[0] in ("rent_over_area", "area_over_rent")


def test_a_target_of_noise_gives_no_pairs() -> None:
    matrix, _ = rooms(1500)
    chosen = [found(matrix, np.random.default_rng(k).normal(size=(1500, 1))).chosen for k in range(5)]
    assert sum(map(len, chosen)) <= 1


def test_pairs_that_rank_the_rows_alike_are_taken_once() -> None:
    matrix, y = rooms(1500)
    matrix[:, 2] = 2 * matrix[:, 1]
    names = found(matrix, y[:, None], operations=["over"]).names
    assert not {"rent_over_area", "rent_over_age"} <= set(names)
    assert not {"rent_over_area", "area_over_rent"} <= set(names)


def test_missing_and_infinite_values_and_zero_denominators_are_missing() -> None:
    matrix, y = rooms(600)
    matrix[::9, 0], matrix[::11, 1], matrix[::13, 1] = np.nan, np.inf, 0.0
    best = found(matrix, y[:, None], operations=["over"])
    values = best.transform(matrix, NAMES)
    assert values.dtype == np.float32 and values.shape == (600, len(best.chosen)) and best.chosen
    assert np.isnan(values[::9, 0]).all()


def test_the_declared_number_is_kept_and_few_rows_choose_nothing() -> None:
    matrix, y = rooms(1500)
    assert len(found(matrix, y[:, None], most=2).chosen) <= 2
    assert found(matrix[:150], y[:150, None]).chosen == ()


def test_a_preprocessor_makes_them_from_its_training_rows_and_restores_them() -> None:
    matrix, y = rooms(900)
    frame = pd.DataFrame(matrix, columns=NAMES).assign(rent_over_area=1.0)
    kinds = dict.fromkeys(frame.columns, "numeric")
    options = Preprocess.model_validate({"gaining_pairs": {"operations": ["over"], "most": 1}})
    preprocessor = Preprocessor(Wants(), kinds, options, "regression", 0, seed=1)  # type: ignore[arg-type]
    train = preprocessor.fit_transform(frame.iloc[:700], y[:700])
    valid = preprocessor.transform(frame.iloc[700:])
    made = [name for name in train.columns if name not in kinds]
    assert made in (["rent_over_area_"], ["area_over_rent"])
    assert list(valid.columns) == list(train.columns)
    again = Preprocessor.from_state(json.loads(json.dumps(preprocessor.to_state()))).transform(frame.iloc[700:])
    pd.testing.assert_frame_equal(valid, again)
