"""Features that a trial proves: how often a number stands, arithmetic of two columns, sums over columns that are alike.

No column's name tells that such a feature is worth it, so boosted trees are asked, with it and without it. Only what
is sure stays, and the declaration says by how much. Where test rows come later or of other groups, folds at random
would flatter, and nothing is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, get_args

from pipeline.declaration.columns import Role
from pipeline.declaration.metric import Task
from pipeline.declaration.numeric import Operation
from pipeline.scaffold.guess import Guess, Look, listed, names_of, numbers_of, untaken, words_of
from pipeline.scaffold.read import Raw

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from pipeline.scaffold.trial import Gain, Trial

LEAST_ROWS, MOST_ROWS = 900, 10_000
MOST_COLUMNS, MOST_CLASSES, ROWS_A_COLUMN = 200, 10, 10
DISTINCT, STANDS_AGAIN = 0.15, 0.2  # shares of the rows: values that are many, and still come more than once
WORTH = 0.1  # of the best count's gain
AMONG, MOST_PAIRS, SOME_VALUES = 8, 6, 10
ALIKE, MOST_FAMILIES = 4, 3
LEVELS = 100
STEM = re.compile(r"(?P<stem>.*?)[\W_]*\d+")
MAKE = ("sum", "zeros")


@dataclass(frozen=True)
class Proved:
    """What a trial has proved.

    Parameters
    ----------
    counts : guess of list of str, or None
        Columns of numbers whose counts tell of the target.
    sections : mapping of str to guess
        ``arithmetic`` and ``row_statistics`` of ``features``.
    """

    counts: Guess[list[str]] | None = None
    sections: Mapping[str, Guess[list[dict[str, Any]]]] = field(default_factory=dict)

    @property
    def reasons(self) -> dict[str, str]:
        """What each is worth, by its key in ``features``."""
        counts = {"counts": self.counts.why} if self.counts else {}
        return counts | {key: guess.why for key, guess in self.sections.items()}


@dataclass(frozen=True)
class Asked:
    """What the trial is told.

    Parameters
    ----------
    raw : Raw
        The files.
    looks : mapping of str to Look
        The columns.
    roles : mapping of str to guess of role
        Those that are no plain numbers or levels.
    target : str
        The target's column.
    task : {"binary", "multiclass", "regression"}
        The task.
    at_random : bool
        Whether test rows look as if they were drawn at random.
    placed : collection of str
        Columns that another feature puts together already.
    """

    raw: Raw
    looks: Mapping[str, Look]
    roles: Mapping[str, Guess[Role]]
    target: str
    task: Task
    at_random: bool
    placed: frozenset[str] = frozenset()

    @property
    def numbers(self) -> list[str]:
        """The columns of plain numbers."""
        return [name for name, look in self.looks.items() if look.kind == "number" and name not in self.roles]

    @property
    def taken(self) -> set[str]:
        """The names that the files' columns have."""
        return {*names_of(self.raw.train), *names_of(self.raw.test)}

    @property
    def worth_it(self) -> bool:
        """Whether there are rows enough to be sure of anything, and not so many columns that it would take long."""
        rows = len(self.raw.train)
        known = 2 <= len(self.looks) <= min(MOST_COLUMNS, rows / ROWS_A_COLUMN) and len(self.numbers) > 0
        return self.at_random and rows >= LEAST_ROWS and known


def prove(asked: Asked) -> Proved:
    """Try counts, then arithmetic, then sums over columns alike, each on top of what is proved."""
    if not asked.worth_it:
        return Proved()
    rows, y = _sampled(asked)
    if y is None:
        return Proved()
    from pipeline.scaffold.trial import Trial

    both = {name: _numbers(asked, name) for name in asked.numbers}
    trial = Trial({name: _column(asked, name, both)[rows] for name in _seen(asked)}, y, asked.task)
    trial, counts = _counts(asked, trial, both, rows)
    sections: dict[str, Guess[list[dict[str, Any]]]] = {}
    for name, found in (("row_statistics", _row_statistics), ("arithmetic", _arithmetic)):
        trial, guess = found(asked, trial)
        sections |= {name: guess} if guess else {}
    return Proved(counts, sections)


def _sampled(asked: Asked) -> tuple[np.ndarray, np.ndarray | None]:
    """Some of the rows with a target, and it: codes of classes, or ranks; None where the classes are too many."""
    import numpy as np
    import pandas as pd

    words = words_of(asked.raw.train[asked.target])
    values = numbers_of(words) if asked.task == "regression" else words
    if values is None:
        return np.arange(0), None
    known = np.flatnonzero(values.notna().to_numpy())
    rows = np.sort(np.random.default_rng(1).choice(known, min(len(known), MOST_ROWS), replace=False))
    if asked.task == "regression":
        return rows, values.iloc[rows].rank(pct=True).to_numpy(dtype=np.float64)
    codes, classes = pd.factorize(values.iloc[rows], sort=True)
    enough = 2 <= len(classes) <= MOST_CLASSES and np.bincount(codes).min() >= SOME_VALUES
    return rows, codes if enough else None


def _numbers(asked: Asked, name: str) -> pd.Series:
    """A column of numbers in both files, the training rows first."""
    import numpy as np
    import pandas as pd

    words = pd.concat([asked.raw.train[name], asked.raw.test[name]], ignore_index=True)
    found = numbers_of(words_of(words))
    return pd.Series(np.nan, words.index) if found is None else found.astype("float64")


def _seen(asked: Asked) -> list[str]:
    """The columns that the trees see: numbers, truths and levels."""
    levels = ("level", "boolean")
    named = {name for name, guess in asked.roles.items() if guess.value in ("categorical", "ordinal")}
    return [name for name, look in asked.looks.items() if name in {*asked.numbers, *named} or look.kind in levels]


def _column(asked: Asked, name: str, numbers: Mapping[str, pd.Series]) -> np.ndarray:
    """A column's training values: numbers, levels as codes, and of many levels how often each stands."""
    import pandas as pd

    rows = len(asked.raw.train)
    if name in numbers:
        return numbers[name].to_numpy()[:rows]
    words = words_of(pd.concat([asked.raw.train[name], asked.raw.test[name]], ignore_index=True))
    codes, levels = pd.factorize(words, sort=True)
    return (words.map(words.value_counts()).to_numpy(dtype=float) if len(levels) > LEVELS else codes)[:rows]


def _counts(
    asked: Asked, trial: Trial, both: Mapping[str, pd.Series], rows: np.ndarray
) -> tuple[Trial, Guess[list[str]] | None]:
    """How often a number stands in both files, of columns with many values that still come more than once."""
    found: dict[str, np.ndarray] = {}
    for name, values in ((name, values) for name, values in both.items() if f"{name}_count" not in asked.taken):
        known = values.dropna()
        if len(known) and known.nunique() >= DISTINCT * len(known):
            counts = values.map(known.value_counts())
            if (counts.dropna() > 1).mean() >= STANDS_AGAIN:
                found[name] = counts.to_numpy(dtype=float)[: len(asked.raw.train)][rows]
    if not found:
        return trial, None
    tried = trial.with_columns({f"{name}_count": values for name, values in found.items()})
    if not tried.gain_over(trial).sure:
        return trial, None
    gains = {name: tried.gains[f"{name}_count"] for name in found}
    kept = [name for name, gain in gains.items() if gain >= WORTH * max(gains.values())]
    tried = trial.with_columns({f"{name}_count": found[name] for name in kept})
    why = f"how often a value of {listed(kept)} stands tells something too"
    return _settled(trial, tried, Guess(kept, why))


def _row_statistics(asked: Asked, trial: Trial) -> tuple[Trial, Guess[list[dict[str, Any]]] | None]:
    """Statistics over columns that are numbered under one name: counts of several goods, readings of one kind."""
    import pandas as pd

    from pipeline.features.rows import STATISTICS

    best: tuple[Trial, dict[str, Any], Gain] | None = None
    for stem, columns in list(_families(asked.numbers))[:MOST_FAMILIES]:
        frame = pd.DataFrame({name: trial.columns[name] for name in columns})
        entry = {"name": untaken(stem, asked.taken, [f"_{s}" for s in MAKE]), "columns": columns, "make": [*MAKE]}
        made = {f"{entry['name']}_{s}": STATISTICS[s](frame).to_numpy(dtype=float) for s in MAKE}
        tried = trial.with_columns(made)
        gain = tried.gain_over(trial)
        if gain.sure and (best is None or gain.mean > best[2].mean):
            best = tried, entry, gain
    if best is None:
        return trial, None
    tried, entry, _ = best
    why = f"what {listed(list(entry['columns']), 2)} come to in a row tells more than each by itself"
    return _settled(trial, tried, Guess([entry], why))


def _families(names: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Columns that bear a number after the same name, where there are a few of them, with that name."""
    found: dict[str, list[str]] = {}
    for name in names:
        if match := STEM.fullmatch(name):
            found.setdefault(match["stem"] or "number", []).append(name)
    yield from ((stem, columns) for stem, columns in found.items() if len(columns) >= ALIKE)


def _arithmetic(asked: Asked, trial: Trial) -> tuple[Trial, Guess[list[dict[str, Any]]] | None]:
    """The pairs, among the columns that trees lean on, that explain most of what they have left over."""
    from pipeline.preprocess.pairs import best_pairs

    gains = trial.gains
    amounts = [name for name in asked.numbers if name not in asked.placed]
    amounts = [name for name in amounts if asked.looks[name].distinct > SOME_VALUES]
    strongest = sorted(amounts, key=lambda name: -gains[name])[:AMONG]
    columns = {name: trial.columns[name] for name in amounts if name in strongest}
    if len(columns) < 2:
        return trial, None
    pairs = best_pairs(columns, trial.residuals, get_args(Operation), MOST_PAIRS)
    pairs = tuple(pair for pair in pairs if pair.name not in asked.taken)
    if not pairs:
        return trial, None
    tried = trial.with_columns({pair.name: pair.values(columns) for pair in pairs})
    if not tried.gain_over(trial).sure:
        return trial, None
    entries = [{"left": pair.left, "right": pair.right, "operations": [pair.operation]} for pair in pairs]
    return _settled(trial, tried, Guess(entries, "what two columns come to together tells more than both apart"))


def _settled(trial: Trial, tried: Trial, guess: Guess[Any]) -> tuple[Trial, Guess[Any]]:
    """The trial to go on from, and the guess with what was gained; the target was looked at for it."""
    why = f"{guess.why}: with it boosted trees lose {tried.gain_over(trial)} less, in folds of the training rows"
    return tried, Guess(guess.value, why)
