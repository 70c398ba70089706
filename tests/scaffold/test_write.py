"""The declaration's text: what is read back is what was written, whatever the names."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.declaration.competition import Competition
from pipeline.declaration.read import Loader
from pipeline.scaffold.guess import Guess
from pipeline.scaffold.halves import Files
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.models import Zoo
from pipeline.scaffold.read import Raw
from pipeline.scaffold.recipe import Recipe
from pipeline.scaffold.task import Aim
from pipeline.scaffold.write import Draft, comment, declaration, scalar


def draft(**keys: Any) -> Draft:
    raw = Raw(pd.DataFrame({"x": ["1"]}), pd.DataFrame({"x": ["1"]}), None, Files("train.csv", "test.csv", None))
    aim = Aim(Guess("binary", "two values"), Guess({"name": "fbeta", "beta": 2.0}, "as asked for"))
    base: dict[str, Any] = {
        "slug": "toy",
        "raw": raw,
        "keys": Keys(Guess(None, "none"), Guess("y", "only one")),
        "aim": aim,
        "roles": {},
        "more_roles": 0,
        "source": {"path": Guess("a b/ü.zip", "there")},
        "recipe": recipe(),
    }
    return Draft(**{**base, **keys})


def recipe(**keys: Any) -> Recipe:
    zoo = Zoo(
        {"linear": Guess({}, ""), "lightgbm": Guess({"n_estimators": 90}, "few")}, {"mlp": Guess(False, "slow")}, {}
    )
    base: dict[str, Any] = {
        "before": {},
        "split": Guess({"kind": "stratified", "folds": 5}, "at random"),
        "after": {},
        "zoo": zoo,
        "roles": {},
        "unused": {},
    }
    return Recipe(**{**base, **keys})


@pytest.mark.parametrize("loader", [yaml.SafeLoader, Loader])
@given(
    value=st.one_of(st.text(), st.sampled_from(["yes", "No", "null", "1e5", "007", "1:30", "~", "- a", "a: b", "a #b"]))
)
def test_any_text_is_read_back_as_itself(loader: type[yaml.SafeLoader], value: str) -> None:
    printable = "".join(c for c in value if c.isprintable())
    assert yaml.load(f"key: {scalar(printable)}", Loader=loader) == {"key": printable}


@given(st.text())
def test_a_comment_is_never_anything_else(text: str) -> None:
    assert all(line.startswith("  # ") and len(line.splitlines()) == 1 for line in comment(text, 2))


def test_the_text_is_a_valid_declaration() -> None:
    roles = {"1": Guess("date", "dates"), "a: b": Guess("text", "texts"), "yes": Guess("ignore", "second id\n- x: 1")}
    split = Guess({"kind": "time", "folds": 5, "time": "a: b", "horizon": 14}, "later")
    join = {"file": "a: b.csv", "on": ["no", "c, d"], "prefix": "x_"}
    statistics = [{"columns": ["a: b", "c, d"], "smoothing": 10}, {"columns": ["[x]"], "smoothing": 10}]
    before = {
        "tables": {"other": Guess(join, "one row a key")},
        "clean": {"ordered": Guess({"size: 1": ["no", "Yes, it is", "#3"]}, "a scale")},
        "features": {},
        "preprocess": {"target_statistics": Guess(statistics, "by level")},
    }
    whole = recipe(before=before, split=split, after={"ensemble": {"rule": Guess("best", "")}}, unused={"z.csv": "odd"})
    text = declaration(draft(roles=roles, more_roles=3, recipe=whole))
    competition = Competition.model_validate(yaml.safe_load(text))
    assert competition == Competition.model_validate(yaml.load(text, Loader=Loader))
    assert competition.columns.roles == {"1": "date", "a: b": "text", "yes": "ignore"}
    assert competition.source.path == "a b/ü.zip" and competition.source.files.sample is None
    assert competition.metric.label == "f2" and competition.split.horizon == 14
    assert competition.models == {"linear": {}, "lightgbm": {"n_estimators": 90}}
    assert competition.tables["other"].model_dump(exclude_unset=True) == join
    assert competition.clean.ordered == {"size: 1": ["no", "Yes, it is", "#3"]}
    assert [s.columns for s in competition.preprocess.target_statistics] == [["a: b", "c, d"], ["[x]"]]
    assert competition.ensemble.rule == "best" and "features:" not in text
    told = (
        "# mlp is left out: slow",
        "# mlp: {}",
        "no sample submission is there",
        "3 more columns",
        "not used: z.csv",
    )
    for words in told:
        assert words in text
    assert max(len(line) for line in text.splitlines()) <= 120
