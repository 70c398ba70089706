"""``select``: which columns a fold's models may eat, chosen from its training rows only."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from pipeline.declaration.base import Section

Method = Literal["none", "filter", "wrapper", "embedded", "null_importance", "adversarial"]
By = Literal[
    "mutual_information",
    "chi_squared",
    "anova_f",
    "elimination",
    "forward",
    "backward",
    "tree_importance",
    "l1",
    "permutation",
]

WAYS: dict[str, tuple[By, ...]] = {
    "filter": ("mutual_information", "chi_squared", "anova_f"),
    "wrapper": ("elimination", "forward", "backward"),
    "embedded": ("tree_importance", "l1", "permutation"),
}


class Select(Section):
    """The selection method and how much it keeps.

    Attributes
    ----------
    method : {"none", "filter", "wrapper", "embedded", "null_importance", "adversarial"}
        ``filter``: near-zero variance, then correlation, then a measure of each column alone. ``wrapper``: a search by
        fits on inner folds of the fold's training rows. ``embedded``: what one fitted model leans on.
        ``null_importance``: importance against that under a shuffled target. ``adversarial``: what tells train from
        test goes, without a look at the target; it reads the test rows, and the report says so.
    by : str or None
        Which of its kind; by default the first. For ``filter``: ``mutual_information``, ``chi_squared``, ``anova_f``.
        For ``wrapper``: ``elimination`` (recursive, the number of columns by inner folds), ``forward``, ``backward``.
        For ``embedded``: ``tree_importance``, ``l1`` (lasso), ``permutation`` (on an inner hold-out).
    keep : float or int
        A share in (0, 1] or a number of columns of at least 1. ``filter`` and ``tree_importance`` keep so many, all
        others at most so many; ``adversarial`` keeps at least so many.
    correlation_above : float
        For ``filter``: of two numeric columns correlated above this, the one with the lesser measure goes.
    always : list of str
        Columns that are kept whatever the method says.
    shuffles : int
        For ``null_importance``: how often the target is shuffled; for ``permutation``: how often each column is.
    rounds : int
        Boosting rounds of the trees that judge columns.
    most_fits : int
        For ``forward`` and ``backward``: a search that may take more fits in a fold than this is refused.
    told_apart_above : float
        For ``adversarial``: the AUC that telling test from train must exceed for a column to go.
    compare : bool
        Whether ``train`` fits every model on all columns as well, so that the report can say what selection gains and
        what it costs. It doubles the time of ``train`` (``tune`` is not affected); set it to false once it is known.
    """

    method: Method = "none"
    by: By | None = None
    keep: float = Field(default=0.8, gt=0)
    correlation_above: float = Field(default=0.99, gt=0, le=1)
    always: list[str] = Field(default_factory=list)
    shuffles: int = Field(default=20, ge=5)
    rounds: int = Field(default=200, ge=10)
    most_fits: int = Field(default=1500, ge=1)
    told_apart_above: float = Field(default=0.6, gt=0.5, lt=1)
    compare: bool = True

    @model_validator(mode="after")
    def _keep_is_share_or_count(self) -> Select:
        if self.keep > 1 and self.keep != int(self.keep):
            raise ValueError(f"keep must be a share in (0, 1] or a whole number of columns; got {self.keep}")
        return self

    @model_validator(mode="after")
    def _by_is_of_the_method(self) -> Select:
        ways = WAYS.get(self.method, ())
        if self.by is not None and not ways:
            raise ValueError(f"by has no effect with method {self.method}; it belongs to {', '.join(WAYS)}")
        if self.by is not None and self.by not in ways:
            raise ValueError(f"by must be one of {', '.join(ways)} for method {self.method}; got {self.by}")
        return self

    @property
    def way(self) -> str:
        """Which of its kind, the default filled in; the method's own name where it has only one."""
        return self.by or WAYS.get(self.method, (self.method,))[0]

    @property
    def label(self) -> str:
        """The method as people read it, such as ``filter by chi_squared``."""
        return f"{self.method} by {self.way}" if self.way != self.method else self.method
