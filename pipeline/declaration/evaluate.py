"""``evaluate``: what is reported beside the competition's metric."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator

from pipeline.declaration.base import Section
from pipeline.declaration.metric import Metric


class Evaluate(Section):
    """What else to report.

    Attributes
    ----------
    also : list of metrics
        Further metrics, by name or as a mapping, scored beside the competition's own.
    bins : int
        The bins of the calibration table.
    """

    also: list[Metric] = Field(default_factory=list)
    bins: int = Field(default=10, ge=2)

    @field_validator("also", mode="before")
    @classmethod
    def _names(cls, content: Any) -> Any:
        return content or []
