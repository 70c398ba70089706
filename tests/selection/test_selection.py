"""One list of checks for every selection method, then what is each one's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.declaration.metric import Task
from pipeline.declaration.select import Select
from pipeline.selection import Verdict, best, how_many, judge, load, ranks
from pipeline.selection.filter import doubles, near_constant
from pipeline.selection.mutual_information import measure as mutual_information

WAYS = {
    "mutual_information": "filter",
    "chi_squared": "filter",
    "anova_f": "filter",
    "elimination": "wrapper",
    "forward": "wrapper",
    "backward": "wrapper",
    "tree_importance": "embedded",
    "l1": "embedded",
    "permutation": "embedded",
    "null_importance": "null_importance",
}
TASKS: tuple[Task, ...] = ("binary", "multiclass", "regression")
TRUE = ["signal", "colour"]
pytestmark = pytest.mark.filterwarnings("error")


def table(task: Task, rows: int = 240, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Two columns that make the target, and six that don't."""
    rng = np.random.default_rng(seed)
    colour = rng.integers(0, 3, rows)
    frame = pd.DataFrame({f"noise{k}": rng.normal(size=rows) for k in range(4)}).astype("float32")
    frame["signal"] = rng.normal(size=rows).astype("float32")
    frame["letter"] = pd.Categorical(rng.choice(list("abcdef"), rows))
    frame["colour"] = pd.Categorical(np.array(["red", "green", "blue"])[colour])
    frame["flag"] = (rng.random(rows) < 0.5).astype("float32")
    value = (frame["signal"] + 1.5 * (colour == 0)).to_numpy()
    frame.loc[rng.random(rows) < 0.1, ["signal", "noise0", "letter"]] = np.nan
    if task == "regression":
        return frame, np.exp(value)
    return frame, np.digitize(value, [0.6] if task == "binary" else [0.0, 1.2])


def section_of(way: str, **keys: Any) -> Select:
    """The section that asks for this way of selecting."""
    method = WAYS[way]
    by = {} if method == way else {"by": way}
    return Select.model_validate({"method": method, **by, "keep": 2, "shuffles": 5, "rounds": 30, **keys})


def file_of(way: str) -> str:
    return "filter" if WAYS[way] == "filter" else way


def ask(way: str, task: Task, seed: int = 1, threads: int = 1, **section: Any) -> tuple[list[str], Verdict]:
    frame, target = table(task)
    verdict = load(file_of(way))(judge(frame, target, task, seed, threads), section_of(way, **section))
    return [str(name) for name in frame], verdict


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("method", WAYS)
def test_the_columns_that_make_the_target_are_found(method: str, task: Task) -> None:
    names, verdict = ask(method, task, rounds=30)
    assert sorted(np.array(names)[verdict.chosen]) == sorted(TRUE)
    assert np.isfinite(verdict.score).all() and len(verdict.score) == len(names)


@pytest.mark.parametrize("method", WAYS)
def test_a_verdict_is_the_same_twice(method: str) -> None:
    first, again = (ask(method, "binary", threads=threads, rounds=10)[1] for threads in (1, 2))
    assert np.array_equal(first.score, again.score) and np.array_equal(first.chosen, again.chosen)


@pytest.mark.parametrize("method", WAYS)
def test_a_verdict_leaves_the_frame_as_it_was(method: str) -> None:
    frame, target = table("binary")
    load(file_of(method))(judge(frame, target, "binary", 1), section_of(method, rounds=10))
    pd.testing.assert_frame_equal(frame, table("binary")[0])


def test_trees_judge_the_same_with_any_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = ask("tree_importance", "binary", rounds=10)[1]
    monkeypatch.setattr("pipeline.selection.trees.SMALL", 0)
    assert np.array_equal(alone.score, ask("tree_importance", "binary", threads=2, rounds=10)[1].score)


def test_null_importance_drops_what_does_not_beat_chance() -> None:
    names, verdict = ask("null_importance", "binary", keep=1.0, shuffles=10)
    chosen = set(np.array(names)[verdict.chosen])
    assert set(TRUE) <= chosen and len(chosen) < len(names)
    assert (verdict.score[verdict.chosen] > 0).all()


def test_a_regression_is_judged_the_same_whatever_its_scale() -> None:
    frame, target = table("regression")
    section = Select(method="embedded", keep=2, rounds=20)
    choose = load("tree_importance")
    plain, logged = (choose(judge(frame, y, "regression", 1), section) for y in (target, np.log(target)))
    assert np.array_equal(plain.score, logged.score)
    assert ranks(np.array([5.0, 1.0, 5.0])).tolist() == pytest.approx([2 / 3, 1 / 6, 2 / 3])


def test_many_rows_are_sampled_with_their_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.selection.MOST_ROWS", 100)
    frame, _ = table("binary")
    target = (np.arange(240) < 24).astype(np.int64)
    judged = judge(frame, target, "binary", 1)
    assert judged.X.shape == (100, 8) and judged.y.sum() == 10


def test_near_constant_columns_go() -> None:
    X = np.zeros((4000, 4), dtype=np.float32)
    X[:, 1], X[0, 2], X[:5, 3] = np.nan, 1, 1
    assert near_constant(X).tolist() == [True, True, True, False]


def test_of_two_doubles_the_better_one_stays() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 4)).astype(np.float32)
    X[:, 1], X[:, 3] = -2 * X[:, 0] + 1, 0
    score = np.array([0.1, 0.2, 0.3, 0.0])
    assert doubles(X, np.ones(4, dtype=bool), score, 0.99).tolist() == [True, False, False, False]
    assert not doubles(X, np.array([True, False, True, False]), score, 0.99).any()


def test_a_column_of_many_levels_is_not_informative_by_that_alone() -> None:
    rng = np.random.default_rng(0)
    colour = rng.integers(0, 3, 600)
    many = pd.Categorical(rng.integers(0, 200, 600).astype(str))
    frame = pd.DataFrame({"colour": pd.Categorical(np.array(list("rgb"))[colour]), "many": many})
    target = (rng.random(600) < np.array([0.2, 0.5, 0.8])[colour]).astype(np.int64)
    found = mutual_information(judge(frame, target, "binary", 1))
    assert found[0] > 2 * found[1]


def test_keep_is_a_share_or_a_number() -> None:
    assert [how_many(keep, 10) for keep in (0.8, 0.81, 1, 3, 40, 0.01)] == [8, 9, 10, 3, 10, 1]
    assert best(np.array([1.0, 2.0, 2.0, 0.0]), 1).tolist() == [False, True, False, False]
