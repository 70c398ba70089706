"""How folds are made: drawn by class, by group, forward in time, or taken from a column of the user's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.errors import PodiumError, nearest
from pipeline.core.seeds import derive
from pipeline.declaration.specs import SplitSpec
from pipeline.declaration.split import Split
from pipeline.folds import TRAIN, UNUSED, VALID, Folds

MOST_OWN_FOLDS = 100
TARGET_BINS = 10


def make_folds(spec: SplitSpec, frame: pd.DataFrame, target: np.ndarray, classes: Sequence[Any] = ()) -> Folds:
    """Put the training rows into folds.

    Parameters
    ----------
    spec : SplitSpec
        The declared split, the task and the seed.
    frame : DataFrame of n rows
        ``row_id`` and the columns that the split names.
    target : array of shape (n,)
        Class codes or values.
    classes : sequence
        The classes' labels by code, for errors; the codes themselves stand in for absent ones.

    Returns
    -------
    Folds
        Drawn folds validate each row once in each repeat. Folds in time leave rows of the first window, of gaps and of
        the future out; folds of a column always train on rows without an id.

    Raises
    ------
    PodiumError
        Where the rows cannot be put into such folds: a class or the groups too few, a column absent or with missing
        values, too little time, a fold that trains on no row of some class.
    """
    split, kind = spec.split, kind_of(spec.split)
    group = order = None
    if kind == "time":
        order = time_order(spec, frame)
        marks = _forward_marks(spec, order)
    elif kind == "column":
        marks = _own_marks(spec, frame)
    else:
        group = _group_codes(spec, frame) if split.group else None
        strata = _strata(spec, target, classes) if kind.startswith("stratified") else np.zeros(len(target))
        marks = _drawn_marks(spec, strata, group)
    folds = Folds(frame["row_id"].to_numpy(), marks, group, order)
    _check(spec, folds, target, classes)
    return folds


def kind_of(split: Split) -> str:
    """The kind of split, ``auto`` resolved: stratified by class, or by quantiles of a regression's target."""
    return "stratified" if split.kind == "auto" else split.kind


def quantile_bins(target: np.ndarray, least: int, bins: int = TARGET_BINS) -> np.ndarray:
    """Codes of at most ``bins`` bins between the target's quantiles, each of at least ``least`` rows.

    Equal values share a bin; bins that ties leave too small join their upper neighbour.
    """
    bins = max(1, min(bins, len(target) // least))
    edges = np.unique(np.quantile(target, np.linspace(0, 1, bins + 1)[1:-1]))
    _, codes, counts = np.unique(np.searchsorted(edges, target, side="right"), return_inverse=True, return_counts=True)
    joined, waiting, left = np.zeros(len(counts), dtype=np.int64), 0, int(counts.sum())
    for code, count in enumerate(counts):
        waiting, left = waiting + int(count), left - int(count)
        if waiting >= least and left >= least:
            joined[code + 1 :] = joined[code] + 1
            waiting = 0
    return joined[codes]


def time_order(spec: SplitSpec, frame: pd.DataFrame) -> np.ndarray:
    """The time of each row as a number: days since 1970 for dates, else the column's own unit."""
    column = _column(spec, frame, "time", str(spec.split.time))
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    if pd.api.types.is_datetime64_dtype(column):
        column = (column - pd.Timestamp(0)) / pd.Timedelta(days=1)
    if not pd.api.types.is_numeric_dtype(column):
        step = f"Give it a role: columns.roles {{{column.name}: date}}"
        raise _refused(spec, "time", "must name a column of dates or numbers", f"{column.name!r} of texts", step)
    return column.to_numpy(dtype=np.float64)


def _strata(spec: SplitSpec, target: np.ndarray, classes: Sequence[Any]) -> np.ndarray:
    folds = spec.split.folds
    if spec.task == "regression":
        return quantile_bins(target, folds)
    codes, counts = np.unique(target, return_counts=True)
    if counts.min() < folds:
        code = int(codes[counts.argmin()])
        raise _refused(
            spec,
            "folds",
            "must be at most the number of rows of the rarest class",
            f"{folds}, and class {_label(classes, code)} has {counts.min()} rows",
            "Lower split.folds, or drop that class's rows by a rule in clean.outliers",
        )
    return target


def _group_codes(spec: SplitSpec, frame: pd.DataFrame) -> np.ndarray:
    column = _column(spec, frame, "group", str(spec.split.group))
    codes, groups = pd.factorize(column, sort=True)
    if len(groups) < spec.split.folds:
        raise _refused(
            spec,
            "folds",
            f"must be at most the number of groups in {spec.split.group!r}",
            f"{spec.split.folds}, and there are {len(groups)} groups",
            "Lower split.folds",
        )
    return codes.astype(np.int64)


def _drawn_marks(spec: SplitSpec, strata: np.ndarray, group: np.ndarray | None) -> dict[str, np.ndarray]:
    if len(strata) < spec.split.folds:
        raise _refused(
            spec, "folds", "must be at most the number of rows", f"{spec.split.folds}, of {len(strata)} rows"
        )
    marks = {}
    for repeat in range(spec.split.repeats):
        seed = derive(spec.seed, "repeat", repeat)
        for number, valid in enumerate(_draw(spec.split, strata, group, seed)):
            mark = np.full(len(strata), TRAIN, dtype=np.int8)
            mark[valid] = VALID
            marks[f"r{repeat}f{number}"] = mark
    return marks


def _draw(split: Split, strata: np.ndarray, group: np.ndarray | None, seed: int) -> Iterator[np.ndarray]:
    from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold

    splitter: Any
    if group is None:
        splitter = (KFold if split.kind == "random" else StratifiedKFold)(split.folds, shuffle=True, random_state=seed)
    elif split.kind == "stratified_group":
        splitter = StratifiedGroupKFold(split.folds, shuffle=True, random_state=seed)
    elif split.repeats > 1:
        splitter = GroupKFold(split.folds, shuffle=True, random_state=seed)
    else:
        # Unshuffled, GroupKFold balances the folds' rows, largest groups first; relabelling draws among equal ones.
        group = np.random.default_rng(seed).permutation(group.max() + 1)[group]
        splitter = GroupKFold(split.folds)
    for _, valid in splitter.split(np.zeros(len(strata)), strata, group):
        yield np.asarray(valid, dtype=np.int64)


def _forward_marks(spec: SplitSpec, order: np.ndarray) -> dict[str, np.ndarray]:
    """Expanding training windows; the last validation window ends with the last row."""
    marks = {}
    for number, (valid, past) in enumerate(_windows(spec, order)):
        mark = np.full(len(order), UNUSED, dtype=np.int8)
        mark[past] = TRAIN
        mark[valid] = VALID
        marks[f"r0f{number}"] = mark
    for name, mark in marks.items():
        if not ((mark == TRAIN).any() and (mark == VALID).any()):
            side = "trains" if (mark == VALID).any() else "validates"
            length = f", horizon {spec.split.horizon:g}" if spec.split.horizon else ""
            raise _refused(
                spec,
                "folds",
                f"must leave every fold rows to train on and to validate ({name} {side} on none)",
                f"{spec.split.folds} folds{length}, gap {spec.split.gap:g}, over a time of {np.ptp(order):g} with "
                f"{len(np.unique(order))} different times",
                "Lower split.folds, split.horizon or split.gap",
            )
    return marks


def _windows(spec: SplitSpec, order: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each fold the rows it validates and the rows before its gap."""
    folds, horizon, gap = spec.split.folds, spec.split.horizon, spec.split.gap
    if horizon is not None:
        for left in range(folds, 0, -1):
            start, end = order.max() - horizon * left, order.max() - horizon * (left - 1)
            yield (order > start) & (order <= end), order <= start - gap
        return
    ascending, size = np.sort(order), len(order) // (folds + 1)
    starts = [ascending[len(order) - left * size] if size else ascending[0] for left in range(folds, 0, -1)]
    for start, end in zip(starts, [*starts[1:], np.inf], strict=True):
        yield (order >= start) & (order < end), order < start - gap


def _own_marks(spec: SplitSpec, frame: pd.DataFrame) -> dict[str, np.ndarray]:
    column = _column(spec, frame, "column", str(spec.split.column), missing=True)
    codes, ids = pd.factorize(column, sort=True)
    if not 2 <= len(ids) <= MOST_OWN_FOLDS:
        allowed = f"must name a column of fold ids, from 2 to {MOST_OWN_FOLDS} different ones"
        raise _refused(spec, "column", allowed, f"{column.name!r} with {len(ids)} different values")
    return {f"r0f{k}": np.where(codes == k, VALID, TRAIN).astype(np.int8) for k in range(len(ids))}


def _column(spec: SplitSpec, frame: pd.DataFrame, key: str, name: str, missing: bool = False) -> pd.Series[Any]:
    if name not in frame:
        others = [str(column) for column in frame if column != "row_id"]
        raise _refused(spec, key, "must name a column of the training table", repr(name), nearest(name, others))
    column = frame[name]
    if not missing and column.isna().any():
        raise _refused(
            spec,
            key,
            "must name a column without missing values",
            f"{name!r} with {int(column.isna().sum())} missing of {len(column)}",
            "Give missing values a meaning in clean.meaning, or build the column in features.py",
        )
    return column


def _check(spec: SplitSpec, folds: Folds, target: np.ndarray, classes: Sequence[Any]) -> None:
    """Refuse folds that no model could be fitted or scored on."""
    every = np.unique(target) if spec.task != "regression" else np.zeros(0)
    for fold in folds:
        if not len(fold.valid):
            raise _refused(
                spec, "folds", f"must leave every fold rows to validate ({fold.name} has none)", step="Lower it"
            )
        lacking = np.setdiff1d(every, target[fold.train])
        if len(lacking):
            raise _refused(
                spec,
                "kind",
                f"must leave every fold rows of each class to train on ({fold.name} has none)",
                f"{kind_of(spec.split)}, and class {_label(classes, int(lacking[0]))} has "
                f"{int((target == lacking[0]).sum())} rows in all",
                "Lower split.folds, choose another kind, or drop that class's rows by a rule in clean.outliers",
            )


def _label(classes: Sequence[Any], code: int) -> str:
    return repr(classes[code]) if code < len(classes) else str(code)


def _refused(spec: SplitSpec, key: str, allowed: str, got: str = "", step: str = "") -> PodiumError:
    return PodiumError(spec.competition, f"split.{key}", allowed, got=got, step=step)
