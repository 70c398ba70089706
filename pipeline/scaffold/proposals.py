"""Features worth a trial: what each would be declared as, and its columns for the sampled rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

from pipeline.declaration.numeric import Operation
from pipeline.scaffold.asked import Asked, as_numbers
from pipeline.scaffold.guess import untaken, words_of

if TYPE_CHECKING:
    import numpy as np

    from pipeline.scaffold.trial import Trial

DISTINCT, STANDS_AGAIN = 0.15, 0.2  # shares of the rows: values that are many, and still come more than once
MOST_COUNTED = 5_000_000  # cells of both files
AMONG, MOST_PAIRS, SOME_VALUES = 8, 6, 10
ALIKE, MOST_FAMILIES = 4, 3
STEM = re.compile(r"(?P<stem>.*?)[\W_]*\d+")
MAKE = ("sum", "zeros")
LEAST_LEVELS, MOST_LEVELS, FEW_NUMBERS, GROUPED = 3, 255, 20, 3
INNER, SMOOTHING = 5, 10
LEAST_TURNED, MOST_COMPONENTS = 4, 6


@dataclass(frozen=True)
class Proposal:
    """Features of one kind.

    Parameters
    ----------
    key : str
        The key in ``features``.
    entries : list of (any, mapping of str to array of shape (n,))
        What would be listed under it, and the columns that each makes.
    what : str
        What they tell, for a reader.
    control : mapping of str to array of shape (n,)
        Columns that have all of it but what is said to tell something.
    """

    key: str
    entries: list[tuple[Any, Mapping[str, np.ndarray]]]
    what: str
    control: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """All columns."""
        return {name: values for _, made in self.entries for name, values in made.items()}


def names(asked: Asked, trial: Trial) -> Iterator[Proposal]:
    """The target's mean by whole numbers that may be names, of other rows; the control's levels are dealt out anew."""
    import numpy as np
    import pandas as pd

    places, y = asked.answers
    if y is None or not asked.perhaps:
        return
    kinds = y.max() + 1 if asked.task == "multiclass" else 1
    indicators = (y[:, None] == np.arange(kinds)).astype(float) if kinds > 1 else y[:, None].astype(float)
    fold = np.random.default_rng(1).integers(0, INNER, len(y))
    entries: list[tuple[Any, Mapping[str, np.ndarray]]] = []
    control: dict[str, np.ndarray] = {}
    for name in asked.perhaps:
        codes = pd.factorize(words_of(asked.raw.train[name].iloc[places]), use_na_sentinel=False)[0]
        made, dealt = (
            {f"{name} mean {kind}": _others_mean(by, fold, indicators[:, kind])[asked.sampled] for kind in range(kinds)}
            for by in (codes, np.random.default_rng(1).permutation(codes))
        )
        entries.append((name, made))
        control |= dealt
    yield Proposal("names", entries, "whole numbers are names", control)


def _others_mean(codes: np.ndarray, fold: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The mean of a level's rows in other folds, drawn to the overall mean."""
    import numpy as np

    levels, overall = int(codes.max()) + 1, float(values.mean())
    place = fold * levels + codes
    rows, sums = (np.bincount(place, w, INNER * levels).reshape(INNER, levels) for w in (None, values))
    others = (sums.sum(axis=0) - sums + SMOOTHING * overall) / (rows.sum(axis=0) - rows + SMOOTHING)
    found: np.ndarray = others[fold, codes]
    return found


def counts(asked: Asked, trial: Trial) -> Iterator[Proposal]:
    """How often a number stands in both files, of columns with many values that still come more than once."""
    many = [name for name in asked.numbers if asked.looks[name].distinct >= DISTINCT * asked.looks[name].rows]
    many = [name for name in many if f"{name}_count" not in asked.taken]
    if len(many) * (len(asked.raw.train) + len(asked.raw.test)) > MOST_COUNTED:
        return
    entries: list[tuple[Any, Mapping[str, np.ndarray]]] = []
    for name in many:
        values = as_numbers(asked.in_both(name))
        often = values.map(values.value_counts())
        if values.nunique() >= DISTINCT * values.count() and (often.dropna() > 1).mean() >= STANDS_AGAIN:
            entries.append((name, {f"{name}_count": often.to_numpy(dtype=float)[asked.sample]}))
    yield Proposal("counts", entries, "how often a number stands tells something too")


def row_statistics(asked: Asked, trial: Trial) -> Iterator[Proposal]:
    """Statistics over columns that are numbered under one name: counts of several goods, readings of one kind."""
    import pandas as pd

    from pipeline.features.rows import STATISTICS

    families: dict[str, list[str]] = {}
    for name in asked.numbers:
        if match := STEM.fullmatch(name):
            families.setdefault(match["stem"] or "number", []).append(name)
    alike = [(stem, columns) for stem, columns in families.items() if len(columns) >= ALIKE]
    for stem, columns in alike[:MOST_FAMILIES]:
        frame = pd.DataFrame({name: trial.columns[name] for name in columns})
        name = untaken(stem, asked.taken, [f"_{s}" for s in MAKE])
        made = {f"{name}_{s}": STATISTICS[s](frame).to_numpy(dtype=float) for s in MAKE}
        entry = {"name": name, "columns": columns, "make": [*MAKE]}
        yield Proposal("row_statistics", [(entry, made)], "columns that are alike tell more by their sum")


def arithmetic(asked: Asked, trial: Trial) -> Iterator[Proposal]:
    """The pairs, among the numbers that trees lean on, that explain most of what they have left over."""
    from pipeline.preprocess.pairs import best_pairs

    amounts = [name for name in asked.numbers if name not in asked.placed]
    strongest = _strongest([name for name in amounts if asked.looks[name].distinct > SOME_VALUES], trial, AMONG)
    columns = {name: trial.columns[name] for name in strongest}
    if len(columns) < 2:
        return
    pairs = best_pairs(columns, trial.residuals, get_args(Operation), MOST_PAIRS)
    entries: list[tuple[Any, Mapping[str, np.ndarray]]] = [
        ({"left": pair.left, "right": pair.right, "operations": [pair.operation]}, {pair.name: pair.values(columns)})
        for pair in pairs
        if pair.name not in asked.taken
    ]
    yield Proposal("arithmetic", entries, "two columns tell more together than apart")


def groups(asked: Asked, trial: Trial) -> Iterator[Proposal]:
    """How far numbers are from the mean of their level, of the levels and the numbers that trees lean on.

    The control are differences from the means of levels that were dealt out anew: hardly more than the numbers again.
    """
    import numpy as np
    import pandas as pd

    whole = [name for name in asked.numbers if asked.looks[name].whole and asked.looks[name].distinct <= FEW_NUMBERS]
    known = [n for n in [*asked.levels, *whole] if LEAST_LEVELS <= asked.looks[n].distinct <= MOST_LEVELS]
    amounts = [name for name in asked.numbers if asked.looks[name].distinct > FEW_NUMBERS and name not in asked.placed]
    entries: list[tuple[Any, Mapping[str, np.ndarray]]] = []
    control: dict[str, np.ndarray] = {}
    for level in _strongest(known, trial, GROUPED):
        codes = asked.codes(level)
        anew = np.random.default_rng(1).permutation(codes)
        for amount in _strongest(amounts, trial, GROUPED):
            values, name = pd.Series(trial.columns[amount]), f"{amount}_difference_by_{level}"
            if name not in asked.taken:
                made, control[name] = (
                    (values - values.groupby(by).transform("mean")).to_numpy(dtype=float) for by in (codes, anew)
                )
                entry = {"by": [level], "columns": [amount], "statistics": ["difference"]}
                entries.append((entry, {name: made}))
    yield Proposal("groups", entries, "a number tells more against the mean of its level", control)


def components(asked: Asked, trial: Trial) -> Iterator[Proposal]:
    """The numbers' principal components: trees split along one column at a time, and these go across."""
    import numpy as np

    names = asked.numbers
    if len(names) < LEAST_TURNED:
        return
    matrix = np.stack([trial.columns[name] for name in names], axis=1)
    known = np.isfinite(matrix)
    means = np.where(known, matrix, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, matrix - means, 0.0)
    spread = centred.std(axis=0)
    scaled = centred / np.where(spread > 0, spread, 1.0)
    _, vectors = np.linalg.eigh(scaled.T @ scaled / len(scaled))
    turned = scaled @ vectors[:, ::-1][:, :MOST_COMPONENTS]
    count = turned.shape[1]
    name = untaken("component", asked.taken, [f"_{number + 1}" for number in range(count)])
    made = {f"{name}_{number + 1}": turned[:, number] for number in range(count)}
    entry = {"name": name, "columns": names, "count": count}
    yield Proposal("components", [(entry, made)], "the directions in which numbers vary together tell more than each")


def _strongest(names: list[str], trial: Trial, most: int) -> list[str]:
    """The columns that trees lean on most, in their own order."""
    gains = trial.gains
    best = sorted(names, key=lambda name: -gains[name])[:most]
    return [name for name in names if name in best]
