"""A builder run over frames without a competition."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pipeline.declaration.columns import Role
from pipeline.features.builder import Builder


def roles_of(frame: pd.DataFrame) -> dict[str, Role]:
    """Numbers are numeric, dates dates, words categorical."""
    roles: dict[str, Role] = {}
    for name in frame.columns.drop("row_id", errors="ignore"):
        number = pd.api.types.is_numeric_dtype(frame[name])
        date = pd.api.types.is_datetime64_any_dtype(frame[name])
        roles[str(name)] = "numeric" if number else "date" if date else "categorical"
    return roles


def made(builder: Builder, frame: pd.DataFrame, other: pd.DataFrame | None = None) -> dict[str, Any]:
    """What a builder fitted on a frame makes of it, or of other rows: lists by name, None where missing."""
    builder.fit(frame, roles_of(frame))
    columns = {}
    for part in builder.transform(frame if other is None else other):
        values = pd.Series(part.values).astype(object)
        columns[part.name] = values.where(values.notna(), None).tolist()
        assert (part.role == "categorical") == any(isinstance(value, str) for value in columns[part.name])
    return columns


def words(*values: str | None) -> pd.Series:
    """Texts."""
    return pd.Series(values, dtype="str")
