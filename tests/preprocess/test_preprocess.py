import json
from itertools import product

import numpy as np
import pandas as pd
import pytest

from pipeline.declaration.preprocess import Preprocess
from pipeline.models import Wants
from pipeline.preprocess import Preprocessor, as_keys

KINDS = {"a": "numeric", "gone": "numeric", "c": "categorical", "wide": "categorical", "ticket": "key"}
STATISTICS = [
    {"columns": ["ticket"], "method": "leave_one_out", "smoothing": 2},
    {"columns": ["c", "a"], "smoothing": 5},
]
OPTIONS = Preprocess.model_validate({"onehot_max": 8, "target_statistics": STATISTICS})
PLAIN = Wants()
ALL_WANTS = [
    Wants(scale, missing, categories)
    for scale, missing, categories in product(
        ("none", "standard", "quantile"), (True, False), ("native", "codes", "onehot", "target")
    )
]


def frame_of(rows: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "a": np.where(rng.random(rows) < 0.2, np.nan, rng.integers(0, 5, rows)).astype(np.float32),
            "gone": np.full(rows, np.nan, dtype=np.float32),
            "c": pd.Categorical(rng.choice(["red", "green", "blue"], rows), categories=["blue", "red", "green", "new"]),
            "wide": pd.Categorical(
                [f"w{k}" for k in rng.integers(0, 30, rows)], categories=[f"w{k}" for k in range(40)]
            ),
            "ticket": pd.Categorical([f"t{k}" for k in rng.integers(0, rows // 3, rows)]),
        }
    )
    frame.loc[::7, "c"] = np.nan
    return frame


def made(
    wants: Wants = PLAIN, objective: str = "binary", classes: int = 2, options: Preprocess = OPTIONS
) -> Preprocessor:
    return Preprocessor(wants, KINDS, options, objective, classes, seed=5)  # type: ignore[arg-type]


def target_of(rows: int, classes: int = 2) -> np.ndarray:
    return np.random.default_rng(9).integers(0, max(classes, 2), rows)


@pytest.mark.parametrize("wants", ALL_WANTS, ids=str)
@pytest.mark.parametrize(("objective", "classes"), [("binary", 2), ("multiclass", 4), ("regression", 0)])
def test_each_model_gets_what_it_wants(wants: Wants, objective: str, classes: int) -> None:
    frame, later, y = frame_of(120), frame_of(50, seed=1), target_of(120, classes)
    later["c"] = later["c"].fillna("new")
    preprocessor = made(wants, objective, classes)
    train, valid = preprocessor.fit_transform(frame, y), preprocessor.transform(later)
    assert train.columns.tolist() == valid.columns.tolist() and train.columns.is_unique
    assert (train.dtypes == valid.dtypes).all()
    assert "ticket" not in train and sum(name.startswith("target_by_ticket") for name in train) == max(1, classes - 1)
    for table in (train, valid):
        numbers = table.select_dtypes("float32")
        categories = table.select_dtypes("category")
        assert numbers.shape[1] + categories.shape[1] == table.shape[1]
        assert set(categories.columns) == ({"c", "wide"} if wants.categories in ("native", "codes") else set())
        if not wants.missing:
            assert not numbers.isna().any().any()
        if wants.categories == "codes":
            assert not categories.isna().any().any()


@pytest.mark.parametrize("wants", ALL_WANTS, ids=str)
def test_a_restored_preprocessor_gives_the_same_bytes(wants: Wants) -> None:
    preprocessor = made(wants)
    preprocessor.fit_transform(frame_of(90), target_of(90))
    again = Preprocessor.from_state(json.loads(json.dumps(preprocessor.to_state(), allow_nan=False)))
    later = frame_of(40, seed=2)
    pd.testing.assert_frame_equal(again.transform(later), preprocessor.transform(later), check_exact=True)
    assert again.to_state() == preprocessor.to_state()


@pytest.mark.parametrize(
    ("scale", "objective", "odds"),
    [("standard", "binary", True), ("standard", "regression", False), ("none", "binary", False)],
)
def test_a_linear_model_of_classes_gets_statistics_as_log_odds(scale: str, objective: str, odds: bool) -> None:
    frame = pd.DataFrame({"app": pd.Categorical(list("a" * 40 + "b" * 40 + "c" * 40))})
    y = np.repeat([1, 0, 1, 0, 1, 0], [30, 10, 10, 30, 1, 39])
    options = Preprocess.model_validate({"target_statistics": [{"columns": ["app"], "smoothing": 0}]})
    preprocessor = Preprocessor(Wants(scale), {"app": "key"}, options, objective, 2 * (objective == "binary"))
    preprocessor.fit_transform(frame, y)
    a, b, c = preprocessor.transform(frame.iloc[[0, 40, 80]]).iloc[:, 0]
    rates = np.array([30 / 40, 10 / 40, 1 / 40])
    x, y, z = np.log(rates / (1 - rates)) if odds else rates
    assert (a - b) / (b - c) == pytest.approx((x - y) / (y - z), rel=1e-4), "up to the scale"


def test_wide_categories_never_become_one_hot_columns() -> None:
    table = made(Wants(categories="onehot")).fit_transform(frame_of(120), target_of(120))
    assert [name for name in table if name.startswith("c=")] == ["c=blue", "c=red", "c=green", "c=missing"]
    assert not any(name.startswith("wide=") for name in table) and "target_by_wide" in table


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_inner_folds() -> None:
    frame, y = frame_of(120), target_of(120)
    first, second = (made().fit_transform(frame, y) for _ in range(2))
    pd.testing.assert_frame_equal(first, second, check_exact=True)
    other = Preprocessor(Wants(), KINDS, OPTIONS, "binary", 2, seed=6)  # type: ignore[arg-type]
    assert not np.array_equal(other.fit_transform(frame, y)["target_by_c_a"], first["target_by_c_a"])


def test_arguments_are_not_changed() -> None:
    frame, y = frame_of(60), target_of(60)
    before = frame.copy(), y.copy()
    made(Wants("standard", False, "codes")).fit_transform(frame, y)
    pd.testing.assert_frame_equal(frame, before[0])
    assert np.array_equal(y, before[1])


def test_only_key_columns_at_all() -> None:
    preprocessor = Preprocessor(Wants(), {"ticket": "key"}, OPTIONS.model_copy(update={"target_statistics": []}))
    assert preprocessor.fit_transform(frame_of(30), target_of(30)).shape == (30, 0)


def test_a_name_that_is_taken_is_not_taken_twice() -> None:
    frame = frame_of(60).assign(target_by_ticket=np.float32(1))
    kinds = {**KINDS, "target_by_ticket": "numeric"}
    table = Preprocessor(Wants(), kinds, OPTIONS).fit_transform(frame, target_of(60))  # type: ignore[arg-type]
    assert {"target_by_ticket", "target_by_ticket_"} <= set(table.columns)


def test_columns_that_only_statistics_need_become_keys() -> None:
    assert as_keys(KINDS, ["wide"], OPTIONS, PLAIN) == {"a": "key", "c": "key", "wide": "categorical", "ticket": "key"}  # type: ignore[arg-type]


def test_who_learns_from_ids_has_keys_as_categories_and_no_statistics() -> None:
    wants = Wants(missing=True, categories="native", keys=True)
    kinds = as_keys(KINDS, ["a", "wide", "ticket"], OPTIONS, wants)
    assert kinds == {"a": "categorical", "c": "key", "wide": "categorical", "ticket": "categorical"}
    options = OPTIONS.model_copy(update={"rare": 5})
    preprocessor = Preprocessor(wants, kinds, options, "binary", 2, seed=5)
    frame = frame_of(60)
    table = preprocessor.fit_transform(frame, target_of(60))
    assert list(table) == ["a", "wide", "ticket"]
    assert table["ticket"].astype(str).tolist() == frame["ticket"].astype(str).tolist()  # rare ones too
    np.testing.assert_array_equal(table["a"].astype(float), frame["a"])  # a number with statistics of its own is a code
    again = Preprocessor.from_state(json.loads(json.dumps(preprocessor.to_state())))
    pd.testing.assert_frame_equal(again.transform(frame), preprocessor.transform(frame))


def test_nothing_is_transformed_before_it_is_fitted() -> None:
    with pytest.raises(RuntimeError, match="fit_transform"):
        made().transform(frame_of(5))
