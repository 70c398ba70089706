"""The kind of folds, guessed from how the test rows were set apart from the training rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PodiumError
from pipeline.declaration.columns import Role
from pipeline.declaration.metric import Task
from pipeline.declaration.specs import SplitSpec
from pipeline.declaration.split import Split
from pipeline.scaffold.guess import TIME_NAME, Guess, Look, spaced, words_of
from pipeline.scaffold.keys import Keys
from pipeline.scaffold.read import Raw
from pipeline.scaffold.roles import looks

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FOLDS = 5
MANY_ROWS, FEW_FOLDS = 300_000, 3
MICROSECONDS_PER_DAY = 86_400_000_000
LATER_SHARE = 0.99
LEAST_GROUPS = 4 * FOLDS
LEAST_TEST_GROUPS = 3
LEAST_GROUP_ROWS = 2.0


def find_split(raw: Raw, keys: Keys, roles: Mapping[str, Guess[Role]], task: Task) -> Guess[dict[str, Any]]:
    """The ``split`` section, empty where the default (stratified, random) is as the test rows were drawn.

    Test rows that come after all training rows ask for folds forward in time; test rows of groups that no training row
    belongs to ask for group folds. A split that the training rows do not allow is not guessed.
    """
    seen = looks(raw, keys)
    candidates = [_by_time(raw, column, look, roles.get(column)) for column, look in seen.items()]
    candidates.append(_by_group(raw, seen, task))
    for guess in candidates:
        for split in _variants(guess.value) if guess else []:
            if guess and _works(raw, keys, roles, split, task):
                return Guess(split, guess.why)
    return Guess({}, "test rows look as if they were drawn at random, so folds are too, and keep the target's shares")


def _variants(split: dict[str, Any]) -> list[dict[str, Any]]:
    """The split, and the same without a horizon."""
    plain = {key: value for key, value in split.items() if key != "horizon"}
    return [split, plain] if split != plain else [split]


def _by_time(raw: Raw, column: str, look: Look, role: Guess[Role] | None) -> Guess[dict[str, Any]] | None:
    dated = role is not None and role.value == "date"
    if not dated and not (look.kind == "number" and TIME_NAME.search(spaced(column))):
        return None
    parts = [times(raw_part[column], dated) for raw_part in (raw.train, raw.test)]
    if any(part is None or part.isna().any() for part in parts):
        return None
    train, test = (part.to_numpy() for part in parts if part is not None)
    if len(set(train)) < 2 * FOLDS or (test >= train.max()).mean() < LATER_SHARE or test.min() <= train.min():
        return None
    folds = FOLDS if len(train) <= MANY_ROWS else FEW_FOLDS
    split: dict[str, Any] = {"kind": "time", "folds": folds, "time": column}
    span = float(test.max() - test.min())
    if dated and (whole := _days(span)) and train.max() - train.min() > 2 * folds * whole:
        split["horizon"] = whole
    last, first = (
        raw_part[column].iloc[place] for raw_part, place in ((raw.train, train.argmax()), (raw.test, test.argmin()))
    )
    return Guess(split, f"the test rows come after the training rows: those end with {last}, these start with {first}")


def _days(span: float) -> int:
    """The test rows' time in whole days, both ends counted; 0 where it is less than a day."""
    return int(span) + 1 if span >= 1 else 0


def times(values: pd.Series, dated: bool) -> pd.Series | None:
    """A column as numbers that order its rows: days for dates; None where it cannot be read so."""
    from pipeline.cleaning.dates import declared_dates
    from pipeline.cleaning.words import as_numbers

    words = words_of(values)
    if not dated:
        return as_numbers(words)
    dates = declared_dates(values, words)
    if dates is None:
        return None
    return dates.astype("datetime64[us]").astype("int64").where(dates.notna()) / MICROSECONDS_PER_DAY


def _by_group(raw: Raw, seen: Mapping[str, Look], task: Task) -> Guess[dict[str, Any]] | None:
    """The coarsest column of groups that train and test do not share."""
    best: tuple[int, str] | None = None
    for column, look in seen.items():
        if look.kind not in ("level", "number") or (look.kind == "number" and not look.whole):
            continue
        train, test = (words_of(part[column]) for part in (raw.train, raw.test))
        groups, others = train.nunique(), test.nunique()
        sized = len(train) >= LEAST_GROUP_ROWS * groups and len(test) >= LEAST_GROUP_ROWS * others
        if groups < LEAST_GROUPS or others < LEAST_TEST_GROUPS or not sized or train.isna().any():
            continue
        if not set(train.unique()) & set(test.dropna().unique()) and (best is None or groups < best[0]):
            best = (groups, column)
    if best is None:
        return None
    kind = "group" if task == "regression" else "stratified_group"
    why = f"{best[1]} makes {best[0]} groups of training rows, and no test row belongs to one of them"
    return Guess({"kind": kind, "folds": FOLDS, "group": best[1]}, why)


def _works(raw: Raw, keys: Keys, roles: Mapping[str, Guess[Role]], split: dict[str, Any], task: Task) -> bool:
    """Whether the training rows can be put into these folds."""
    import pandas as pd

    from pipeline.folding import make_folds

    column = split.get("time") or split["group"]
    dated = column in roles and roles[column].value == "date"
    values = times(raw.train[column], dated) if "time" in split else words_of(raw.train[column])
    frame = pd.DataFrame({"row_id": range(len(raw.train)), column: values})
    spec = SplitSpec(competition="", seed=1, task=task, split=Split(**split))
    try:
        make_folds(spec, frame, _codes(raw.train[keys.target.value], task))
    except PodiumError:
        return False
    return True


def _codes(target: pd.Series, task: Task) -> np.ndarray:
    import pandas as pd

    words = words_of(target)
    if task != "regression":
        return pd.factorize(words, sort=True)[0]
    return pd.to_numeric(words, errors="coerce").fillna(0).to_numpy(dtype="float64")
