"""Levels of columns that have too many, hashed into a fixed number of buckets.

Source: Weinberger et al. (2009), Feature hashing for large scale multitask learning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.builders import Hash
from pipeline.features.builder import Builder, Made, Need, Roles
from pipeline.features.words import joined, spelled

_HASH_KEY = "podium's buckets"


@dataclass
class Hashes(Builder):
    """A category of a fixed number of levels for each declared column or tuple; missing where all of it is missing.

    Nothing is learnt: the same value falls into the same bucket in every file and on every machine.

    Parameters
    ----------
    declared : list of Hash
        As declared.
    """

    declared: list[Hash] = field(default_factory=list)
    name: ClassVar[str] = "hashes"

    def needs(self) -> Iterator[Need]:
        """The columns to hash."""
        for number, entry in enumerate(self.declared):
            yield Need(f"hashes[{number}].columns", entry.columns)

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn nothing."""

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<columns>_hash``."""
        for entry in self.declared:
            codes, texts = joined(frame, entry.columns)
            places = buckets(texts, entry.buckets)[codes] if len(texts) else codes
            names = [str(bucket) for bucket in range(entry.buckets)]
            values = spelled(np.where(codes < 0, -1, places), names)
            yield Made(f"{'_'.join(entry.columns)}_hash", values, ", ".join(entry.columns), "categorical")


def buckets(texts: np.ndarray, count: int) -> np.ndarray:
    """The bucket of each text, by SipHash: int64 in [0, count)."""
    hashed = pd.util.hash_array(np.asarray(texts, dtype=object), hash_key=_HASH_KEY, categorize=False)
    return (hashed % np.uint64(count)).astype(np.int64)
