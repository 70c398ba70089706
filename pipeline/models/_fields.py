"""Fields: columns as levels of which each row has one, for models that give every level parameters of its own.

A category's levels are its fields' levels; a number's are bins of about as many training rows each, or its values
where these are few. A missing value is a level too, where training rows miss some. What the training rows do not have
gets a code after all of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MOST_DISTINCT = 0.9  # levels a row: of an id that hardly ever comes twice nothing is to be learnt


@dataclass(frozen=True)
class Field:
    """One column's levels.

    Parameters
    ----------
    levels : list of str or None
        A category's levels in the order of their codes; None for a number.
    edges : list of float
        The lower edges of a number's bins but the first, rising; empty for a category.
    missing : bool
        Whether a missing value is a level, the last one.
    """

    levels: list[str] | None
    edges: list[float]
    missing: bool

    @property
    def size(self) -> int:
        """How many levels there are; the code of what is unknown."""
        return (len(self.edges) + 1 if self.levels is None else len(self.levels)) + self.missing

    @classmethod
    def of(cls, column: pd.Series, bins: int) -> Field:
        """The levels of a column's training rows.

        Parameters
        ----------
        column : Series of n rows
            Of pandas' category type, or numbers with NaN where one is missing.
        bins : int
            Bins of a number at most.
        """
        import pandas as pd

        missing = bool(column.isna().any())
        if isinstance(column.dtype, pd.CategoricalDtype):
            seen = column.cat.remove_unused_categories().cat.categories
            return cls([str(level) for level in seen], [], missing)
        return cls(None, _edges(column.dropna().to_numpy(dtype="float64"), bins), missing)

    def codes(self, column: pd.Series) -> np.ndarray:
        """Each row's level, ``size`` where it is unknown: int64 of shape (n,)."""
        import numpy as np

        last = self.size - 1 if self.missing else self.size
        if self.levels is None:
            values = column.to_numpy(dtype=np.float64, na_value=np.nan)
            return np.where(np.isnan(values), last, np.searchsorted(self.edges, values, side="right"))
        known = _places(self.levels, column.cat.categories)
        return np.append(np.where(known < 0, self.size, known), last)[column.cat.codes.to_numpy()]


def _edges(values: np.ndarray, bins: int) -> list[float]:
    """Every value but the least where they are few, else quantiles, ties once."""
    import numpy as np

    if not len(values):
        return []
    found = np.unique(values)
    if len(found) > bins:
        found = np.unique(np.quantile(values, np.arange(1, bins) / bins, method="higher"))
    return [float(edge) for edge in found[found > values.min()]]


def _places(levels: list[str], others: Any) -> np.ndarray:
    import pandas as pd

    places: np.ndarray = pd.Index(levels, dtype="str").get_indexer(others.astype("str"))
    return places


@dataclass(frozen=True)
class Fields:
    """The columns' fields. A category whose levels hardly ever come twice is none, unless there is nothing else.

    Parameters
    ----------
    columns : tuple of str
        Those that are fields.
    fields : tuple of Field
    """

    columns: tuple[str, ...]
    fields: tuple[Field, ...]

    @classmethod
    def of(cls, X: pd.DataFrame, bins: int) -> Fields:
        """The fields of the training rows."""
        every = {str(name): Field.of(X[name], bins) for name in X.columns}
        most = MOST_DISTINCT * len(X)
        telling = {name: own for name, own in every.items() if own.levels is None or own.size <= most} or every
        return cls(tuple(telling), tuple(telling.values()))

    @property
    def sizes(self) -> tuple[int, ...]:
        """The fields' levels, the unknown ones apart."""
        return tuple(field.size for field in self.fields)

    def codes(self, X: pd.DataFrame) -> np.ndarray:
        """The rows' levels: int64 of shape (fields, n)."""
        import numpy as np

        return np.stack([own.codes(X[name]) for name, own in zip(self.columns, self.fields, strict=True)])

    def to_state(self) -> list[dict[str, Any]]:
        """The fields as JSON."""
        return [{"column": name, **vars(own)} for name, own in zip(self.columns, self.fields, strict=True)]

    @classmethod
    def from_state(cls, state: list[dict[str, Any]]) -> Fields:
        """The fields from JSON."""
        fields = [Field(known["levels"], known["edges"], known["missing"]) for known in state]
        return cls(tuple(known["column"] for known in state), tuple(fields))
