"""``features``: what goes out, the competition's own function, scope, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import file_hash, read_table, write_json, write_table
from pipeline.dataset import Column, Schema, read_features
from pipeline.declaration.specs import FeaturesSpec
from pipeline.features.added import Add, Own
from pipeline.stages.features import Built, build, run

ROLES = {"n": "numeric", "gap": "numeric", "flag": "boolean", "when": "date", "colour": "categorical", "note": "text"}
COLOURS = [f"c{k}" for k in range(15)]


def frame(rows: int, first: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    made = pd.DataFrame(
        {
            "row_id": np.arange(first, first + rows),
            "n": rng.integers(0, 50, rows),
            "gap": np.where(rng.random(rows) < 0.3, np.nan, rng.exponential(size=rows)),
            "flag": rng.integers(0, 2, rows).astype(float),
            "when": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 10_000, rows), unit="h"),
            "colour": rng.choice(COLOURS, rows),
            "note": [
                f"a note of {rng.choice(['red', 'blue', 'old'])} things, number {k}" for k in rng.integers(0, 9, rows)
            ],
        }
    )
    return made.astype({"colour": "str", "note": "str"})


def schema(roles: dict[str, str]) -> Schema:
    columns = [Column(name=name, role=role) for name, role in roles.items()]  # type: ignore[arg-type]
    return Schema(task="binary", target="y", id=None, classes=[0, 1], columns=columns, train_rows=60, test_rows=30)


def built(
    add: Add | None = None, train: pd.DataFrame | None = None, test: pd.DataFrame | None = None, **section: Any
) -> Built:
    spec = FeaturesSpec.model_validate({"competition": "toy", "seed": 1, "features": section})
    ours = frame(60, 0, 1) if train is None else train
    theirs = frame(30, 60, 2) if test is None else test
    return build(spec, schema(ROLES), ours, theirs, Own("toy", Path("features.py"), add))


def refused(add: Add | None = None, **section: Any) -> str:
    with pytest.raises(PodiumError) as caught:
        built(add, **section)
    return str(caught.value)


def test_what_goes_out_is_float32_or_shared_categories_in_the_listed_order() -> None:
    result = built()
    names = [feature.name for feature in result.features]
    for part in (result.train, result.test):
        assert part.columns.tolist() == ["row_id", *names]
        for feature in result.features:
            expected = "category" if feature.kind == "categorical" else "float32"
            assert part[feature.name].dtype.name == expected
    assert (result.train["colour"].dtype == result.test["colour"].dtype) is np.True_ or (
        result.train["colour"].dtype == result.test["colour"].dtype
    )
    assert {"when_hour_sin", "note_topic_1", "colour_count", "gap_missing", "n"} <= set(names)
    assert not {"when", "note"} & set(names)
    by_name = {feature.name: feature for feature in result.features}
    assert (by_name["n"].builder, by_name["n"].source) == ("clean", "n")
    assert (by_name["colour_count"].builder, by_name["colour_count"].source) == ("counts", "colour")


def test_rows_keep_their_ids_and_order() -> None:
    result = built(lambda frame: frame.assign(double=frame["n"] * 2))
    assert result.train["row_id"].tolist() == list(range(60))
    assert result.test["row_id"].tolist() == list(range(60, 90))
    assert result.train["double"].tolist() == (result.train["n"] * 2).tolist()


def test_without_the_automatic_recipe_numbers_and_levels_go_out_alone() -> None:
    assert [f.name for f in built(automatic=False).features] == ["n", "gap", "flag", "colour"]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**16), st.integers(1, 40))
def test_features_of_train_do_not_depend_on_test_under_scope_train(seed: int, rows: int) -> None:
    groups = [{"by": ["colour"], "columns": ["n"], "statistics": ["mean", "rank", "share"]}]
    section = {"groups": groups, "missing_count": True, "text": {"components": 2}, "log_skewed_above": 0.5}
    one = built(test=frame(30, 60, 2), **section).train
    other = built(test=frame(rows, 60, seed), **section).train
    numbers = one.select_dtypes("float32").columns
    pd.testing.assert_frame_equal(one[numbers], other[numbers])


def test_scope_train_and_test_counts_both() -> None:
    ours, theirs = (built(scope=scope) for scope in ("train", "train+test"))
    assert ours.train["colour_count"].groupby(ours.train["colour"], observed=True).first().sum() == 60
    assert theirs.train["colour_count"].groupby(theirs.train["colour"], observed=True).first().sum() == 90


def test_add_never_sees_the_target_and_is_called_on_each_file_apart() -> None:
    seen: list[pd.DataFrame] = []

    def add(frame: pd.DataFrame) -> pd.DataFrame:
        seen.append(frame)
        return frame

    built(add)
    assert [len(part) for part in seen] == [60, 30]
    assert all("y" not in part.columns and "target" not in part.columns for part in seen)
    seen.clear()
    built(add, scope="train+test")
    assert [len(part) for part in seen] == [90]


def test_add_cannot_change_the_frame_it_was_given() -> None:
    train = frame(60, 0, 1)
    before = train.copy()

    def add(frame: pd.DataFrame) -> pd.DataFrame:
        frame["n"] = 0
        return frame

    built(add, train=train)
    pd.testing.assert_frame_equal(train, before)


def test_added_columns_are_typed_by_what_they_hold() -> None:
    def add(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(
            big=frame["n"] > 20,
            half=frame["n"].astype("Int64"),
            word="w" + (frame["n"] % 3).astype(str),
            code=(frame["n"] % 3).astype("category"),
            title=frame["note"],
            later=frame["when"] + pd.Timedelta(days=3),
            wait=pd.to_timedelta(frame["n"], unit="h"),
            n=frame["n"].astype("str"),
        )

    result = built(add, text={"columns": ["title"], "components": 2})
    kinds = {feature.name: feature.kind for feature in result.features}
    assert kinds["big"] == kinds["half"] == kinds["wait"] == "numeric"
    assert kinds["word"] == kinds["code"] == kinds["n"] == "categorical"
    assert "title_length" in kinds and "later_month" in kinds and "title" not in kinds
    assert {f.name: f.builder for f in result.features}["word"] == "features.py"


def _other_rows(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.iloc[1:]


def _other_order(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.iloc[::-1]


def _no_ids(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns="row_id")


def _some_columns(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(extra=1) if len(frame) == 60 else frame


def _other_types(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(extra=1 if len(frame) == 60 else "one")


def _failing(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(extra=frame["absent"])


def _nothing(frame: pd.DataFrame) -> Any:
    frame["extra"] = 1


def _infinite(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(extra=1 / (frame["n"] * 0.0))


@pytest.mark.parametrize(
    ("add", "said"),
    [
        (_other_rows, "must return the rows it was given; got 59 of 60 rows"),
        (_other_order, "must return the rows in the order it was given them"),
        (_no_ids, "must keep the column row_id"),
        (_some_columns, "must add the same columns to train and test; got 'extra' for train only"),
        (_other_types, "must give a column one type; got 'extra': number in train, words in test"),
        (_failing, "features.py: add failed; got KeyError: 'absent'"),
        (_nothing, "must return the frame; got NoneType"),
        (_infinite, "feature extra must be finite; got 60 infinite or beyond float32 in train"),
    ],
)
def test_own_functions_that_break_the_promise_are_refused(add: Add, said: str) -> None:
    assert said in refused(add)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"keys": ["color"]}, "features.keys names a column that is not there; got 'color'"),
        ({"drop": ["colr"]}, "features.drop names a column that is not there"),
        ({"counts": ["colr"]}, "features.counts names a column that is not there"),
        ({"groups": [{"by": ["colr"], "columns": ["n"]}]}, "features.groups[0].by names a column"),
        ({"groups": [{"by": ["n"], "columns": ["m"]}]}, "features.groups[0].columns names a column"),
        ({"groups": [{"by": ["n"], "columns": ["colour"]}]}, "must be numeric for mean, std; got colour"),
        ({"groups": [{"by": ["n"]}]}, "must name columns for statistics other than share"),
    ],
)
def test_declared_columns_that_are_not_there_are_refused(section: dict[str, Any], said: str) -> None:
    assert said in refused(**section)


def test_a_built_name_that_is_taken_is_refused() -> None:
    assert "makes colour_count, a name that is taken" in refused(lambda frame: frame.assign(colour_count=1))


def test_keys_go_out_as_keys_and_dropped_columns_do_not() -> None:
    result = built(lambda frame: frame.assign(house=frame["n"] % 7), keys=["house", "note"], drop=["colour"])
    kinds = {feature.name: feature.kind for feature in result.features}
    assert kinds["house"] == kinds["note"] == "key"
    assert result.train["house"].cat.categories.tolist() == [str(k) for k in range(7)]
    assert "colour" not in kinds and "colour_count" in kinds


def test_groups_and_ignored_columns_are_not_eaten() -> None:
    spec = FeaturesSpec.model_validate({"competition": "toy", "seed": 1, "features": {}})
    roles = {**ROLES, "colour": "group", "n": "ignore"}
    own = Own("toy", Path("features.py"), lambda frame: frame.assign(twice=frame["n"] * 2))
    result = build(spec, schema(roles), frame(60, 0, 1), frame(30, 60, 2), own)
    names = {feature.name for feature in result.features}
    assert "twice" in names and not {"colour", "n"} & names


def test_a_feature_without_a_training_value_is_dropped_with_a_note() -> None:
    result = built(lambda frame: frame.assign(empty=np.nan))
    assert result.notes == ["feature empty is dropped: no training row has a value"]
    assert "empty" not in result.train


def test_large_whole_numbers_stay_apart_in_float32() -> None:
    result = built(lambda frame: frame.assign(stamp=1_600_000_000 + frame["row_id"]))
    assert result.train["stamp"].nunique() == 60
    assert result.test["stamp"].iloc[0] - result.train["stamp"].iloc[0] == 60


def _written(paths: Paths, own: str | None) -> Job:
    write_table(frame(60, 0, 1), paths.stage("clean") / "train.parquet")
    write_table(frame(30, 60, 2), paths.stage("clean") / "test.parquet")
    write_json(schema(ROLES).model_dump(mode="json"), paths.stage("clean") / "schema.json")
    spec = FeaturesSpec.model_validate({"competition": "toy", "seed": 1, "features": {}})
    write_json(spec.model_dump(mode="json"), paths.plan("features"))
    paths.recipe.mkdir(parents=True)
    if own is not None:
        (paths.recipe / "features.py").write_text(own)
    return Job(paths, "features")


def test_run_writes_the_same_bytes_again(tmp_path: Path) -> None:
    job = _written(Paths(tmp_path, "toy"), "def add(frame):\n    return frame.assign(double=frame['n'] * 2)\n")
    summary = run(job)
    assert summary.endswith("statistics from train rows")
    assert read_table(job.out / "train.parquet").columns.tolist()[1:] == [f.name for f in read_features(job)]
    before = file_hash(job.out)
    run(job)
    assert file_hash(job.out) == before


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("def add(frame):\n    return frame['x']\n", "failed; got KeyError: 'x' (features.py, line 2)"),
        ("def add(frame)\n    return frame\n", "must be valid Python; got expected ':' (features.py, line 1)"),
        (
            "import no_such_module\n",
            "failed; got ModuleNotFoundError: No module named 'no_such_module' (features.py, line 1)",
        ),
        ("def added(frame):\n    return frame\n", "must define add(frame); got none"),
    ],
)
def test_errors_in_the_own_file_come_with_its_line(tmp_path: Path, own: str, said: str) -> None:
    job = _written(Paths(tmp_path, "toy"), own)
    with pytest.raises(PodiumError) as caught:
        run(job)
    assert said in str(caught.value)
    assert not job.out.exists()
