"""Files that come in two halves, one for training rows and one for test rows, and which halves are train and test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.reading import same_names
from pipeline.scaffold.guess import names_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Files:
    """The raw files' names by their part; ``others`` are tables whose part is not known.

    ``test`` is None where the training file holds the test rows; ``labels`` is a file with the training rows' target.
    """

    train: str
    test: str | None
    sample: str | None
    others: tuple[str, ...] = ()
    labels: str | None = None


def by_sample(files: Files, sample: pd.DataFrame | None, read: Mapping[str, pd.DataFrame]) -> Files:
    """The files, with another pair as train and test where the sample submission names that test file's rows.

    IEEE-CIS has ``train_transaction`` and ``test_transaction`` beside ``train_identity`` and ``test_identity``, of
    which a few of the rows have one.
    """
    if sample is None or files.test is None or _names_rows(sample, read[files.test]):
        return files
    for test in files.others:
        train = twin_of(test, read)
        if train is not None and _names_rows(sample, read[test]):
            freed = [name for name in (files.train, files.test) if name not in (train, test)]
            others = [name for name in files.others if name not in (train, test)]
            return replace(files, train=train, test=test, others=(*freed, *others))
    return files


def twin_of(test: str, there: Mapping[str, pd.DataFrame]) -> str | None:
    """The file of training rows that goes with a file of test rows by its name, if it is there."""
    path = Path(test)
    train = re.sub(r"(?i)test", "train", path.name, count=1)
    return str(path.with_name(train)) if train != path.name and str(path.with_name(train)) in there else None


def together(sides: Mapping[str, pd.DataFrame]) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """The side tables, those in two halves put below each other, and the second half's name by the first's."""
    import pandas as pd

    whole, below = dict(sides), dict[str, str]()
    for test in sides:
        train = twin_of(test, sides)
        if train is None:
            continue
        named = sides[test].rename(columns=same_names(names_of(sides[train]), names_of(sides[test])))
        if {*names_of(named)} == {*names_of(sides[train])}:
            whole[train] = pd.concat([sides[train], named[names_of(sides[train])]], ignore_index=True)
            below[train] = test
            del whole[test]
    return whole, below


def _names_rows(sample: pd.DataFrame, test: pd.DataFrame) -> bool:
    """Whether the sample's first column, or else its place, names each row of the test file."""
    first = names_of(sample)[0]
    if first in test.columns:
        return {*sample[first]} == {*test[first]}
    return len(sample) == len(test)
