"""``features``: the automatic recipe, fitted without the target."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from pipeline.declaration import builders, numeric
from pipeline.declaration.base import Section

Statistic = Literal[
    "mean", "std", "min", "max", "median", "nunique", "share", "rank", "difference",
    "q05", "q10", "q25", "q75", "q90", "q95",
]  # fmt: skip


class Group(Section):
    """Statistics of numeric columns within groups of rows, none of which touches the target.

    Attributes
    ----------
    by : list of str
        The columns whose values make a group.
    columns : list of str
        The columns to describe; empty is allowed for ``share``, the group's share of all rows.
    statistics : list
        Which statistics. ``rank`` is within the group, in [0, 1]; ``difference`` is from the group's mean; ``q25`` is
        the quantile at 25 %.
    """

    by: list[str] = Field(min_length=1)
    columns: list[str] = Field(default_factory=list)
    statistics: list[Statistic] = Field(default=["mean", "std"], min_length=1)


class Text(Section):
    """What becomes of text columns: counts, and TF-IDF of words and character n-grams put through a truncated SVD.

    Attributes
    ----------
    components : int
        Dimensions that the SVD leaves of each text column; 0 leaves the TF-IDF out.
    max_terms : int
        The most frequent words, and as many character n-grams, that are weighed.
    columns : list of str
        Columns made by ``features.py`` that are texts; other words that it adds are categorical.
    """

    components: int = Field(default=8, ge=0)
    max_terms: int = Field(default=5000, ge=10)
    columns: list[str] = Field(default_factory=list)


class Features(Section):
    """The automatic recipe, and the builders that are listed.

    A builder may use what those before it made. The order is: dates, holidays, patterns, distances, text, ngrams,
    word_vectors, winsorize, arithmetic, row_statistics, bins, rare, group_ids, crosses, hashes, counts, groups,
    occurrences, events, log_skewed_above, power, interactions, components, clusters, and what is missing.

    Attributes
    ----------
    automatic : bool
        Whether the builders below run at all; the competition's own ``features.py`` always does, before them.
    scope : {"train", "train+test"}
        The rows that every builder learns from, and that counts, occurrences and events are looked up in. With
        ``train``, a test row sees training rows alone. The report says which.
    dates : bool
        Date columns to year, month, day, weekday, hour where there is one, and sine and cosine of each cycle.
    counts : bool or list of (str or list of str)
        Counts of each level of these columns, or tuple of columns; true for categorical ones of more than
        ``counts_above`` levels.
    counts_above : int
        The number of levels above which ``counts: true`` takes a column.
    missing_indicators : bool
        A 0/1 column for each numeric column with missing training values.
    missing_count : bool
        The number of missing values in the row.
    text : Text
        What becomes of text columns.
    groups : list of Group
        Group statistics.
    keys : list of str
        Columns kept for folds, target statistics and models of ids (fm); no other model eats them.
    drop : list of str
        Columns dropped after everything is built.
    log_skewed_above : float or None
        Numeric columns of non-negative values with a training skewness above this become ``log1p``; null turns it off.
    holidays, patterns, distances, ngrams, word_vectors, winsorize, arithmetic, row_statistics, bins, rare : lists
        Builders as ``pipeline.declaration.builders`` and ``numeric`` describe them, one entry for each thing to build.
    group_ids, crosses, hashes, occurrences, events, interactions, components, clusters : lists
        More of them.
    power : Power or None
        Power transforms of skewed columns.
    """

    automatic: bool = True
    scope: Literal["train", "train+test"] = "train"
    dates: bool = True
    counts: bool | list[str | list[str]] = True
    counts_above: int = Field(default=10, ge=1)
    missing_indicators: bool = True
    missing_count: bool = False
    text: Text = Field(default_factory=Text)
    groups: list[Group] = Field(default_factory=list)
    keys: list[str] = Field(default_factory=list)
    drop: list[str] = Field(default_factory=list)
    log_skewed_above: float | None = None
    holidays: list[builders.Holidays] = Field(default_factory=list)
    patterns: list[builders.Pattern] = Field(default_factory=list)
    distances: list[builders.Distance] = Field(default_factory=list)
    ngrams: list[builders.Ngrams] = Field(default_factory=list)
    word_vectors: list[builders.WordVectors] = Field(default_factory=list)
    winsorize: list[numeric.Winsorize] = Field(default_factory=list)
    arithmetic: list[numeric.Arithmetic] = Field(default_factory=list)
    row_statistics: list[numeric.RowStatistics] = Field(default_factory=list)
    bins: list[numeric.Bins] = Field(default_factory=list)
    rare: list[builders.Rare] = Field(default_factory=list)
    group_ids: list[builders.GroupId] = Field(default_factory=list)
    crosses: list[builders.Cross] = Field(default_factory=list)
    hashes: list[builders.Hash] = Field(default_factory=list)
    occurrences: list[builders.Occurrence] = Field(default_factory=list)
    events: list[builders.Event] = Field(default_factory=list)
    interactions: list[numeric.Interactions] = Field(default_factory=list)
    components: list[numeric.Components] = Field(default_factory=list)
    clusters: list[numeric.Clusters] = Field(default_factory=list)
    power: numeric.Power | None = None

    @model_validator(mode="after")
    def _no_builder_without_effect(self) -> Features:
        plain = ("counts", "keys", "drop")
        for name in type(self).model_fields:
            listed = isinstance(getattr(self, name), list) and name not in plain
            if not self.automatic and listed and getattr(self, name):
                raise ValueError(f"{name} has no effect with automatic: false")
        return self
