"""Text columns to lengths and counts, and TF-IDF of words and character n-grams put through a truncated SVD.

Source: Deerwester et al. (1990), Indexing by latent semantic analysis; scikit-learn's ``TfidfVectorizer`` and
``TruncatedSVD``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from pipeline.features.builder import Builder, Made, Roles, columns_of

_PARTS = {"length": r"(?s).", "words": r"\S+", "capitals": r"[A-Z]", "digits": r"[0-9]", "marks": r"[^\w\s]"}
_ANALYZERS: dict[str, dict[str, Any]] = {
    "words": {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"},
    "chars": {"analyzer": "char_wb", "ngram_range": (2, 4)},
}
_FITTED_TEXTS = 50_000
_LEAST_TEXTS = 2
_RARE_ABOVE_TEXTS = 50


@dataclass
class Texts(Builder):
    """Length, words, capitals, digits and marks of each text, and its place among the others' topics.

    Parameters
    ----------
    components : int
        Topics a column; 0 leaves them out.
    max_terms : int
        The most frequent words, and as many character n-grams, that are weighed.
    seed : int
        For the SVD.

    A term that stands in one text alone is left out.

    ``state``: column to ``parts`` (those that vary), ``vocabularies`` and ``weights`` by analyzer, and ``components``,
    of shape (topics, terms).
    """

    components: int = 8
    max_terms: int = 5000
    seed: int = 0
    name: ClassVar[str] = "text"

    def fit(self, frame: pd.DataFrame, roles: Roles) -> None:
        """Learn the terms and the topics."""
        for column in columns_of(frame, roles, "text"):
            texts = np.asarray(frame[column].dropna().unique()[:_FITTED_TEXTS], dtype=object)
            topics = self._topics(texts) if self.components else {}
            parts = [what for what in _PARTS if len(np.unique(_count(frame[column], what))) > 1]
            self.state[column] = {"parts": parts, **topics}

    def transform(self, frame: pd.DataFrame) -> Iterator[Made]:
        """``<column>_length`` and so on, and ``<column>_topic_1`` and so on."""
        for column, learnt in self.state.items():
            for what in learnt["parts"]:
                yield Made(f"{column}_{what}", _count(frame[column], what), column)
            if "components" in learnt:
                codes, distinct = pd.factorize(frame[column])
                placed = _placed(np.asarray(distinct, dtype=object), learnt)
                rows = np.vstack([placed, np.full((1, placed.shape[1]), np.nan)])[codes]
                for number in range(placed.shape[1]):
                    yield Made(f"{column}_topic_{number + 1}", rows[:, number], column)

    def _topics(self, texts: np.ndarray) -> dict[str, Any]:
        from scipy.sparse import hstack
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfVectorizer

        if len(texts) < _LEAST_TEXTS:
            return {}
        learnt: dict[str, Any] = {"vocabularies": {}, "weights": {}}
        parts = []
        for name, settings in _ANALYZERS.items():
            vectorizer = TfidfVectorizer(
                max_features=self.max_terms, min_df=1 + (len(texts) > _RARE_ABOVE_TEXTS), dtype=np.float32, **settings
            )
            try:
                parts.append(vectorizer.fit_transform(texts))
            except ValueError:  # no term at all: every text is blank to this analyzer
                continue
            learnt["vocabularies"][name] = {str(term): int(place) for term, place in vectorizer.vocabulary_.items()}
            learnt["weights"][name] = vectorizer.idf_.astype(np.float32)
        if not parts:
            return {}
        matrix = hstack(parts).tocsr()
        topics = min(self.components, *(size - 1 for size in matrix.shape))
        if topics < 1:
            return {}
        learnt["components"] = TruncatedSVD(topics, random_state=self.seed).fit(matrix).components_.astype(np.float32)
        return learnt


def _count(texts: pd.Series, what: str) -> np.ndarray:
    counts = texts.str.len() if what == "length" else texts.str.count(_PARTS[what])
    numbers: np.ndarray = counts.to_numpy(dtype=np.float64, na_value=np.nan)
    return numbers


def _placed(texts: np.ndarray, learnt: dict[str, Any]) -> np.ndarray:
    """The texts in the topics' space, of shape (texts, topics)."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    if len(texts) == 0:
        return np.empty((0, len(learnt["components"])))
    parts = []
    for name, vocabulary in learnt["vocabularies"].items():
        vectorizer = TfidfVectorizer(vocabulary=vocabulary, dtype=np.float32, **_ANALYZERS[name])
        vectorizer.idf_ = learnt["weights"][name]
        parts.append(vectorizer.transform(texts))
    placed: np.ndarray = hstack(parts).tocsr() @ learnt["components"].T
    return placed
