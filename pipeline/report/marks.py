"""Small marks that the page draws itself, as places in percent of their width: intervals, dots, bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Scale:
    """A range of values, and where each lies on it in percent.

    >>> Scale(10.0, 20.0).place(15.0)
    50.0
    """

    low: float
    high: float

    @classmethod
    def over(cls, values: Sequence[float], margin: float = 0.06) -> Scale:
        """The range of values with a margin on either side."""
        low, high = min(values), max(values)
        room = (high - low) * margin or abs(high) * margin or 1.0
        return cls(low - room, high + room)

    def place(self, value: float) -> float:
        """The place in percent, kept inside."""
        return round(min(max(100 * (value - self.low) / (self.high - self.low), 0.0), 100.0), 2)

    def span(self, low: float, high: float) -> dict[str, float]:
        """A bar's left end and its width."""
        left = self.place(low)
        return {"left": left, "width": round(self.place(high) - left, 2)}


def intervals(table: pd.DataFrame) -> list[dict[str, Any]]:
    """For each line of the leaderboard: the folds' range, the mean with its standard error, and the held-out score."""
    held = table["holdout"].dropna().tolist()
    scale = Scale.over([*table["low"], *table["high"], *held])
    return [
        {
            "range": scale.span(line["low"], line["high"]),
            "error": scale.span(line["score"] - line["se"], line["score"] + line["se"]),
            "mean": scale.place(line["score"]),
            "holdout": scale.place(line["holdout"]) if pd.notna(line["holdout"]) else None,
        }
        for line in table.to_dict("records")
    ]


def differences(candidates: pd.DataFrame) -> list[dict[str, Any] | None]:
    """For each ensemble candidate: its difference from the best with twice its standard error, and where zero lies.

    None for one that did not take part.
    """
    low = candidates["difference"] - 2 * candidates["difference_se"]
    high = candidates["difference"] + 2 * candidates["difference_se"]
    scale = Scale.over([0.0, *low.dropna(), *high.dropna()])
    return [
        {"error": scale.span(left, right), "mean": scale.place(middle), "zero": scale.place(0.0)}
        if pd.notna(middle)
        else None
        for left, middle, right in zip(low, candidates["difference"], high, strict=True)
    ]
