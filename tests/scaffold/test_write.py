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
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.read import Files, Raw
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
        "split": Guess({}, "at random"),
        "source": {"path": Guess("a b/ü.zip", "there")},
        "models": ["linear"],
    }
    return Draft(**{**base, **keys})


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
    text = declaration(draft(roles=roles, more_roles=3, split=split, left_out={"mlp": Guess(False, "slow")}))
    competition = Competition.model_validate(yaml.safe_load(text))
    assert competition == Competition.model_validate(yaml.load(text, Loader=Loader))
    assert competition.columns.roles == {"1": "date", "a: b": "text", "yes": "ignore"}
    assert competition.source.path == "a b/ü.zip" and competition.source.files.sample is None
    assert competition.metric.label == "f2" and competition.split.horizon == 14
    assert competition.models == {"linear": {}}
    for words in ("# mlp is left out: slow", "# mlp: {}", "no sample submission is there", "3 more columns"):
        assert words in text
    assert max(len(line) for line in text.splitlines()) <= 120
