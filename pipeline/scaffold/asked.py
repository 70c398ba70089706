"""What a trial of features is told of a competition: some rows, their target, and the columns as trees see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.declaration.columns import Role
from pipeline.declaration.metric import Task
from pipeline.scaffold.guess import Guess, Look, names_of, numbers_of, words_of
from pipeline.scaffold.read import Raw

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LEAST_ROWS, MOST_ROWS = 900, 10_000
MOST_COLUMNS, MOST_CLASSES, ROWS_A_COLUMN, LEAST_OF_A_CLASS = 200, 10, 10, 10
CODED_LEVELS = 100
LARGEST = 1e30  # squares and products of it are finite


@dataclass(frozen=True)
class Asked:
    """A competition's files, and what is known of them.

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
    placed : frozenset of str
        Columns that another feature puts together already.
    perhaps : list of str
        Columns of whole numbers that may be names.
    """

    raw: Raw
    looks: Mapping[str, Look]
    roles: Mapping[str, Guess[Role]]
    target: str
    task: Task
    at_random: bool
    placed: frozenset[str] = frozenset()
    perhaps: list[str] = field(default_factory=list)

    @cached_property
    def numbers(self) -> list[str]:
        """The columns of plain numbers."""
        return [name for name, look in self.looks.items() if look.kind == "number" and name not in self.roles]

    @cached_property
    def levels(self) -> list[str]:
        """The columns of levels: words, truths and codes."""
        named = {name for name, guess in self.roles.items() if guess.value in ("categorical", "ordinal")}
        plain = {name for name, look in self.looks.items() if look.kind in ("level", "boolean")}
        return [name for name in self.looks if name in named or (name in plain and name not in self.roles)]

    @cached_property
    def taken(self) -> set[str]:
        """The names that the files' columns have."""
        return {*names_of(self.raw.train), *names_of(self.raw.test)}

    @property
    def worth_it(self) -> bool:
        """Whether there are rows enough to be sure of anything, and not so many columns that it would take long."""
        rows = len(self.raw.train)
        known = 2 <= len(self.looks) <= min(MOST_COLUMNS, rows / ROWS_A_COLUMN) and len(self.numbers) > 0
        return self.at_random and rows >= LEAST_ROWS and known

    @cached_property
    def answers(self) -> tuple[np.ndarray, np.ndarray | None]:
        """Places of all rows with a target, and it: codes of classes, or ranks; None where the classes are too many.

        A regression's target by ranks: a few large values are not to decide alone.
        """
        import numpy as np
        import pandas as pd

        words = words_of(self.raw.train[self.target])
        values = numbers_of(words) if self.task == "regression" else words
        if values is None:
            return np.arange(0), None
        known = values.dropna()
        places = np.flatnonzero(values.notna().to_numpy())
        if self.task == "regression":
            return places, known.rank(pct=True).to_numpy(dtype=np.float64)
        codes, classes = pd.factorize(known, sort=True)
        return places, codes if 2 <= len(classes) <= MOST_CLASSES else None

    @cached_property
    def sampled(self) -> np.ndarray:
        """Which of the answers are tried."""
        import numpy as np

        rows = len(self.answers[0])
        return np.sort(np.random.default_rng(1).choice(rows, min(rows, MOST_ROWS), replace=False))

    @property
    def sample(self) -> np.ndarray:
        """Places of the rows that are tried."""
        return self.answers[0][self.sampled]

    @property
    def y(self) -> np.ndarray | None:
        """The answers that are tried, where each class has some."""
        import numpy as np

        if self.answers[1] is None:
            return None
        y: np.ndarray = self.answers[1][self.sampled]
        few = self.task != "regression" and np.bincount(y, minlength=self.answers[1].max() + 1).min() < LEAST_OF_A_CLASS
        return None if few else y

    def in_both(self, name: str) -> pd.Series:
        """A column's words in both files, the training rows first."""
        import pandas as pd

        return words_of(pd.concat([self.raw.train[name], self.raw.test[name]], ignore_index=True))

    def codes(self, name: str) -> np.ndarray:
        """The levels of the sampled rows as codes, -1 where one is missing."""
        import pandas as pd

        return pd.factorize(words_of(self.raw.train[name].iloc[self.sample]), sort=True)[0]

    def column(self, name: str) -> np.ndarray:
        """The values of the sampled rows: numbers, levels as codes, and of many levels how often each stands."""
        if name in self.numbers:
            return as_numbers(words_of(self.raw.train[name].iloc[self.sample])).clip(-LARGEST, LARGEST).to_numpy()
        if self.looks[name].distinct <= CODED_LEVELS:
            return self.codes(name)
        words = self.in_both(name)
        return words.map(words.value_counts()).to_numpy(dtype=float)[self.sample]


def as_numbers(words: pd.Series) -> pd.Series:
    """The words as numbers, all of them missing where they are none."""
    import numpy as np
    import pandas as pd

    found = numbers_of(words)
    return pd.Series(np.nan, words.index) if found is None else found.astype("float64")
