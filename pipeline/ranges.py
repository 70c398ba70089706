"""Where a search looks: ranges by setting, merged, fitted to the table's size, and as Optuna draws from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PodiumError
from pipeline.models import Range

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution


def space_of(card: Mapping[str, Range], declared: Mapping[str, Mapping[str, Any]]) -> dict[str, Range]:
    """The card's ranges with the declared ones in their place; what a declared one leaves out, the card's range says.

    >>> space_of({"depth": Range(2, 9, integer=True)}, {"depth": {"high": 5}})["depth"]
    Range(low=2, high=5, log=False, integer=True, choices=())
    """
    merged = dict(card)
    for name, limits in declared.items():
        own = {key: tuple(value) if key == "choices" else value for key, value in limits.items()}
        numeric = set(own) & {"low", "high", "log", "integer"}
        base = card.get(name, Range())
        keep = {} if "choices" in own or (numeric and base.choices) else vars(base)
        merged[name] = Range(**{**keep, **own})
    return merged


def sized(space: Mapping[str, Range], rows: int, columns: int) -> dict[str, Range]:
    """The ranges as they stand for a table of this size.

    >>> sized({"leaves": Range(4, 512, integer=True, per_row=0.02)}, rows=1000, columns=9)["leaves"].high
    20
    """
    return {name: _sized(limits, rows, columns) for name, limits in space.items()}


def _sized(limits: Range, rows: int, columns: int) -> Range:
    low, high = limits.low, limits.high
    if high is not None and low is not None and limits.per_row is not None:
        high = min(high, max(limits.per_row * rows, 2 * low))
        high = int(high) if limits.integer else high
    if high is not None and low is not None and limits.least_columns is not None:
        low = min(max(low, limits.least_columns / max(columns, 1)), high)
    return replace(limits, low=low, high=high)


def distribution(limits: Range) -> BaseDistribution:
    """A range as Optuna draws from it."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if limits.choices:
        return CategoricalDistribution(limits.choices)
    if limits.low is None or limits.high is None:
        raise PodiumError("", "tune.space", "must have choices, or both low and high", got=repr(limits))
    if limits.integer:
        return IntDistribution(int(limits.low), int(limits.high), log=limits.log)
    return FloatDistribution(float(limits.low), float(limits.high), log=limits.log)


def recorded(space: Mapping[str, Range], params: Mapping[str, Any]) -> dict[str, Any]:
    """Known settings as the study records them: the nearest point of the space, where they lie outside it.

    A setting that is null, which goes by the table, is recorded at the middle of its range.
    """
    return {name: _nearest_in(limits, params.get(name)) for name, limits in space.items()}


def _nearest_in(limits: Range, value: Any) -> Any:
    if limits.choices:
        return value if value in limits.choices else limits.choices[0]
    low, high = float(limits.low or 0.0), float(limits.high or 0.0)
    middle = (low * high) ** 0.5 if limits.log else (low + high) / 2
    number = float(value) if isinstance(value, int | float) else middle
    inside = min(max(number, low), high)
    return round(inside) if limits.integer else inside
