"""The id and the target, guessed from what train, test and the sample submission share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.core.errors import PodiumError
from pipeline.scaffold.classes import find_classes
from pipeline.scaffold.guess import ID_NAME, Guess, listed, look_at, names_of, spaced, words_of
from pipeline.scaffold.made_ids import MadeId, counts_rows, find_made_id
from pipeline.scaffold.read import Raw
from pipeline.scaffold.shapes import TARGET_NAMES

if TYPE_CHECKING:
    import pandas as pd

MOST_CLASSES = 200


@dataclass(frozen=True)
class Keys:
    """The id, the target, and what comes with them.

    Parameters
    ----------
    id : guess of str or None
        The column that submissions join on.
    target : guess of str
        The column to predict.
    submitted : tuple of str
        The sample submission's columns beside its id; empty without one.
    classes : tuple of str
        The target's labels in the order of ``submitted``, where the sample has one column for each. A column
        of a label that no training row has is passed over.
    train_only : tuple of str
        Columns, the target apart, that the test file lacks.
    test_only : tuple of str
        Columns, the id apart, that the training file lacks.
    id_from : tuple of str
        The columns that make the id, where no column is it alone.
    id_separator : str
        What stands between them.
    """

    id: Guess[str | None]
    target: Guess[str]
    submitted: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    train_only: tuple[str, ...] = ()
    test_only: tuple[str, ...] = ()
    id_from: tuple[str, ...] = ()
    id_separator: str = "_"

    @property
    def dropped(self) -> tuple[str, ...]:
        """What must be declared as dropped: ``clean`` refuses files that each have columns which the other lacks."""
        return self.train_only + self.test_only if self.train_only and self.test_only else ()


def find_keys(raw: Raw, slug: str) -> Keys:
    """Guess the id and the target.

    Raises
    ------
    PodiumError
        Where train has no column that test lacks and the sample names none either, or the sample names several targets.
    """
    key, parts = find_id(raw), MadeId()
    if key.value is None and raw.sample is not None:
        parts = find_made_id(raw.test, raw.sample)
        key = Guess(parts.name, parts.why) if parts.columns else key
        if not parts.columns and not counts_rows(raw.sample, len(raw.test)):
            raise _no_id(raw, slug)
    submitted = [c for c in _submitted(raw, key.value) if c not in parts.columns]
    extra = [c for c in names_of(raw.train) if c not in raw.test.columns and c != key.value]
    by_class = find_classes(raw, extra, submitted)
    target = by_class.target if by_class else _find_target(raw, slug, extra, submitted)
    classes = by_class.labels if by_class else ()
    made = (parts.columns, parts.separator)
    train_only = [c for c in names_of(raw.train) if c not in raw.test.columns and c not in (target.value, key.value)]
    test_only = [c for c in names_of(raw.test) if c not in raw.train.columns and c != key.value]
    return Keys(key, target, tuple(submitted), classes, tuple(train_only), tuple(test_only), *made)


def find_id(raw: Raw) -> Guess[str | None]:
    """The column of the test file that the sample submission names; without one, a column that names each row."""
    if raw.sample is not None:
        return _id_by_sample(raw, raw.sample)
    shared = [c for c in names_of(raw.test) if c in raw.train.columns]
    for column in sorted(shared, key=lambda c: spaced(c) != "id"):
        if ID_NAME.search(spaced(column)) and _names_rows(raw, column):
            return Guess(column, "by its name, and because each of its values stands once")
    if shared and _names_rows(raw, shared[0]) and _looks_made(raw.train[shared[0]]):
        return Guess(shared[0], "it is the first column, and each of its values stands once")
    return Guess(None, "no column names each row, so test rows are numbered from 0")


def _id_by_sample(raw: Raw, sample: pd.DataFrame) -> Guess[str | None]:
    for column in names_of(sample):
        if column in raw.test.columns and raw.test[column].is_unique and _unique_in_train(raw, column):
            return Guess(column, "it is in the sample submission and in the test file, each value once")
    first = sample.columns[0]
    named = set(sample[first])
    for column in names_of(raw.test):
        if len(sample) == len(raw.test) and raw.test[column].is_unique and set(raw.test[column]) == named:
            return Guess(column, f"its values are those of the sample submission's {first}")
    return Guess(None, f"the test file has no column of the sample submission's {first}, so rows count by their place")


def _no_id(raw: Raw, slug: str) -> PodiumError:
    first = names_of(raw.sample)[0] if raw.sample is not None else ""
    allowed = "must be a column of the test file, columns of it put together, or row numbers"
    step = f"Write the column {first} into the test file, row by row"
    return PodiumError(slug, f"the sample submission's {first}", allowed, got="none of these", step=step)


def _unique_in_train(raw: Raw, column: str) -> bool:
    return column not in raw.train.columns or bool(raw.train[column].is_unique)


def _names_rows(raw: Raw, column: str) -> bool:
    columns = [raw.train[column], raw.test[column]]
    if not all(values.is_unique and values.notna().all() for values in columns):
        return False
    look = look_at(words_of(columns[0].head(2000)))
    return look.kind == "level" or (look.kind == "number" and look.whole)


def _looks_made(values: pd.Series) -> bool:
    """Whether these count up one by one, or are codes of one length."""
    head = values.head(2000)
    if head.str.fullmatch(r"\d{1,15}").all():
        numbers = head.astype("int64")
        return bool((numbers.diff().dropna() == 1).all())
    return head.str.len().nunique() == 1 and bool(head.str.contains(r"\d").all())


def _submitted(raw: Raw, key: str | None) -> list[str]:
    if raw.sample is None:
        return []
    columns = names_of(raw.sample)
    return [c for c in columns if c != (key if key in columns else columns[0])]


def _find_target(raw: Raw, slug: str, extra: list[str], submitted: list[str]) -> Guess[str]:
    named = [c for c in submitted if c in extra]
    if len(named) > 1:
        step = "Podium predicts one: make a competition for each, with a sample submission of its id and that column"
        raise PodiumError(slug, "the sample submission", "must name one target", got=listed(named), step=step)
    if named:
        return Guess(named[0], "it is in train, not in test, and in the sample submission")
    if len(extra) == 1:
        return Guess(extra[0], "it is the only column in train that is not in test")
    if extra:
        chosen = min(extra, key=lambda c: (_target_rank(c), -extra.index(c)))
        why = f"of the columns in train that are not in test ({listed(extra)}), it is the likeliest; check it"
        return Guess(chosen, why)
    both = [c for c in submitted if c in raw.train.columns]
    if len(both) == 1:
        return Guess(
            both[0], "it is in the sample submission, and in train; the test file has it too, and is not asked"
        )
    step = "Take the target out of the test file, or name it in a sample submission"
    raise PodiumError(slug, "the training file", "must have a column that the test file lacks", step=step)


def _target_rank(column: str) -> int:
    names = spaced(column).split("_")
    return next((place for place, name in enumerate(TARGET_NAMES) if name in names), len(TARGET_NAMES))
