"""The columns that a network was built for, and a frame's values as tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from pipeline.core.errors import PodiumError, nearest


@dataclass(frozen=True)
class Columns:
    """Numeric columns, categorical columns, and the vocabularies that these draw on.

    Parameters
    ----------
    numbers : tuple of str
        Numeric columns.
    categories : tuple of str
        Categorical columns.
    table : tuple of int
        For each of them, the vocabulary it draws on: columns that hold the same ids share one.
    vocabularies : tuple of tuples of str
        The known levels by code; the code after the last stands for missing and unseen levels.
    """

    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    table: tuple[int, ...]
    vocabularies: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, X: pd.DataFrame, shared: Sequence[Sequence[str]] = ()) -> Columns:
        """The columns of a frame; each group of columns in ``shared`` draws on one vocabulary, sorted by name.

        Raises
        ------
        PodiumError
            Where a group names what is no categorical column.
        """
        categories = tuple(str(name) for name, dtype in X.dtypes.items() if isinstance(dtype, pd.CategoricalDtype))
        for name in (name for group in shared for name in group):
            if name not in categories:
                hint = nearest(str(name), categories) if categories else ""
                raise PodiumError("", "shared", "must name categorical columns of the model", got=repr(name), step=hint)
        leader = {str(name): str(group[0]) for group in shared for name in group}
        members: dict[str, list[str]] = {}
        for name in categories:
            members.setdefault(leader.get(name, name), []).append(name)
        place = {name: number for number, group in enumerate(members.values()) for name in group}
        vocabularies = tuple(_vocabulary(X, group) for group in members.values())
        numbers = tuple(str(name) for name in X.columns if name not in place)
        return cls(numbers, categories, tuple(place[name] for name in categories), vocabularies)

    @property
    def levels(self) -> tuple[int, ...]:
        """How many codes each vocabulary has, the one for missing and unseen levels among them."""
        return tuple(len(vocabulary) + 1 for vocabulary in self.vocabularies)

    def tensors(self, X: pd.DataFrame, device: str) -> tuple[Tensor, Tensor]:
        """Numbers (n, numbers) in float32 and codes (n, categories) in int32, on the device."""
        numbers = np.empty((len(X), len(self.numbers)), dtype=np.float32)
        for position, name in enumerate(self.numbers):
            numbers[:, position] = X[name].to_numpy(dtype=np.float32)
        codes = np.empty((len(X), len(self.categories)), dtype=np.int32)
        for position, (name, table) in enumerate(zip(self.categories, self.table, strict=True)):
            unseen = len(self.vocabularies[table])
            known = pd.Index(self.vocabularies[table], dtype="str").get_indexer(_names(X[name]))
            lookup = np.append(np.where(known < 0, unseen, known), unseen).astype(np.int32)
            codes[:, position] = lookup[X[name].cat.codes.to_numpy()]
        return torch.from_numpy(numbers).to(device), torch.from_numpy(codes).to(device)

    def to_state(self) -> dict[str, Any]:
        """The columns as JSON."""
        return {name: getattr(self, name) for name in ("numbers", "categories", "table", "vocabularies")}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Columns:
        """The columns from JSON."""
        vocabularies = tuple(tuple(vocabulary) for vocabulary in state["vocabularies"])
        return cls(tuple(state["numbers"]), tuple(state["categories"]), tuple(state["table"]), vocabularies)


def _names(values: pd.Series) -> pd.Index[Any]:
    return values.cat.categories.astype("str")


def _vocabulary(X: pd.DataFrame, names: list[str]) -> tuple[str, ...]:
    """A column's levels in their own order, or several columns' levels in alphabetical order."""
    if len(names) == 1:
        return tuple(_names(X[names[0]]))
    return tuple(sorted({level for name in names for level in _names(X[name])}))
