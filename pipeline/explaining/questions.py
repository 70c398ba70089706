"""Questions to a model: the same rows with one column shuffled, or set to one value throughout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

POINTS = 12


@dataclass(frozen=True)
class Grid:
    """A column's values to ask about, the lowest first, or its most frequent levels; and what each is called."""

    column: str
    values: tuple[Any, ...]

    @property
    def numeric(self) -> bool:
        """Whether the values are numbers."""
        return not any(isinstance(value, str) for value in self.values)


def grid_of(values: pd.Series, points: int = POINTS) -> Grid:
    """A numeric column's quantiles, or a categorical one's most frequent levels.

    Half a percent of the numbers is left out at either end. Values that occur are taken, so
    that whole numbers stay whole; missing ones are left out.
    """
    name = str(values.name)
    if isinstance(values.dtype, pd.CategoricalDtype):
        counts = values.value_counts()
        return Grid(name, tuple(str(level) for level in counts.index[counts > 0][:points]))
    known = np.sort(values.dropna().to_numpy(dtype=np.float64))
    if not len(known):
        return Grid(name, ())
    places = np.rint(np.linspace(0.005, 0.995, points) * (len(known) - 1)).astype(np.int64)
    return Grid(name, tuple(float(value) for value in np.unique(known[places])))


def shuffled(frame: pd.DataFrame, column: str, draw: np.random.Generator) -> pd.DataFrame:
    """The rows with this column's values dealt out anew."""
    values = frame[column].iloc[draw.permutation(len(frame))].array
    return frame.assign(**{column: values})


def set_to(frame: pd.DataFrame, column: str, value: Any) -> pd.DataFrame:
    """The rows with this column at one value, in its own type."""
    return frame.assign(**{column: pd.Series([value] * len(frame), index=frame.index, dtype=frame[column].dtype)})


def asked_together(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """All the frames in one, so that a model prepares and predicts once."""
    return pd.concat(frames, ignore_index=True)
