"""Small raw files, and ``clean`` called on them."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import pytest

from pipeline.cleaning.sides import side_tables
from pipeline.core.errors import PodiumError
from pipeline.declaration.specs import CleanSpec
from pipeline.stages.clean import Cleaned, Raw, clean

TRAIN = "id,size,colour,label\n1,1.5,red,no\n2,2.5,blue,yes\n3,,red,yes\n4,4.5,NA,no\n"
TEST = "id,size,colour\n5,1,blue\n6,2,red\n"


def spec(task: str = "binary", **sections: Any) -> CleanSpec:
    columns = {"id": "id", "target": "label", **sections.pop("columns", {})}
    content = {
        "competition": "toy",
        "seed": 1,
        "task": task,
        "columns": columns,
        "files": {},
        "delimiter": None,
        "encoding": "utf-8",
        "tables": {},
        "clean": {},
        "transform": "identity",
        "split_columns": [],
    }
    return CleanSpec.model_validate(content | sections)


def words(text: str) -> pd.DataFrame:
    """A frame of texts, as ``read_raw`` gives it."""
    return pd.read_csv(io.StringIO(text), dtype="str", keep_default_na=False, na_values=[""])


def cleaned(train: str = TRAIN, test: str = TEST, sides: dict[str, str] | None = None, **sections: Any) -> Cleaned:
    files = {f"{name}.csv": words(text) for name, text in (sides or {}).items()}
    declared = spec(**sections)
    return clean(declared, Raw(words(train), words(test), side_tables(declared, files)))


def refused(*args: Any, **sections: Any) -> str:
    with pytest.raises(PodiumError) as caught:
        cleaned(*args, **sections)
    return str(caught.value)


def with_column(name: str, train: list[Any], test: list[Any]) -> tuple[str, str]:
    """Train and test of a number, a label and this column."""
    ours = pd.DataFrame({"id": range(len(train)), "n": range(len(train)), name: train, "label": "no"})
    ours.loc[::2, "label"] = "yes"
    theirs = pd.DataFrame({"id": range(100, 100 + len(test)), "n": range(len(test)), name: test})
    return ours.to_csv(index=False), theirs.to_csv(index=False)


def roles(result: Cleaned) -> dict[str, str]:
    return {column.name: column.role for column in result.schema.columns}
