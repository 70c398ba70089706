"""Vectors of words, learnt by skip-gram from a text column itself, and averaged over each text.

Source: Mikolov et al. (2013), Distributed representations of words and phrases and their compositionality; gensim's
``Word2Vec``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar
from zlib import crc32

import numpy as np
import pandas as pd

from pipeline.declaration.builders import WordVectors
from pipeline.features.builder import Builder, Made, Need, Roles
from pipeline.features.words import words

_FITTED_TEXTS = 50_000


@dataclass
class MeanVectors(Builder):
    """The mean vector of a text's known words; zero where it has none, missing where there is no text.

    One thread and a hash of our own make the vectors the same in every run.

    Parameters
    ----------
    declared : list of WordVectors
        As declared.
    seed : int
        For the first vectors and the negative samples.

    ``state``: ``spaces``, for each entry a dict of column to ``words`` (to places) and ``vectors`` (words, size).
    """

    declared: list[WordVectors] = field(default_factory=list)
    seed: int = 0
    name: ClassVar[str] = "word_vectors"

    def needs(self) -> Iterator[Need]:
        """The texts."""
        for number, entry in enumerate(self.declared):
            yield Need(f"word_vectors[{number}].columns", entry.columns)

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn the vectors from the distinct texts, the first 50,000 of them."""
        self.state["spaces"] = [
            {column: self._space(words(frame[column]).dropna().unique(), entry) for column in entry.columns}
            for entry in self.declared
        ]

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<column>_vector_1`` and so on."""
        for entry, spaces in zip(self.declared, self.state["spaces"], strict=True):
            for column, space in spaces.items():
                codes, distinct = pd.factorize(words(frame[column]))
                rows = np.vstack([*(_mean(text, space) for text in distinct), np.full((1, entry.size), np.nan)])
                for number in range(entry.size):
                    yield Made(f"{column}_vector_{number + 1}", rows[codes, number], column)

    def _space(self, texts: Any, entry: WordVectors) -> dict[str, Any]:
        sentences = [_words(text) for text in texts[:_FITTED_TEXTS]]
        counts = pd.Series([word for sentence in sentences for word in sentence], dtype="str").value_counts()
        if counts.empty or counts.iloc[0] < entry.min_count:
            return {"words": {}, "vectors": np.zeros((0, entry.size), dtype=np.float32)}
        from gensim.models import Word2Vec

        model = Word2Vec(
            sentences,
            vector_size=entry.size,
            window=entry.window,
            min_count=entry.min_count,
            epochs=entry.epochs,
            sg=1,
            workers=1,
            seed=self.seed % 2**31,
            hashfxn=_hash,
        )
        return {"words": dict(model.wv.key_to_index), "vectors": model.wv.vectors.copy()}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _hash(text: str) -> int:
    return crc32(text.encode())


def _mean(text: str, space: dict[str, Any]) -> np.ndarray:
    places = [space["words"][word] for word in _words(text) if word in space["words"]]
    vectors: np.ndarray = space["vectors"]
    return vectors[places].mean(axis=0) if places else np.zeros(vectors.shape[1], dtype=np.float32)
