"""``split``: the folds, fixed once."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from pipeline.declaration.base import Section


class Split(Section):
    """How training rows are put into folds. A key that would have no effect is refused.

    Attributes
    ----------
    kind : {"auto", "stratified", "random", "group", "stratified_group", "time", "column"}
        ``auto``: stratified by class, or by target quantiles for a regression.
    folds : int
        The number of folds.
    repeats : int
        How often the folds are drawn anew; scores are averaged over them. Not for ``time`` and ``column``.
    group : str or None
        For the group kinds: rows of one group never stand on both sides.
    time : str or None
        For ``time``: the column that orders the rows. Each fold validates on what comes after its training rows.
    gap : float
        For ``time``: what lies between training and validation; days for a date, else the column's unit.
    horizon : float or None
        For ``time``: the length of each validation window, in the same unit; by default of equal numbers of rows.
    column : str or None
        For ``column``: the user's own fold ids, a column of the training file.
    """

    kind: Literal["auto", "stratified", "random", "group", "stratified_group", "time", "column"] = "auto"
    folds: int = Field(default=5, ge=2)
    repeats: int = Field(default=1, ge=1)
    group: str | None = None
    time: str | None = None
    gap: float = Field(default=0.0, ge=0)
    horizon: float | None = Field(default=None, gt=0)
    column: str | None = None

    @model_validator(mode="after")
    def _no_key_without_effect(self) -> Split:
        owners = {
            "group": ("group", "stratified_group"),
            "time": ("time",),
            "gap": ("time",),
            "horizon": ("time",),
            "column": ("column",),
        }
        for key, kinds in owners.items():
            given = getattr(self, key) != type(self).model_fields[key].default  # a spec has every key written out
            if given and self.kind not in kinds:
                raise ValueError(f"{key} has no effect with kind {self.kind}; it belongs to {' or '.join(kinds)}")
            if key == self.kind.removeprefix("stratified_") and self.kind in kinds and not given:
                raise ValueError(f"kind {self.kind} needs the key {key}")
        if self.kind in ("time", "column") and self.repeats > 1:
            raise ValueError(f"repeats must be 1 with kind {self.kind}: its folds are not drawn")
        return self
