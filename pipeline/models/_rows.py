"""A seeded sample of rows, for models whose time or memory grows too fast with them."""

from __future__ import annotations

from pipeline.models import Rows


def sampled(rows: Rows, most: int, seed: int) -> Rows:
    """As many rows as a model may take, drawn without replacement and in their order; all where they are no more.

    Parameters
    ----------
    rows : Rows
        The synthetic ones among them, which come last, stay last.
    most : int
        At least 1.
    seed : int
        The draw's only source of randomness.
    """
    import numpy as np

    count = len(rows.y)
    if count <= most:
        return rows
    drawn = np.sort(np.random.default_rng(seed).choice(count, most, replace=False))
    weight = None if rows.weight is None else rows.weight[drawn]
    return Rows(rows.X.iloc[drawn], rows.y[drawn], weight, int((drawn >= count - rows.made).sum()))


def real(rows: Rows) -> Rows:
    """The rows without the synthetic ones, on which a model that searches its own settings may be judged."""
    kept = len(rows.y) - rows.made
    return Rows(rows.X.iloc[:kept], rows.y[:kept], None if rows.weight is None else rows.weight[:kept])
