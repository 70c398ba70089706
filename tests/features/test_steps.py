"""Everything that can be listed, declared at once: order, scope, and rows transformed alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.declaration.features import Features
from pipeline.features.recipe import Recipe
from pipeline.features.steps import builders_of
from tests.features.build import roles_of

EVERYTHING: dict[str, Any] = {
    "holidays": [{"column": "when", "country": "DE"}],
    "patterns": [
        {"name": "odd", "column": "note", "regex": "([13579])$"},
        {"name": "number", "column": "note", "regex": "([0-9]+)$", "numeric": True},
    ],
    "distances": [{"name": "trip", "start": ["x", "n"], "end": ["n", "number"]}],
    "ngrams": [{"columns": ["note"], "buckets": 4}],
    "word_vectors": [{"columns": ["note"], "size": 4, "epochs": 1}],
    "winsorize": [{"columns": ["x"], "high": 0.9}],
    "arithmetic": [{"left": "x", "right": "n", "operations": ["minus", "over"]}],
    "row_statistics": [{"name": "both", "columns": ["x", "n"]}],
    "bins": [{"columns": ["x"], "bins": 4, "categorical": True}],
    "rare": [{"columns": ["g"], "min_count": 3}],
    "group_ids": [{"name": "party", "keys": [["g", "n"], ["note"]]}],
    "crosses": [{"columns": ["g", "x_bin"]}, {"columns": ["g", "odd"], "min_count": 2}],
    "hashes": [{"columns": ["g", "n"], "buckets": 16}],
    "counts": ["g", ["g", "n"], ["g_x_odd"]],
    "groups": [{"by": ["g_x_odd"], "columns": ["x"], "statistics": ["q25", "q75", "rank"]}],
    "occurrences": [{"by": ["g"], "time": "when"}],
    "events": [{"column": "n", "values": [1, 2], "time": "when", "by": ["g"]}],
    "power": {"above": 0.1},
    "interactions": [{"columns": ["x", "n"]}],
    "components": [{"columns": ["x", "n", "x_over_n"]}],
    "clusters": [{"columns": ["x", "n"], "clusters": 3}],
    "keys": ["party"],
}


def frame(rows: int, first: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    hours = pd.to_timedelta(rng.integers(0, 2000, rows), unit="h")
    made = pd.DataFrame(
        {
            "row_id": np.arange(first, first + rows),
            "x": np.where(rng.random(rows) < 0.1, np.nan, rng.exponential(size=rows)),
            "n": rng.integers(0, 5, rows),
            "g": rng.choice([*"abcdefgh"], rows),
            "when": pd.Timestamp("2020-01-01") + hours,
            "note": [f"note {k}" for k in rng.integers(0, 40, rows)],
        }
    )
    return made.astype({"g": "str", "note": "str"})


def built(test: pd.DataFrame, **changes: Any) -> tuple[pd.DataFrame, pd.DataFrame, Recipe]:
    recipe = Recipe("toy", Features.model_validate({**EVERYTHING, **changes}), 1)
    return *recipe.fit_transform(frame(80, 0, 1), test, roles_of(test)), recipe


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """Levels as texts: which of them there are is shared with test on purpose."""
    return table.astype({name: "str" for name in table.select_dtypes("category")})


def test_all_that_is_declared_goes_out() -> None:
    train, test, _ = built(frame(30, 80, 2))
    assert train.columns.tolist() == test.columns.tolist() and (train.dtypes == test.dtypes).all()
    wanted = {"odd", "x_minus_n", "x_bin", "party", "g_x_x_bin", "g_n_hash", "g_n_count", "x_q25_by_g_x_odd"}
    wanted |= {
        "number",
        "trip_km",
        "trip_bearing_sin",
        "trip_bearing_cos",
        "g_previous",
        "n_since",
        "when_holiday",
        "note_ngrams_4",
        "note_vector_4",
        "x_by_n",
        "component_1",
    }
    assert wanted | {"cluster", "cluster_distance_3"} <= set(train.columns)
    assert {str(kind) for kind in train.dtypes} == {"int64", "float32", "category"}


def test_training_features_do_not_depend_on_test_rows_under_scope_train() -> None:
    one, other = (built(frame(rows, 80, seed))[0] for rows, seed in ((30, 2), (50, 3)))
    pd.testing.assert_frame_equal(plain(one), plain(other))


def test_scope_train_and_test_sees_both() -> None:
    (one, _, _), (other, _, _) = (built(frame(30, 80, 2), scope=scope) for scope in ("train", "train+test"))
    for name in ("g_n_count", "g_before", "x_q75_by_g_x_odd"):
        assert not one[name].equals(other[name])


def test_a_row_has_the_same_features_alone_and_after_the_fit() -> None:
    train, test, recipe = built(frame(30, 80, 2))
    again = pd.concat([recipe.transform(frame(80, 0, 1).iloc[[k]]) for k in range(5)], ignore_index=True)
    pd.testing.assert_frame_equal(plain(again), plain(train.iloc[:5]), rtol=1e-4, atol=1e-5)
    pd.testing.assert_frame_equal(recipe.transform(frame(30, 80, 2)), test)


def test_two_runs_are_the_same_bytes() -> None:
    pd.testing.assert_frame_equal(built(frame(30, 80, 2))[0], built(frame(30, 80, 2))[0], check_exact=True)


def test_a_builder_that_would_not_run_is_refused() -> None:
    with pytest.raises(ValueError, match="crosses has no effect with automatic: false"):
        Features.model_validate({"automatic": False, "crosses": [{"columns": ["a", "b"]}]})


def test_nothing_runs_that_is_not_asked_for() -> None:
    assert builders_of(Features(automatic=False), 1) == []
    assert [builder.name for builder in builders_of(Features(), 1)] == ["dates", "text", "counts", "missing"]


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"crosses": [{"columns": ["g", "m"]}]}, r"features.crosses\[0\].columns names a column that is not there"),
        (
            {"winsorize": [{"columns": ["g"]}]},
            r"winsorize\[0\].columns must name numeric columns; got g, which holds w",
        ),
        ({"events": [{"column": "n", "time": "g"}]}, r"events\[0\].time must name dates or numbers; got g"),
        ({"holidays": [{"column": "x", "country": "DE"}]}, r"holidays\[0\].column must name dates; got x, .* numbers"),
        ({"holidays": [{"column": "when", "country": "XX"}]}, r"holidays\[0\] must name a country.* got XX"),
        (
            {"distances": [{"name": "t", "start": ["x", "n"], "end": ["x", "g"]}]},
            r"distances\[0\].end must name numeric columns; got g, which holds words",
        ),
        ({"counts": [["g", "m"]]}, r"features.counts\[0\] names a column that is not there"),
        (
            {"patterns": [{"name": "g", "column": "g", "regex": "a"}]},
            "features: patterns makes g, a name that is taken",
        ),
    ],
)
def test_columns_that_do_not_fit_are_refused(section: dict[str, Any], said: str) -> None:
    with pytest.raises(PodiumError, match=said):
        Recipe("toy", Features.model_validate(section), 1).fit_transform(
            frame(20, 0, 1), frame(5, 20, 2), roles_of(frame(5, 0, 1))
        )
