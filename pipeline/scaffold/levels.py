"""Columns of levels: which are known by their statistics rather than by themselves, and which tuples are worth one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from pipeline.declaration.columns import Role
from pipeline.declaration.metric import Task
from pipeline.scaffold.guess import TIME_NAME, Guess, Look, listed, spaced, words_of
from pipeline.scaffold.read import Raw

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SOME_LEVELS = 10
MANY_LEVELS = 255
FEW_NUMBERS = 10
MOST_SINGLE, MOST_OTHERS, MOST_PAIRED = 12, 8, 8
MOST_STATISTICS = 80
SMOOTHING = 10
ROWS_A_TUPLE, OFTEN_SHARE = 3, 0.4
KNOWN_SHARE = 0.5
CODES_LEAST, CODES_SPARSE, CODES_REPEATED = 20, 10, 5
CODES_EVEN, CODES_ROUND = 0.3, 0.25
JAGGED, ROUNDED, EQUAL, LEAST_EACH = 6.0, 0.45, 0.3, 20
NUMBERED, PARTS, UNEVEN = 0.9, 10, 1.5
MOST_PERHAPS, MOST_OF_ONE = 8, 3
SAMPLED_ROWS = 20_000


@dataclass(frozen=True)
class Level:
    """A column of levels.

    Parameters
    ----------
    name : str
        The column.
    distinct : int
        Its levels in the training file.
    known : float
        The share of test rows whose level the training file has.
    numeric : bool
        Whether it stays a column of numbers, which may be names as well.
    """

    name: str
    distinct: int
    known: float
    numeric: bool = False


def are_codes(words: pd.Series) -> bool:
    """Whether whole numbers are names rather than amounts: sparse, repeated, evenly spread and seldom round.

    Gaps between amounts grow with the amounts, and people round them; codes do neither.
    """
    import numpy as np
    from scipy import stats

    from pipeline.cleaning.words import as_numbers

    numbers = as_numbers(words.dropna())
    if numbers is None or not len(numbers):
        return False
    values = np.unique(numbers.to_numpy(dtype=np.float64))
    repeated = len(numbers) >= CODES_REPEATED * len(values)
    sparse = values[-1] - values[0] >= CODES_SPARSE * len(values)
    if len(values) < CODES_LEAST or values[0] < 0 or not (repeated and sparse):
        return False
    gaps = stats.spearmanr(np.arange(len(values) - 1), np.diff(values)).statistic
    even = max(CODES_EVEN, 2 / len(values) ** 0.5)
    return bool(abs(gaps) < even and (values % 10 == 0).mean() < CODES_ROUND)


def may_be_codes(words: pd.Series) -> bool:
    """Whether whole numbers may be names as well as amounts.

    Neighbours differ in frequency, while an amount's do so by chance alone: twice their roots differ by about one. Or
    all stand as often. Or they count many things up from 1, and no part of them stands much more often than another.
    Zeros, which often mean that there is none, are not looked at, and amounts that people round are no names.
    """
    import numpy as np

    from pipeline.cleaning.words import as_numbers

    numbers = as_numbers(words.dropna())
    if numbers is None or not len(numbers):
        return False
    amounts = numbers.to_numpy(dtype=np.float64)
    values, counts = np.unique(amounts[amounts != 0], return_counts=True)
    if len(counts) < CODES_LEAST or counts.sum() < CODES_REPEATED * len(counts):
        return False
    often = values[np.argsort(-counts, kind="stable")][:CODES_LEAST]
    if (often % 5 == 0).mean() > ROUNDED:
        return False
    jagged = float(np.mean(np.diff(2 * np.sqrt(counts)) ** 2) / 2)
    equal = counts.mean() >= LEAST_EACH and counts.var() < EQUAL * counts.mean()
    return bool(jagged > JAGGED or equal or _are_numbered(values, counts))


def _are_numbered(values: np.ndarray, counts: np.ndarray) -> bool:
    """Whether values are nearly all the numbers from 1 to many, each part of them about as frequent."""
    import numpy as np

    if len(values) <= MANY_LEVELS or values[0] > 2 or len(values) < NUMBERED * (values[-1] - values[0] + 1):
        return False
    parts = [part.sum() for part in np.array_split(counts, PARTS)]
    return bool(max(parts) < UNEVEN * min(parts))


def find_levels(raw: Raw, looks: Mapping[str, Look], roles: Mapping[str, Guess[Role]]) -> list[Level]:
    """The columns of levels, the widest first; truths and small whole numbers serve tuples and are among them."""
    found, perhaps = [], 0
    for name, look in looks.items():
        role = roles[name].value if name in roles else None
        few = role is None and look.kind in ("number", "boolean") and look.distinct <= FEW_NUMBERS
        few = few and (look.whole or look.kind == "boolean")
        maybe = role is None and look.kind == "number" and look.whole and not few and not TIME_NAME.search(spaced(name))
        maybe = maybe and perhaps < MOST_PERHAPS and may_be_codes(words_of(raw.train[name].head(SAMPLED_ROWS)))
        perhaps += maybe
        if role == "categorical" or few or maybe or (role is None and look.kind == "level"):
            words = words_of(raw.train[name])
            distinct = int(words.nunique())
            if distinct > 1:
                known = words_of(raw.test[name]).isin(words.dropna().unique()) | raw.test[name].isna()
                found.append(Level(name, distinct, float(known.mean()), maybe))
    return sorted(found, key=lambda level: (-level.distinct, level.name))


def find_features(levels: list[Level], counted: Guess[list[str]] | None = None) -> dict[str, Guess[Any]]:
    """``features`` for levels: counts over both files, and columns of too many levels kept as keys alone.

    Parameters
    ----------
    counted : guess of list of str, or None
        Columns of numbers that are counted too.
    """
    wide = [level.name for level in levels if level.distinct > SOME_LEVELS]
    keys = [level.name for level in levels if level.distinct > MANY_LEVELS and not level.numeric]
    numeric = [level.name for level in levels if level.numeric]
    amounts = [name for name in counted.value if name not in wide] if counted else []
    if not wide and not amounts:
        return {}
    why = f"how often a value of {listed(wide + amounts)} occurs is counted in both files together"
    found: dict[str, Guess[Any]] = {"scope": Guess("train+test", why)}
    if keys or numeric or amounts:
        reasons = [f"the columns of more than {SOME_LEVELS} levels"] if wide else []
        reasons += [f"{listed(numeric)} hold whole numbers that may be names as well as amounts"] if numeric else []
        reasons += [counted.why] if counted and amounts else []
        found["counts"] = Guess(wide + amounts, "; ".join(reasons))
    if keys:
        why = f"more than {MANY_LEVELS} levels: known by their counts and statistics, and to models of ids"
        found["keys"] = Guess(keys, why)
    return found


def find_statistics(
    raw: Raw, levels: list[Level], extra: Mapping[str, np.ndarray], task: Task, classes: int
) -> list[dict[str, Any]]:
    """The target statistics to declare: of each column of more than 10 levels, and of tuples with such a column.

    Parameters
    ----------
    extra : mapping of str to array of shape (n,)
        Features that ``features`` makes, such as a date's weekday, with their training values: they serve tuples.
    """
    each = max(1, classes - 1) if task == "multiclass" else 1
    most = max(1, MOST_STATISTICS // each)
    wide = [level for level in levels if level.distinct > SOME_LEVELS and level.known >= KNOWN_SHARE]
    single = [[level.name] for level in wide[:MOST_SINGLE]]
    tuples = _tuples(raw, wide, levels, extra) if each == 1 else []
    return [{"columns": names, "smoothing": SMOOTHING} for names in (single + tuples)[:most]]


def _tuples(raw: Raw, wide: list[Level], levels: list[Level], extra: Mapping[str, np.ndarray]) -> list[list[str]]:
    """Pairs whose tuples mostly stand several times, those of the most tuples first; triples with a date's weekday."""
    import pandas as pd

    names = [level.name for level in wide[:MOST_SINGLE]]
    others = [level.name for level in levels if level.known >= KNOWN_SHARE and level.name not in names][:MOST_OTHERS]
    codes = {name: pd.factorize(words_of(raw.train[name]))[0] for name in names + others}
    codes |= {name: pd.factorize(values)[0] for name, values in extra.items()}
    pairs: list[tuple[str, ...]] = [*combinations(names, 2)]
    pairs += [(a, b) for a in names for b in [*others, *extra]]
    small = [name for name in others if codes[name].max() <= 1][:2]
    pairs += [(names[0], day, name) for day in extra for name in small] if names else []
    sized = [(_tuples_often([codes[name] for name in pair]), list(pair)) for pair in pairs]
    chosen: list[list[str]] = []
    for count, pair in sorted(sized, key=lambda item: -item[0]):
        if count and all(sum(name in other for other in chosen) < MOST_OF_ONE for name in pair):
            chosen.append(pair)
    return chosen[:MOST_PAIRED]


def _tuples_often(codes: list[np.ndarray]) -> int:
    """The number of tuples, where most rows' tuples stand several times and tell more than one column; else 0."""
    import numpy as np

    place = np.zeros(len(codes[0]), dtype=np.int64)
    for column in codes:
        place = np.unique(place * (column.max() + 2) + column + 1, return_inverse=True)[1]
    counts = np.bincount(place)
    often = counts[counts >= ROWS_A_TUPLE].sum() >= OFTEN_SHARE * len(place)
    return len(counts) if often and len(counts) > 1.2 * max(int(column.max()) + 1 for column in codes) else 0
