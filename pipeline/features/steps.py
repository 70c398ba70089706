"""Which builders a declaration asks for, in the order in which they run."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.declaration.features import Features
from pipeline.features.arithmetic import Pairs
from pipeline.features.bins import Binned
from pipeline.features.builder import Builder
from pipeline.features.clusters import KMeansClusters
from pipeline.features.components import PrincipalComponents
from pipeline.features.counts import Counts
from pipeline.features.crosses import Crosses
from pipeline.features.dates import Dates
from pipeline.features.distances import Distances
from pipeline.features.events import Events
from pipeline.features.group_ids import GroupIds
from pipeline.features.groups import Groups
from pipeline.features.hashing import Hashes
from pipeline.features.holiday import PublicHolidays
from pipeline.features.interactions import Products
from pipeline.features.missing import Missing
from pipeline.features.ngrams import HashedNgrams
from pipeline.features.occurrences import Occurrences
from pipeline.features.patterns import Patterns
from pipeline.features.power import Powers
from pipeline.features.rare import RareLevels
from pipeline.features.rows import AcrossColumns
from pipeline.features.skew import Skew
from pipeline.features.text import Texts
from pipeline.features.vectors import MeanVectors
from pipeline.features.winsorize import Winsorized


def builders_of(declared: Features, seed: int) -> list[Builder]:
    """The builders, not fitted; none where the recipe is not automatic.

    Parameters
    ----------
    seed : int
        For those that draw.
    """
    if not declared.automatic:
        return []
    return [*_times_places_and_words(declared, seed), *_levels_and_groups(declared, seed), *_numbers(declared, seed)]


def _times_places_and_words(declared: Features, seed: int) -> Iterator[Builder]:
    if declared.dates:
        yield Dates()
    if declared.holidays:
        yield PublicHolidays(declared.holidays)
    if declared.patterns:
        yield Patterns(declared.patterns)
    if declared.distances:
        yield Distances(declared.distances)
    yield Texts(declared.text.components, declared.text.max_terms, seed)
    if declared.ngrams:
        yield HashedNgrams(declared.ngrams)
    if declared.word_vectors:
        yield MeanVectors(declared.word_vectors, seed)


def _levels_and_groups(declared: Features, seed: int) -> Iterator[Builder]:
    if declared.winsorize:
        yield Winsorized(declared.winsorize)
    if declared.arithmetic:
        yield Pairs(declared.arithmetic)
    if declared.row_statistics:
        yield AcrossColumns(declared.row_statistics)
    if declared.bins:
        yield Binned(declared.bins, seed)
    if declared.rare:
        yield RareLevels(declared.rare)
    if declared.group_ids:
        yield GroupIds(declared.group_ids)
    if declared.crosses:
        yield Crosses(declared.crosses)
    if declared.hashes:
        yield Hashes(declared.hashes)
    if declared.counts:
        yield Counts(declared.counts if isinstance(declared.counts, list) else None, declared.counts_above)
    if declared.groups:
        yield Groups(declared.groups)
    if declared.occurrences:
        yield Occurrences(declared.occurrences)
    if declared.events:
        yield Events(declared.events)


def _numbers(declared: Features, seed: int) -> Iterator[Builder]:
    if declared.log_skewed_above is not None:
        yield Skew(declared.log_skewed_above)
    if declared.power is not None:
        yield Powers(declared.power)
    if declared.interactions:
        yield Products(declared.interactions)
    if declared.components:
        yield PrincipalComponents(declared.components)
    if declared.clusters:
        yield KMeansClusters(declared.clusters, seed)
    if declared.missing_indicators or declared.missing_count:
        yield Missing(declared.missing_indicators, declared.missing_count)
