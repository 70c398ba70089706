"""The recipe of a new competition: joins, ordered levels, features, statistics, selection, models, by role and size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipeline.declaration.columns import Role
from pipeline.declaration.metric import METRICS
from pipeline.scaffold.asked import Asked
from pipeline.scaffold.cleaning import find_clean
from pipeline.scaffold.coordinates import find_distances
from pipeline.scaffold.folds import times
from pipeline.scaffold.guess import Guess, Look, names_of, words_of
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.levels import Level, find_features, find_levels, find_statistics
from pipeline.scaffold.models import Size, Zoo, find_folds, find_zoo
from pipeline.scaffold.ordered import find_ordered
from pipeline.scaffold.parts import find_parts, with_levels
from pipeline.scaffold.proved import Proved, prove
from pipeline.scaffold.read import Raw
from pipeline.scaffold.series import as_trained, find_lags
from pipeline.scaffold.sides import Sides, find_sides
from pipeline.scaffold.task import Aim

if TYPE_CHECKING:
    import numpy as np

Section = Mapping[str, Guess[Any]]
WIDE = 150
MOST_SELECTED_CELLS = 20_000_000
SKEWED_ABOVE = 3.0
CLIP = 4.0
TEXT_COMPONENTS = 24
MOST_TEXT_ROWS = 100_000
WEEK, YEAR = 7, 60
LEAST_LABEL_ROWS, MOST_LOST = 5, 0.01
MOST_INDICATORS = 50
VARIED_ROWS = 2000


@dataclass(frozen=True)
class Guessed:
    """What is known of a competition before its recipe is guessed."""

    raw: Raw
    keys: Keys
    aim: Aim
    looks: Mapping[str, Look]
    roles: Mapping[str, Guess[Role]]
    split: Guess[dict[str, Any]]

    @cached_property
    def label_counts(self) -> dict[str, int]:
        """The rows of each of the target's words, the most frequent first."""
        counts = words_of(self.raw.train[self.keys.target.value]).value_counts()
        return {str(label): int(rows) for label, rows in counts.items()}

    @cached_property
    def scarce(self) -> list[str]:
        """Labels of a few rows each, where there are many labels and hardly a row is lost with these."""
        if self.aim.task.value != "multiclass":
            return []
        few = {label: rows for label, rows in self.label_counts.items() if rows < LEAST_LABEL_ROWS}
        lost = sum(few.values()) / sum(self.label_counts.values())
        return list(few) if lost <= MOST_LOST and len(few) <= len(self.label_counts) - 2 else []

    @cached_property
    def size(self) -> Size:
        """How large it is."""
        rows, metric = len(self.raw.train), str(self.aim.metric.value["name"])
        columns = max(1, len(self.looks))
        if self.aim.task.value == "regression":
            return Size(rows, columns, 0, rows, metric, self._varied)
        counts = {label: rows for label, rows in self.label_counts.items() if label not in self.scarce}
        return Size(rows, columns, len(self.label_counts), min(counts.values()), metric, self._varied)

    @property
    def _varied(self) -> float:
        """``Size.varied`` by rows from all over the file, which may be sorted."""
        train = self.raw.train
        some = train[list(self.looks)].iloc[:: max(1, len(train) // VARIED_ROWS)]
        return sum(1 - some[name].value_counts(normalize=True, dropna=False).iloc[0] for name in some.columns)


@dataclass(frozen=True)
class Recipe:
    """The sections of the declaration that are written for their own sake.

    Parameters
    ----------
    before, after : mapping of str to section
        Those that stand before ``split`` and after it; a key's value with its reason, which may be empty.
    split : guess of dict
        The folds.
    zoo : Zoo
        The models.
    roles : mapping of str to guess of role
        Those that the side tables tell, besides the ones known before.
    unused : mapping of str to str
        Side tables that are not joined, with the reason.
    proved : Proved
        Features that a trial has proved; they stand in ``before`` too.
    """

    before: Mapping[str, Section]
    split: Guess[dict[str, Any]]
    after: Mapping[str, Section]
    zoo: Zoo
    roles: Mapping[str, Guess[Role]]
    unused: Mapping[str, str]
    proved: Proved = field(default_factory=Proved)


def find_recipe(known: Guessed) -> Recipe:
    """Guess the recipe."""
    sides = find_sides(known.raw, known.keys)
    ordered = {k: g for k, g in find_ordered(known.raw, known.looks).items() if k not in known.roles}
    joined = _joined_roles(known, sides)
    roles = {**known.roles, **joined, **{name: Guess[Role]("ordinal", "") for name in ordered}}
    taken = _taken(known.raw, sides)
    key = known.keys.id.value
    parts = find_parts(known.raw, known.looks, roles, taken, key)
    ways = find_distances(known.raw, known.looks, roles, taken)
    raw, looks = with_levels(known.raw, known.looks, parts)
    levels = [level for level in find_levels(raw, looks, roles) if level.name != key]
    proved = prove(_asked(known, roles, ways, [level.name for level in levels if level.numeric]))
    levels = [level for level in levels if not level.numeric or proved.names is None or level.name in proved.names]
    statistics = find_statistics(raw, levels, _calendar(known), known.aim.task.value, known.size.classes)
    split = _split(known)
    fits = split.value.get("folds", 5) * split.value.get("repeats", 1) + ("time" in split.value)
    zoo = find_zoo(known.size, fits)
    before: dict[str, Section] = {
        "tables": sides.joins,
        "clean": find_clean(known.raw.train[known.keys.target.value], ordered, known.label_counts, known.scarce),
        "features": {
            **_features(known, levels, proved),
            **parts,
            **ways,
            **proved.sections,
            **_missing(known),
            **_text(known),
            **_skewed(known),
        },
        "preprocess": {**_clip(known), **_preprocess(statistics), **_lags(known, roles)},
    }
    after = {"select": _select(known, sides.columns), "train": zoo.train}
    return Recipe(before, split, after, zoo, joined, sides.left, proved)


def _asked(known: Guessed, roles: Mapping[str, Guess[Role]], ways: Section, perhaps: list[str]) -> Asked:
    """What a trial of features is told; places that ``distances`` puts together stay out of its arithmetic."""
    placed = {name for guess in ways.values() for way in guess.value for name in (*way["start"], *way["end"])}
    task, target = known.aim.task.value, known.keys.target.value
    return Asked(known.raw, known.looks, roles, target, task, not known.split.value, frozenset(placed), perhaps)


def _features(known: Guessed, levels: list[Level], proved: Proved) -> Section:
    """``features`` for levels; an id of parts is a key, since no model can learn from names that stand once."""
    found, key = find_features(levels, proved.counts), known.keys.id.value
    if key is None or key not in known.roles or known.roles[key].value != "categorical":
        return found
    keys = found.get("keys", Guess([], "the id by itself stands once"))
    return {**found, "keys": Guess([key, *keys.value], keys.why)}


def _taken(raw: Raw, sides: Sides) -> set[str]:
    """Every column that the files have, those that side tables bring under their names once joined."""
    taken = {*names_of(raw.train), *names_of(raw.test)}
    for join in (guess.value for guess in sides.joins.values()):
        taken |= {join.get("prefix", "") + name for name in names_of(raw.sides[join["file"]])}
    return taken


def _joined_roles(known: Guessed, sides: Sides) -> dict[str, Guess[Role]]:
    """Whole numbers that a side table is joined by are names of things."""
    found: dict[str, Guess[Role]] = {}
    for guess in sides.joins.values():
        for name in guess.value["on"]:
            look = known.looks.get(name)
            if name not in known.roles and look is not None and look.kind == "number" and look.whole:
                found[name] = Guess("categorical", f"{look.distinct} whole numbers that name the rows of a side table")
    return found


def _split(known: Guessed) -> Guess[dict[str, Any]]:
    """The guessed split, or folds at random by the number of rows."""
    if known.split.value:
        return known.split
    folds = find_folds(known.size)
    return Guess(folds.value, f"{known.split.why}: {folds.why}")


def _clip(known: Guessed) -> Section:
    """Odd rows are looked at by nobody yet: no amount may carry a linear model off."""
    if all(look.kind != "number" or name in known.roles for name, look in known.looks.items()):
        return {}
    why = "linear models go on in a straight line: amounts are held to four standard deviations, so that odd rows do"
    return {"clip": Guess(CLIP, why + " not carry them off")}


def _preprocess(statistics: list[dict[str, Any]]) -> Section:
    if not statistics:
        return {}
    why = "the target's mean by level and by tuple of levels, taken within each fold and drawn to the overall mean"
    return {"target_statistics": Guess(statistics, why)}


def _lags(known: Guessed, roles: Mapping[str, Guess[Role]]) -> Section:
    """``target_lags`` where values of series are to be told ahead."""
    if known.aim.task.value != "regression":
        return {}
    target = as_trained(
        known.raw.train[known.keys.target.value], METRICS[str(known.aim.metric.value["name"])].transform
    )
    lags = find_lags(known.raw, known.looks, roles, known.split.value, target)
    return {"target_lags": lags} if lags else {}


def _missing(known: Guessed) -> Section:
    """One count of what is missing in a row, where an indicator for each column would double a wide table."""
    most = max(look.rows for look in known.looks.values()) if known.looks else 0
    gaps = sum(look.rows < most for look in known.looks.values())
    if gaps <= MOST_INDICATORS:
        return {}
    why = f"{gaps} columns have missing values: how many are missing in a row, not an indicator for each"
    return {"missing_indicators": Guess(False, why), "missing_count": Guess(True, "")}


def _text(known: Guessed) -> Section:
    texts = [name for name, guess in known.roles.items() if guess.value == "text"]
    if not texts or len(known.raw.train) > MOST_TEXT_ROWS:
        return {}
    why = "topics of each text column; more than usual, since texts are often what a competition is about"
    return {"text": Guess({"components": TEXT_COMPONENTS}, why)}


def _skewed(known: Guessed) -> Section:
    """``log_skewed_above`` where an amount leans far to the right; trees do not mind, linear models do."""
    from scipy import stats

    from pipeline.cleaning.words import as_numbers

    for name, look in known.looks.items():
        if look.kind != "number" or name in known.roles or look.distinct <= 20:
            continue
        numbers = as_numbers(words_of(known.raw.train[name].head(5000)).dropna())
        if numbers is not None and numbers.min() >= 0 and (skewness := float(stats.skew(numbers))) > SKEWED_ABOVE:
            why = (
                f"amounts such as {name} lean far to the right (skewness {skewness:.0f}); linear models want them even"
            )
            return {"log_skewed_above": Guess(SKEWED_ABOVE, why)}
    return {}


def _select(known: Guessed, joined: int) -> Section:
    columns = len(known.looks) + joined
    cells = columns * len(known.raw.train)
    if columns < WIDE or cells > MOST_SELECTED_CELLS:
        return {}
    why = f"of {columns} columns many may tell nothing: half are kept, by what boosted trees lean on in each fold"
    return {
        "method": Guess("embedded", why),
        "by": Guess("tree_importance", ""),
        "keep": Guess(0.5, ""),
        "compare": Guess(False, "true fits every model on all columns too, to say what selection gains"),
    }


def _calendar(known: Guessed) -> Mapping[str, np.ndarray]:
    """The weekday and month that ``features`` makes of a date column, where they vary, by their columns' names."""
    import pandas as pd

    found: dict[str, np.ndarray] = {}
    for name in [c for c, guess in known.roles.items() if guess.value == "date"][:1]:
        days = times(known.raw.train[name], dated=True)
        if days is None or days.nunique() < WEEK:
            continue
        dates = pd.to_datetime(days, unit="D")
        found[f"{name}_weekday"] = dates.dt.day_of_week.to_numpy()
        if float(days.max() - days.min()) > YEAR:
            found[f"{name}_month"] = dates.dt.month.to_numpy()
    return found
