"""What a sample submission says of its columns."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.core.errors import PodiumError
from pipeline.dataset import Schema
from pipeline.declaration.specs import SubmitSpec
from pipeline.submission.layout import Layout, read_layout

LABELS = ["ant", "bee", "cat"]


def layout(*columns: str, classes: list[str] | None = None) -> Layout:
    labels = classes or LABELS
    task = "binary" if len(labels) == 2 else "multiclass"
    spec = SubmitSpec.model_validate(
        {"competition": "toy", "seed": 1, "task": task, "metric": "log_loss", "files": {}, "delimiter": None,
         "encoding": "utf-8", "submit": {}, "columns": {"id": "id", "target": "y"}}
    )  # fmt: skip
    schema = Schema(task=task, target="y", id="id", classes=labels, columns=[], train_rows=9, test_rows=2)
    return read_layout(spec, schema, pd.DataFrame({name: ["0", "0"] for name in columns}))


def test_a_column_for_each_class_leaves_none_unseen() -> None:
    found = layout("id", "cat", "ant", "bee")
    assert (found.classes, found.unseen) == ([2, 0, 1], [])


def test_columns_of_classes_that_no_training_row_has() -> None:
    found = layout("id", "cat", "dog", "ant", "bee", "eel")
    assert (found.id, found.unseen, found.labels) == ("id", ["dog", "eel"], LABELS)
    assert layout("id", "yes", "no", "maybe", classes=["no", "yes"]).unseen == ["maybe"]


def test_a_first_column_of_another_name_is_the_id_and_no_class() -> None:
    found = layout("row", "cat", "ant", "bee")
    assert (found.id, found.columns, found.unseen) == ("row", ["cat", "ant", "bee"], [])


def test_a_sample_without_ids_must_have_every_class() -> None:
    assert layout("cat", "ant", "bee").id is None
    with pytest.raises(PodiumError, match="must have a column for each class, ant, bee, cat"):
        layout("cat", "ant", "dog", "bee")


def test_one_column_has_no_classes() -> None:
    assert layout("id", "y", classes=["no", "yes"]).unseen == []
