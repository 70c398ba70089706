"""What is wrong with a submission, held against the sample: for the one made here and for any other file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from pipeline.core.errors import PodiumError

_SHOWN = 3


@dataclass(frozen=True)
class Rules:
    """What the predictions of a submission may be.

    Parameters
    ----------
    competition : str
        For the errors.
    id : str or None
        The column of ids; None where rows are told apart by their number.
    kind : {"number", "label", "ranking"}
        A ranking is labels parted by spaces, the likeliest first.
    labels : frozenset of str
        The known labels as they are spelled; empty for numbers.
    low, high : float or None
        The range of numbers.
    most : int
        How many labels a ranking may name.
    """

    competition: str
    id: str | None
    kind: Literal["number", "label", "ranking"]
    labels: frozenset[str] = frozenset()
    low: float | None = None
    high: float | None = None
    most: int = 1

    def error(self, subject: str, allowed: str, got: str, step: str = "") -> PodiumError:
        """An error of this competition's submission."""
        return PodiumError(self.competition, f"submission: {subject}", allowed, got=got, step=step)


def lint(frame: pd.DataFrame, sample: pd.DataFrame, rules: Rules) -> list[PodiumError]:
    """Everything that is wrong with a submission, the gravest first; empty where nothing is.

    Parameters
    ----------
    frame, sample : DataFrame of texts
        The submission and the sample, each field as the file has it. The order of the rows is free.
    rules : Rules
        What the predictions may be.
    """
    columns = list(sample.columns)
    if list(frame.columns) != columns:
        return [_wrong_columns(list(frame.columns), columns, rules)]
    problems = [*_ids(frame, sample, rules)]
    for column in columns:
        if column != rules.id:
            check = _numbers if rules.kind == "number" else _labels
            problems += _empty(frame[column], rules) or [*check(frame[column], rules)]
    return problems


def _wrong_columns(got: list[str], wanted: list[str], rules: Rules) -> PodiumError:
    lacking, extra = [c for c in wanted if c not in got], [c for c in got if c not in wanted]
    if not lacking and not extra:
        return rules.error("columns", f"must stand in the sample's order, {', '.join(wanted)}", ", ".join(got))
    words = [f"{word} {_some(names)}" for word, names in (("lacking", lacking), ("beside it", extra)) if names]
    return rules.error("columns", f"must be the sample's, {_some(wanted, 8)}", "; ".join(words))


def _ids(frame: pd.DataFrame, sample: pd.DataFrame, rules: Rules) -> Iterator[PodiumError]:
    if rules.id is None:
        if len(frame) != len(sample):
            yield rules.error("rows", f"must be the sample's {len(sample)}", str(len(frame)))
        return
    ids, wanted = frame[rules.id], sample[rules.id]
    subject = f"ids ({rules.id})"
    repeated = ids[ids.duplicated()].unique()
    if len(repeated):
        yield rules.error(subject, "must each stand once", f"{len(repeated)} duplicate: {_some(repeated)}")
    for word, found in (("missing", wanted[~wanted.isin(ids)]), ("extra", ids[~ids.isin(wanted)])):
        if len(found):
            yield rules.error(subject, "must be the sample's", f"{len(found)} {word}: {_some(found)}")


def _empty(values: pd.Series, rules: Rules) -> list[PodiumError]:
    empty = values.isna() | values.str.strip().str.lower().isin(["", "nan", "null", "none"])
    empty &= ~values.isin(rules.labels)
    if not empty.any():
        return []
    got = f"{int(empty.sum())} missing (NaN), the first in row {int(np.flatnonzero(empty)[0]) + 1}"
    return [rules.error(str(values.name), "must have a value in every row", got)]


def _numbers(values: pd.Series, rules: Rules) -> Iterator[PodiumError]:
    name, numbers = str(values.name), pd.to_numeric(values, errors="coerce").astype(np.float64)
    wrong = values[numbers.isna()]
    if len(wrong):
        yield rules.error(name, "must hold numbers", f"{len(wrong)} that are none: {_some(wrong)}")
    infinite = values[np.isinf(numbers)]
    if len(infinite):
        yield rules.error(name, "must be finite", f"{len(infinite)} infinite: {_some(infinite)}")
    finite = numbers[np.isfinite(numbers)]
    outside = pd.Series(False, finite.index)
    outside |= finite < rules.low if rules.low is not None else False
    outside |= finite > rules.high if rules.high is not None else False
    if outside.any():
        ends = [
            f"{word} {end:g}" for word, end in (("at least", rules.low), ("at most", rules.high)) if end is not None
        ]
        step = "Widen submit.low and submit.high, or set submit.clip"
        found = values[outside[outside].index]
        yield rules.error(name, f"must be {' and '.join(ends)}", f"{len(found)} out of range: {_some(found)}", step)


def _labels(values: pd.Series, rules: Rules) -> Iterator[PodiumError]:
    name = str(values.name)
    words = values.str.split() if rules.kind == "ranking" else values.map(lambda text: [text])
    unknown = [word for word in words.explode().unique() if word not in rules.labels]
    if unknown:
        allowed = f"must be of the known labels, {_some(sorted(rules.labels), 8)}"
        yield rules.error(name, allowed, f"{len(unknown)} unknown: {_some(unknown)}")
    long = values[words.map(lambda row: len(row) > rules.most)]
    if len(long):
        yield rules.error(name, f"must name at most {rules.most} labels", _some(long))
    if rules.kind == "ranking":
        twice = values[words.map(lambda row: len(set(row)) < len(row))]
        if len(twice):
            yield rules.error(name, "must name a label once in a row", _some(twice))


def _some(values: Iterable[object], most: int = _SHOWN) -> str:
    shown = [str(value) for value in values]
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")
