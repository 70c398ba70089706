"""Character n-grams of words and texts, hashed into a fixed number of columns.

Source: Weinberger et al. (2009), Feature hashing for large scale multitask learning; scikit-learn's
``HashingVectorizer``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from pipeline.declaration.builders import Ngrams
from pipeline.features.builder import Builder, Made, Need, Roles
from pipeline.features.words import words


@dataclass
class HashedNgrams(Builder):
    """Signed counts of character n-grams in each bucket, of length 1; nothing is learnt.

    Parameters
    ----------
    declared : list of Ngrams
        As declared.
    """

    declared: list[Ngrams] = field(default_factory=list)
    name: ClassVar[str] = "ngrams"

    def needs(self) -> Iterator[Need]:
        """The columns to hash."""
        for number, entry in enumerate(self.declared):
            yield Need(f"ngrams[{number}].columns", entry.columns)

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn nothing."""

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<column>_ngrams_1`` and so on; missing where the text is."""
        for entry in self.declared:
            vectorizer = _vectorizer(entry)
            for column in entry.columns:
                codes, distinct = pd.factorize(words(frame[column]))
                placed = np.full((len(distinct) + 1, entry.buckets), np.nan, dtype=np.float32)
                if len(distinct):
                    placed[:-1] = vectorizer.transform(distinct).toarray()
                for bucket in range(entry.buckets):
                    yield Made(f"{column}_ngrams_{bucket + 1}", placed[:, bucket][codes], column)


def _vectorizer(entry: Ngrams) -> Any:
    from sklearn.feature_extraction.text import HashingVectorizer

    lengths = (entry.shortest, entry.longest)
    return HashingVectorizer(analyzer="char_wb", ngram_range=lengths, n_features=entry.buckets, dtype=np.float32)
