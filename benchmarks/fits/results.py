"""What the measurements say together: ratios to the bare library, memory over the table's size, growth with rows."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rich.table import Table

from benchmarks.fits.measure import Measured

MOST_RATIO, RATIO_FROM, MOST_MEMORY = 1.10, 100_000, 3.0


@dataclass(frozen=True)
class Pair:
    """Podium and the bare library, measured one after the other."""

    podium: Measured
    bare: Measured

    @property
    def ratio(self) -> float:
        """Podium's seconds of the fit over the bare library's."""
        return self.podium.fit / self.bare.fit


@dataclass(frozen=True)
class Line:
    """One family at one size.

    Parameters
    ----------
    rows_per_second : float
        Fitted rows over the least seconds of Podium's fit.
    ratio, median : float
        Podium's least seconds of the fit over the bare library's least, and the median of the pairs' ratios.
    whole : float
        The same as ``ratio`` for fit and predictions together, with Podium's storing of the model.
    memory : float
        Podium's least peak over the float32 table's size.
    """

    family: str
    rows: int
    seconds: float
    rows_per_second: float
    ratio: float
    median: float
    whole: float
    memory: float


def line_of(family: str, pairs: Sequence[Pair], fitted_share: float) -> Line:
    """A family's pairs of one size as one line; ``fitted_share`` of the table's rows are a fold's."""
    ours, theirs = [pair.podium for pair in pairs], [pair.bare for pair in pairs]
    seconds, rows = min(m.fit for m in ours), ours[0].rows
    whole = min(m.fit + m.predict + m.save for m in ours) / min(m.fit + m.predict for m in theirs)
    return Line(
        family,
        rows,
        seconds,
        fitted_share * rows / seconds,
        seconds / min(m.fit for m in theirs),
        statistics.median(pair.ratio for pair in pairs),
        whole,
        min(m.peak / m.table for m in ours),
    )


def exponent(seconds_by_rows: Mapping[int, float]) -> float | None:
    """The slope of the line through the logarithms of rows and seconds; None for a single size.

    >>> round(exponent({10_000: 0.5, 100_000: 5.0, 1_000_000: 50.0}), 6)
    1.0
    """
    if len(seconds_by_rows) < 2:
        return None
    return float(np.polyfit(np.log(list(seconds_by_rows)), np.log(list(seconds_by_rows.values())), 1)[0])


def table_of(lines: Sequence[Line]) -> Table:
    """All lines, a family's exponent with its last size; ``!`` marks what misses its aim."""
    titles = ("rows", "fit, s", "rows/s", "fit over bare", "median", "fold over bare", "memory", "exponent")
    table = Table("family", *titles, title="A fold's fit over the bare library's (! above 1.10 from 100,000 rows)")
    for number, line in enumerate(lines):
        last = number + 1 == len(lines) or lines[number + 1].family != line.family
        grown = exponent({other.rows: other.seconds for other in lines if other.family == line.family})
        table.add_row(
            line.family,
            f"{line.rows:,}",
            f"{line.seconds:.2f}",
            f"{line.rows_per_second:,.0f}",
            _marked(line.ratio, MOST_RATIO, line.rows >= RATIO_FROM),
            f"{line.median:.2f}",
            f"{line.whole:.2f}",
            _marked(line.memory, MOST_MEMORY, True) if line.rows > RATIO_FROM else "",
            f"{grown:.2f}" if last and grown is not None else "",
            end_section=last,
        )
    return table


def _marked(figure: float, most: float, aimed: bool) -> str:
    return f"{figure:.2f}{' !' if aimed and figure > most else ''}"
