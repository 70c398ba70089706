"""The last step: which columns go out, as float32 or as categories with the same levels in train and test."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from pipeline.core.errors import PodiumError
from pipeline.features.builder import NUMBERS, Roles
from pipeline.features.words import words

Kind = Literal["numeric", "categorical", "key"]

_EXACT_IN_FLOAT32 = 2**24


@dataclass
class Finish:
    """What each outgoing column becomes.

    Parameters
    ----------
    competition : str
        For errors.
    keys : list of str
        Columns that become categories which no model eats.
    drop : list of str
        Columns that do not go out.

    Attributes
    ----------
    kinds : dict of str to kind
        The outgoing columns.
    levels : dict of str to list of str
        The levels of the categories, sorted, of train and test together.
    offsets : dict of str to float
        What is taken off a column of large whole numbers, so that float32 tells its values apart.
    empty : list of str
        Columns left out because no training row has a value.
    """

    competition: str
    keys: list[str]
    drop: list[str]
    kinds: dict[str, Kind] = field(default_factory=dict)
    levels: dict[str, list[str]] = field(default_factory=dict)
    offsets: dict[str, float] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)

    def fit(self, train: pd.DataFrame, test: pd.DataFrame, roles: Roles) -> None:
        """Learn kinds, levels and offsets.

        Raises
        ------
        PodiumError
            Where a value is infinite, or no column is left for the models.
        """
        for name, role in roles.items():
            eaten = role in (*NUMBERS, "categorical")
            if name in self.keys:
                self.kinds[name] = "key"
            elif eaten and name not in self.drop and train[name].isna().all():
                self.empty.append(name)
            elif eaten and name not in self.drop:
                self.kinds[name] = "categorical" if role == "categorical" else "numeric"
        for name, kind in self.kinds.items():
            if kind == "numeric":
                self._fit_numbers(name, train[name], test[name])
            else:
                self.levels[name] = sorted(
                    {*words(train[name]).dropna().unique(), *words(test[name]).dropna().unique()}
                )
        if not any(kind != "key" for kind in self.kinds.values()):
            raise PodiumError(self.competition, "features", "must leave a column for the models", got="none")

    def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The outgoing frame: ``row_id``, then the columns. A level that is not known is missing."""
        columns: dict[str, object] = {"row_id": frame["row_id"].to_numpy(dtype=np.int64)}
        for name, kind in self.kinds.items():
            if kind == "numeric":
                columns[name] = (frame[name] - self.offsets.get(name, 0.0)).to_numpy(dtype=np.float32)
            else:
                levels = pd.Index(self.levels[name], dtype="str")
                codes = levels.get_indexer(pd.Index(words(frame[name])))
                columns[name] = pd.Categorical.from_codes(codes, categories=levels)
        return pd.DataFrame(columns)

    def _fit_numbers(self, name: str, train: pd.Series, test: pd.Series) -> None:
        for part, values in (("train", train), ("test", test)):
            infinite = int((values.abs() > np.finfo(np.float32).max).sum())
            if infinite:
                got = f"{infinite} infinite or beyond float32 in {part}"
                step = "Look for a division by zero or a logarithm of zero in features.py"
                raise PodiumError(self.competition, f"feature {name}", "must be finite", got=got, step=step)
        low, high = float(train.min()), float(train.max())
        if high > _EXACT_IN_FLOAT32 and low > 0.5 * high:
            self.offsets[name] = low
