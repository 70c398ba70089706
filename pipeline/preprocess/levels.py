"""The levels of one categorical column: rare ones together, and the three ways to hand them to a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.preprocess.keys import UNSEEN, codes_among, seen_levels

RARE, MISSING = "rare", "missing"


@dataclass(frozen=True)
class Levels:
    """A categorical column's levels as its training rows have them.

    Parameters
    ----------
    column : str
        The column.
    kept : tuple of str
        The levels of enough training rows.
    has_rare : bool
        Whether some levels were too rare to keep: they then share one level, and unseen ones join them.
    has_missing : bool
        Whether some training rows lack a value.
    """

    column: str
    kept: tuple[str, ...]
    has_rare: bool
    has_missing: bool

    @classmethod
    def fit(cls, values: pd.Series, rare: int) -> Levels:
        """Keep the levels of at least ``rare`` rows."""
        seen = seen_levels(values)
        codes = codes_among(values, seen)
        counts = np.bincount(codes, minlength=len(seen) + 1)
        kept = tuple(str(level) for level, count in zip(seen, counts, strict=False) if count >= rare)
        return cls(str(values.name), kept, len(kept) < len(seen), bool(counts[-1]))

    @property
    def names(self) -> list[str]:
        """The levels that a value can have, the shared one of the rare levels last."""
        return [*self.kept, _free(RARE, self.kept)] if self.has_rare else list(self.kept)

    @property
    def width(self) -> int:
        """The number of one-hot columns."""
        return len(self.names) + self.has_missing

    def _codes(self, values: pd.Series, missing: int, unseen: int) -> np.ndarray:
        codes = codes_among(values, self.kept)
        unseen = len(self.kept) if self.has_rare else unseen
        return np.where(codes == UNSEEN, unseen, np.where(codes == len(self.kept), missing, codes))

    def native(self, values: pd.Series) -> pd.Categorical[Any]:
        """Pandas' category type over the levels' texts; missing where missing or, without rare levels, unseen."""
        return pd.Categorical.from_codes(self._codes(values, -1, -1), categories=pd.Index(self.names, dtype="str"))

    def codes(self, values: pd.Series) -> pd.Categorical[Any]:
        """Integers from 0 in category type; the largest stands for missing and, without rare levels, unseen."""
        last = len(self.names)
        return pd.Categorical.from_codes(self._codes(values, last, last), categories=pd.Index(range(last + 1)))

    def onehot(self, values: pd.Series, out: np.ndarray | None = None) -> np.ndarray:
        """A column of 0 and 1 for each level, and one for missing where training rows have it: float32, (n, width).

        An unseen level, where no rare ones are, is 0 in all of them.

        Parameters
        ----------
        out : float32 array of shape (n, width) or None
            Zeros to write into, such as a part of a wider table.
        """
        nowhere = self.width
        codes = self._codes(values, len(self.names) if self.has_missing else nowhere, nowhere)
        out = np.zeros((len(values), self.width), dtype=np.float32) if out is None else out
        for place in range(self.width):
            out[codes == place, place] = 1.0
        return out

    @property
    def onehot_names(self) -> list[str]:
        """The one-hot columns' names, such as ``Sex=female``."""
        names = [*self.names, _free(MISSING, self.names)] if self.has_missing else self.names
        return [f"{self.column}={name}" for name in names]

    def to_state(self) -> dict[str, Any]:
        """The levels as JSON."""
        return {
            "column": self.column,
            "kept": list(self.kept),
            "has_rare": self.has_rare,
            "has_missing": self.has_missing,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Levels:
        """The levels from JSON."""
        return cls(state["column"], tuple(state["kept"]), state["has_rare"], state["has_missing"])


def _free(name: str, taken: tuple[str, ...] | list[str]) -> str:
    while name in taken:
        name += "_"
    return name
