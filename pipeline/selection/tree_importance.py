"""Tree importance: the columns with most gain in boosted trees."""

from __future__ import annotations

from pipeline.declaration.select import Select
from pipeline.selection import Judged, Verdict, best, how_many
from pipeline.selection.trees import gains


def choose(judged: Judged, section: Select) -> Verdict:
    """Fit boosted trees once and keep the columns of highest gain.

    Returns
    -------
    Verdict
        The score is a column's share of the gain.
    """
    gain = gains(judged, judged.y, section.rounds)
    score = gain / (gain.sum() or 1.0)
    return Verdict(score, best(score, how_many(section.keep, len(score))))
