"""``oversample``: synthetic rows for rare classes, made inside folds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.declaration.base import Section

Method = Literal[
    "none",
    "random",
    "smote",
    "smotenc",
    "borderline_smote",
    "adasyn",
    "smote_tomek",
    "smote_enn",
    "random_under",
    "class_weight",
]


class Oversample(Section):
    """How a fold's training classes are balanced; validation rows are never touched.

    Attributes
    ----------
    method : str
        ``smote`` with categorical columns is refused in favour of ``smotenc``. ``class_weight`` makes no rows:
        it weights them by the inverse of their class's share.
    ratio : float
        For two classes: the rare class's rows over the common one's afterwards. For more: 1 balances all of them.
    neighbours : int
        The nearest neighbours that SMOTE and its kin look at.
    """

    method: Method = "none"
    ratio: float = Field(default=1.0, gt=0, le=1)
    neighbours: int = Field(default=5, ge=1)
