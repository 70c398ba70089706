"""Files in other shapes than train, test and sample: labels in a file of their own, test rows without their target."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline.scaffold.guess import names_of, spaced, words_of

if TYPE_CHECKING:
    import pandas as pd

TARGET_NAMES = ("target", "label", "class", "y", "outcome", "response")
LABELS = re.compile(r"(^|[^a-z])(labels?|targets?|answers?|y)([^a-z]|$)")


def named_labels(stem: str) -> bool:
    """Whether a file's name says that it holds labels, such as ``train_labels`` and ``y_train``."""
    return LABELS.search(stem) is not None


def find_labels(train: pd.DataFrame, test: pd.DataFrame, sides: Mapping[str, pd.DataFrame]) -> str | None:
    """The side table that holds the training rows' target, where the training file has no column that test lacks.

    It has one row for each training row, by a column that both share, and no more than one column else.
    """
    if any(name not in test.columns for name in names_of(train)):
        return None
    for file, side in sides.items():
        shared = [name for name in names_of(side) if name in train.columns]
        if len(names_of(side)) != len(shared) + 1 or not shared or side.duplicated(shared).any():
            continue
        if len(train[shared].merge(side[shared], on=shared)) == len(train):
            return file
    return None


def find_unlabelled(both: pd.DataFrame, sample: pd.DataFrame | None) -> str | None:
    """The target of a file that holds training and test rows together: a column that is missing in the test rows.

    The sample submission names it, or its own name does; where neither tells, there is none.
    """
    submitted = names_of(sample)[1:] if sample is not None else []
    named = [c for c in names_of(both) if any(part in TARGET_NAMES for part in spaced(c).split("_"))]
    for column in [*(c for c in submitted if c in both.columns), *named]:
        missing = words_of(both[column]).isna()
        if missing.any() and not missing.all() and (sample is None or int(missing.sum()) == len(sample)):
            return column
    return None
