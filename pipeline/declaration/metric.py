"""``metric``: the metrics' names and the facts about them that need no arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field, model_validator

from pipeline.core.errors import nearest
from pipeline.declaration.base import Section

Task = Literal["binary", "multiclass", "regression"]
Needs = Literal["label", "probability", "ranking", "value"]
Transform = Literal["identity", "log1p", "log"]


@dataclass(frozen=True)
class Facts:
    """What the pipeline must know of a metric before any number is computed.

    ``needs`` is what is submitted and scored: a label, a probability, a ranking of the classes, or a value.
    ``transform`` is what a regression is trained on. ``ordered`` marks labels that are trained as numbers and cut.
    """

    tasks: tuple[Task, ...]
    greater_is_better: bool
    needs: Needs
    transform: Transform = "identity"
    ordered: bool = False


_CLASSES: tuple[Task, ...] = ("binary", "multiclass")
_VALUES: tuple[Task, ...] = ("regression",)

METRICS: dict[str, Facts] = {
    "accuracy": Facts(_CLASSES, True, "label"),
    "balanced_accuracy": Facts(_CLASSES, True, "label"),
    "fbeta": Facts(_CLASSES, True, "label"),
    "mcc": Facts(_CLASSES, True, "label"),
    "auc": Facts(_CLASSES, True, "probability"),
    "gini": Facts(_CLASSES, True, "probability"),
    "average_precision": Facts(_CLASSES, True, "probability"),
    "recall_at_precision": Facts(_CLASSES, True, "probability"),
    "log_loss": Facts(_CLASSES, False, "probability"),
    "brier": Facts(_CLASSES, False, "probability"),
    "map_at_k": Facts(("multiclass",), True, "ranking"),
    "qwk": Facts(_CLASSES, True, "label", ordered=True),
    "rmse": Facts(_VALUES, False, "value"),
    "mae": Facts(_VALUES, False, "value"),
    "r2": Facts(_VALUES, True, "value"),
    "rmsle": Facts(_VALUES, False, "value", "log1p"),
    "rmspe": Facts(_VALUES, False, "value", "log"),
    "mape": Facts(_VALUES, False, "value", "log"),
    "smape": Facts(_VALUES, False, "value", "log1p"),
}


class Metric(Section):
    """The competition's metric, and its one parameter where it has one.

    Attributes
    ----------
    name : str
        One of the names in ``METRICS``.
    beta : float
        For ``fbeta``: how many times recall counts as much as precision.
    k : int
        For ``map_at_k``: how many labels a row may name.
    precision : float in (0, 1]
        For ``recall_at_precision``: the precision that must be reached.
    """

    name: str
    beta: float = Field(default=1.0, gt=0)
    k: int = Field(default=3, ge=1)
    precision: float = Field(default=0.9, gt=0, le=1)

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, content: Any) -> Any:
        return {"name": content} if isinstance(content, str) else content

    @model_validator(mode="after")
    def _known(self) -> Metric:
        if self.name not in METRICS:
            raise ValueError(f"must be a known metric; got {self.name!r}; {nearest(self.name, METRICS)}")
        for key, owner in (("beta", "fbeta"), ("k", "map_at_k"), ("precision", "recall_at_precision")):
            if getattr(self, key) != type(self).model_fields[key].default and self.name != owner:
                raise ValueError(f"has no parameter {key}: only {owner} does")
        return self

    @property
    def facts(self) -> Facts:
        """The facts about this metric."""
        return METRICS[self.name]

    @property
    def greater_is_better(self) -> bool:
        """Whether a larger score is a better one."""
        return self.facts.greater_is_better

    @property
    def label(self) -> str:
        """The name as people read it: ``f2``, ``map@3``, ``recall_at_precision_0.9``, ``accuracy``."""
        named = {
            "fbeta": f"f{self.beta:g}",
            "map_at_k": f"map@{self.k}",
            "recall_at_precision": f"recall_at_precision_{self.precision:g}",
        }
        return named.get(self.name, self.name)
