"""``select``: which columns a fold's models may eat, chosen from its training rows only."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from pipeline.declaration.base import Section


class Select(Section):
    """The selection method and how much it keeps.

    Attributes
    ----------
    method : {"none", "filter", "wrapper", "embedded", "null_importance"}
        ``filter``: near-zero variance, then correlation, then mutual information. ``wrapper``: recursive elimination.
        ``embedded``: importance in boosted trees. ``null_importance``: importance against that under a shuffled target.
    keep : float or int
        A share in (0, 1] or a number of columns of at least 1.
    correlation_above : float
        For ``filter``: of two numeric columns correlated above this, the one with less mutual information goes.
    always : list of str
        Columns that are kept whatever the method says.
    shuffles : int
        For ``null_importance``: how often the target is shuffled.
    rounds : int
        Boosting rounds of the trees that judge importance.
    """

    method: Literal["none", "filter", "wrapper", "embedded", "null_importance"] = "none"
    keep: float = Field(default=0.8, gt=0)
    correlation_above: float = Field(default=0.99, gt=0, le=1)
    always: list[str] = Field(default_factory=list)
    shuffles: int = Field(default=20, ge=5)
    rounds: int = Field(default=200, ge=10)

    @model_validator(mode="after")
    def _keep_is_share_or_count(self) -> Select:
        if self.keep > 1 and self.keep != int(self.keep):
            raise ValueError(f"keep must be a share in (0, 1] or a whole number of columns; got {self.keep}")
        return self
