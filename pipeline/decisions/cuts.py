"""Cut points that turn values into ordered labels."""

from __future__ import annotations

import numpy as np

from pipeline.decisions.confusion import label_score
from pipeline.decisions.resamples import midpoints, resample
from pipeline.declaration.metric import Metric

GRID = 300
RESAMPLES = 10


def fit_cuts(metric: Metric, y: np.ndarray, value: np.ndarray, rng: np.random.Generator) -> tuple[float, ...]:
    """Rising cut points, one fewer than the classes, averaged over resamples: the best ones follow the rows' noise.

    Parameters
    ----------
    y : int array of shape (n,)
        Class codes, which are the ordered labels' ranks.
    value : float array of shape (n,)
        Out-of-fold predictions on the codes' scale.
    rng : Generator
        For the resamples.
    """
    classes, edges = int(y.max()) + 1, midpoints(value, GRID)
    halves = np.arange(classes - 1) + 0.5
    if len(edges) < 2 or classes < 2:
        return tuple(halves.tolist())
    cells = np.bincount(
        y * (len(edges) + 1) + np.searchsorted(edges, value, side="right"), minlength=classes * (len(edges) + 1)
    )
    cells = cells.reshape(classes, -1)
    shares = np.searchsorted(cells.sum(axis=0).cumsum(), cells.sum(axis=1).cumsum()[:-1], side="left")
    starts = [np.clip(s, 0, len(edges) - 1) for s in (shares, np.searchsorted(edges, halves))]
    found = [_search_cuts(metric, cells, start) for start in starts]
    start = max(found, key=lambda places: label_score(metric, _at_cuts(cells, places)))
    draws = [_search_cuts(metric, draw, start) for draw in resample(cells, RESAMPLES, rng)]
    return tuple(np.mean([edges[places] for places in [start, *draws]], axis=0).tolist())


def _at_cuts(cells: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The confusion matrix of shape (classes, classes) with cuts at these edges."""
    below = np.concatenate([np.zeros((len(cells), 1)), cells.cumsum(axis=1)], axis=1)
    return np.diff(below[:, [0, *(places + 1), cells.shape[1]]], axis=1)


def _search_cuts(metric: Metric, cells: np.ndarray, start: np.ndarray, passes: int = 8) -> np.ndarray:
    """Coordinate search: one cut at a time, over every edge between its neighbours."""
    places, last = start.copy(), cells.shape[1] - 2
    below = cells.cumsum(axis=1)
    for _ in range(passes):
        before = places.copy()
        for i in range(len(places)):
            low = places[i - 1] if i else 0
            high = places[i + 1] if i + 1 < len(places) else last
            tried = np.arange(low, high + 1)
            tables = np.repeat(_at_cuts(cells, places)[None], len(tried), axis=0)
            moved = (below[:, tried] - below[:, [places[i]]]).T
            tables[:, :, i] += moved
            tables[:, :, i + 1] -= moved
            places[i] = tried[int(label_score(metric, tables).argmax())]
        if np.array_equal(before, places):
            break
    return places
