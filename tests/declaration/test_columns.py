"""What ``columns`` says beyond its keys."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.declaration.columns import Columns


@pytest.mark.parametrize(
    ("declared", "wanted"),
    [
        ({"roles": {"when": "date"}}, "when"),
        ({"roles": {"when": "text"}}, "when"),
        ({}, None),
        ({"roles": {"when": "ignore"}}, None),
        ({"roles": {"when": "group"}}, None),
        ({"roles": {"other": "date"}}, None),
        ({"roles": {"when": "date"}, "drop": ["when"]}, None),
        ({"roles": {"when": "text"}, "id_from": ["day", "hour"]}, None),
        ({"roles": {"when": "date"}, "id": None}, None),
    ],
)
def test_an_id_is_a_feature_by_its_declared_role_alone(declared: dict[str, Any], wanted: str | None) -> None:
    assert Columns.model_validate({"id": "when", "target": "y", **declared}).featured_id == wanted
