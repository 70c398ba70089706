"""Each builder by hand-computed numbers, and the promises that all of them make."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.declaration.features import Features, Group
from pipeline.features.builder import Builder
from pipeline.features.counts import Counts
from pipeline.features.dates import Dates
from pipeline.features.groups import Groups
from pipeline.features.keys import Key
from pipeline.features.missing import Missing
from pipeline.features.recipe import Recipe
from pipeline.features.skew import Skew
from pipeline.features.text import Texts

STATISTICS = ["mean", "std", "min", "max", "median", "nunique", "share", "rank", "difference"]
FRAME = pd.DataFrame(
    {
        "g": pd.Series(["a", "a", "a", "b", None], dtype="str"),
        "h": [1.0, 1.0, 2.0, 1.0, np.nan],
        "x": [1.0, 2.0, np.nan, 10.0, 20.0],
        "when": pd.to_datetime(["2020-01-06 06:00", "2020-01-07", None, "2020-03-01", "2021-01-06"], format="ISO8601"),
        "end": pd.to_datetime(["2020-01-07 06:00", "2020-01-07", None, "2020-03-11", "2021-01-06"], format="ISO8601"),
        "note": pd.Series(["Two WORDS", "one, 1", None, "two words", "x"], dtype="str"),
    }
)
ROLES = {"g": "categorical", "h": "numeric", "x": "numeric", "when": "date", "end": "date", "note": "text"}


def made(builder: Builder, frame: pd.DataFrame = FRAME) -> dict[str, np.ndarray]:
    builder.fit(FRAME, ROLES)  # type: ignore[arg-type]
    return {part.name: part.values for part in builder.transform(frame)}


def other(**columns: list) -> pd.DataFrame:
    return FRAME.iloc[:1].drop(columns=list(columns)).assign(**{k: pd.Series(v) for k, v in columns.items()})


def test_dates_give_parts_cycles_and_days() -> None:
    columns = made(Dates())
    assert columns["when_weekday"][:2].tolist() == [0, 1]
    assert columns["when_year"][3:].tolist() == [2020, 2021]
    assert columns["when_hour"][0] == 6 and columns["when_hour_sin"][0] == pytest.approx(1)
    assert columns["when_days"][1] == 0.75 and np.isnan(columns["when_days"][2])
    assert columns["when_to_end_days"][[0, 1, 3]].tolist() == [1, 0, 10]


def test_parts_that_never_vary_are_left_out() -> None:
    days = pd.DataFrame({"d": pd.to_datetime(["2020-01-01", "2020-01-02"])})
    builder = Dates()
    builder.fit(days, {"d": "date"})
    names = [part.name for part in builder.transform(days)]
    assert "d_year" not in names and "d_hour" not in names and "d_day" in names


def test_counts_take_missing_for_a_level_and_a_new_level_for_one_row() -> None:
    columns = made(Counts(["g"]))
    assert columns["g_count"].tolist() == [3, 3, 3, 1, 1]
    assert made(Counts(["g"]), other(g=["new"]))["g_count"].tolist() == [1]
    assert made(Counts(None, above=1)).keys() == {"g_count"}
    assert made(Counts(None, above=2)) == {}


def test_counts_of_tuples() -> None:
    assert made(Counts([["g", "h"], "g"]))["g_h_count"].tolist() == [2, 2, 1, 1, 1]
    assert made(Counts([["g", "h"]]), other(g=["b"], h=[2.0]))["g_h_count"].tolist() == [1]


def test_missing_columns_that_are_missing_together_share_an_indicator() -> None:
    twice = FRAME.assign(y=FRAME["x"])
    builder = Missing(indicators=True, count=True)
    builder.fit(twice, {**ROLES, "y": "numeric"})  # type: ignore[arg-type]
    columns = {part.name: part.values for part in builder.transform(twice)}
    assert set(columns) == {"h_missing", "x_missing", "missing_count"}
    assert columns["x_missing"].tolist() == [0, 0, 1, 0, 0]
    assert columns["missing_count"].tolist() == [0, 0, 5, 0, 2]


def test_skewed_amounts_become_logarithms_and_negative_ones_stay() -> None:
    frame = pd.DataFrame({"a": [0.0, 1, 2, 1, 1000], "b": [-1.0, 1, 2, 1, 1000], "c": [1.0, 2, 3, 4, 5]})
    builder = Skew(1.0)
    builder.fit(frame, dict.fromkeys("abc", "numeric"))  # type: ignore[arg-type]
    columns = {part.name: part.values for part in builder.transform(frame)}
    assert list(columns) == ["a"]
    assert columns["a"] == pytest.approx(np.log1p(frame["a"]))


def test_group_statistics_by_hand() -> None:
    columns = made(Groups([Group(by=["g"], columns=["x"], statistics=STATISTICS)]))  # type: ignore[arg-type]
    assert columns["x_mean_by_g"].tolist() == [1.5, 1.5, 1.5, 10, 20]
    assert columns["x_std_by_g"][0] == pytest.approx(np.sqrt(0.5))
    assert (columns["x_min_by_g"][0], columns["x_max_by_g"][0], columns["x_nunique_by_g"][0]) == (1, 2, 2)
    assert columns["share_by_g"].tolist() == pytest.approx([0.6, 0.6, 0.6, 0.2, 0.2])
    assert columns["x_rank_by_g"][[0, 1, 3]].tolist() == [0.25, 0.75, 0.5]
    assert columns["x_difference_by_g"][[0, 1]].tolist() == [-0.5, 0.5]
    assert np.isnan(columns["x_rank_by_g"][2])


def test_quantiles_of_groups() -> None:
    columns = made(Groups([Group(by=["g"], columns=["x"], statistics=["q25", "q90"])]))
    assert columns["x_q25_by_g"].tolist() == [1.25, 1.25, 1.25, 10, 20]
    assert columns["x_q90_by_g"][:3].tolist() == pytest.approx([1.9] * 3)


def test_new_groups_and_pairs_of_keys() -> None:
    builder = Groups([Group(by=["g", "h"], columns=["x"], statistics=["mean", "share", "rank"])])
    columns = made(builder)
    assert columns["x_mean_by_g_h"][[0, 1, 3, 4]].tolist() == [1.5, 1.5, 10, 20]
    new = other(g=["b"], h=[2.0], x=[1.0])
    fresh = {part.name: part.values for part in builder.transform(new)}
    assert np.isnan(fresh["x_mean_by_g_h"][0]) and np.isnan(fresh["x_rank_by_g_h"][0])
    assert fresh["share_by_g_h"].tolist() == [0.2]


def test_texts_are_counted_and_placed() -> None:
    columns = made(Texts(components=2, seed=1))
    assert columns["note_length"][[0, 1]].tolist() == [9, 6]
    assert columns["note_capitals"][[0, 1]].tolist() == [6, 0]
    assert columns["note_digits"][1] == 1 and columns["note_marks"][1] == 1
    assert np.isnan(columns["note_length"][2]) and np.isnan(columns["note_topic_1"][2])
    assert columns["note_topic_1"][0] == pytest.approx(columns["note_topic_1"][3])
    assert set(made(Texts(components=0))) == {f"note_{w}" for w in ("length", "words", "capitals", "digits", "marks")}


LEVEL = st.one_of(st.none(), st.sampled_from(["a", "b", "c", ""]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(LEVEL, LEVEL, st.integers(0, 3)), min_size=1, max_size=30))
def test_keys_number_groups_exactly(rows: list) -> None:
    frame = pd.DataFrame(rows, columns=["a", "b", "c"]).astype({"a": "str", "b": "str"})
    for columns in (["a"], ["a", "b"], ["c", "a", "b"]):
        key = Key.fit(frame, columns)
        codes = key.codes(frame)
        expected = frame.groupby(columns, dropna=False).ngroup().to_numpy()
        assert len({*zip(codes, expected, strict=True)}) == len({*codes}) == len({*expected})
        assert codes.min() >= 0 and codes.max() < key.count


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(-5, 5)), min_size=2, max_size=25))
def test_ranks_agree_with_pandas(rows: list) -> None:
    frame = pd.DataFrame(rows, columns=["g", "x"]).astype({"g": "str"})
    builder = Groups([Group(by=["g"], columns=["x"], statistics=["rank"])])
    builder.fit(frame, {})
    (part,) = builder.transform(frame)
    grouped = frame["x"].groupby(frame["g"])
    assert part.values == pytest.approx(((grouped.rank() - 0.5) / grouped.transform("size")).to_numpy())


def test_a_fitted_recipe_gives_each_row_the_same_features_alone() -> None:
    frame = pd.concat([FRAME] * 6, ignore_index=True)
    frame.insert(0, "row_id", np.arange(len(frame)))
    declared = Features(groups=[Group(by=["g"], columns=["x"], statistics=STATISTICS)], missing_count=True)  # type: ignore[arg-type]
    recipe = Recipe("toy", declared, 1)
    train, test = recipe.fit_transform(frame, frame.iloc[:4], dict(ROLES))  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(train.iloc[:4], test)
    alone = pd.concat([recipe.transform(frame.iloc[[k]]) for k in range(4)], ignore_index=True)
    pd.testing.assert_frame_equal(alone, test, check_exact=False, rtol=1e-5, atol=1e-6)
