"""The ensemble and what its members were fitted on: how alike they err, class counts."""

from __future__ import annotations

from pipeline.report.exhibits.exhibit import Exhibit, Facts, Tables
from pipeline.report.figures import classes, members


def member_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """How alike the ensemble's members err; nothing where there is one only."""
    table = tables["correlation"]
    apart = table[table["member"] != table["other"]]
    if apart.empty:
        return []
    least = apart.iloc[int(apart["correlation"].argmin())]
    alt = f"Correlations of the members' errors; {least['member']} and {least['other']} err least alike, "
    alt += f"by {least['correlation']:.2f}"
    return [Exhibit("members", members.correlation(table), alt, wide=table["member"].nunique() > 12)]


def resampling_exhibits(tables: Tables, facts: Facts) -> list[Exhibit]:
    """Class counts before and after resampling; none where nothing was resampled."""
    table = tables["class_counts"]
    if not len(table):
        return []
    total = table[["before", "after"]].sum()
    alt = f"Class counts by fold; {total['before']} training rows become {total['after']} over all fits"
    return [Exhibit("counts", classes.counts(table), alt, wide=True)]
