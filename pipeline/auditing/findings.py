"""From numbers to warnings: what is worth saying, and what to do about it."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipeline.auditing.adversarial import Adversarial
from pipeline.auditing.duplicates import Duplicates
from pipeline.auditing.finding import Finding
from pipeline.auditing.single import MEASURES, Judge, chance
from pipeline.declaration.metric import Task

TOO_GOOD: dict[Task, float] = {"binary": 0.99, "multiclass": 0.98, "regression": 0.98}
TELLING: dict[Task, float] = {"binary": 0.9, "multiclass": 0.7, "regression": 0.7}
_SHIFTED_PSI = 0.25
_SIGNIFICANT = 0.001
_DRIFTS_SHOWN = 10
_UNSEEN_SHARE = 0.05
_MOSTLY_UNIQUE = 0.9
_DUPLICATE_SHARE = 0.005
_ORDER_EFFECT = 0.05
_FAR_OUT = 20.0
_FEW = 0.01
_OUTLIERS_SHOWN = 5
_MOST_LEFT_OUT = 30
_FITTED_ON_ROWS = ("counts", "groups", "text")


def leaks(strengths: Mapping[str, float], task: Task) -> Iterator[Finding]:
    """Features that predict the target all but perfectly, alone."""
    for column, strength in strengths.items():
        if strength >= TOO_GOOD[task]:
            what = f"alone it predicts the target with an out-of-fold {MEASURES[task]} of {strength:.3f}"
            advice = f"Find out when its value is known. If only after the target, add {column} to columns.drop"
            yield Finding("leak", column, what, advice)


def train_only(strengths: Mapping[str, float], task: Task) -> Iterator[Finding]:
    """Columns of the training file alone: they cannot be used, and may give the target away."""
    for column, strength in strengths.items():
        measured = f"{MEASURES[task]} of {strength:.3f}"
        if strength >= TELLING[task]:
            what = f"it is in train only, and by its values or its gaps it tells the target: an out-of-fold {measured}"
            advice = "It was dropped; build nothing from it that the target's own fold can see"
            yield Finding("leak", column, what, advice)
        else:
            what = f"it is in train only (alone: an out-of-fold {measured})"
            yield Finding("train_only", column, what, "It was dropped; at most, model it first and use its predictions")


def order(judge: Judge, rows: Mapping[str, pd.Series]) -> Iterator[Finding]:
    """Row numbers and ids that say something about the target.

    Parameters
    ----------
    rows : mapping of str to Series
        ``""`` for the order in the file, and the id by its name.
    """
    nothing, noise = chance(judge.task, judge.target)
    for column, values in rows.items():
        strength = judge.strength(values)
        if strength > nothing + max(_ORDER_EFFECT, noise):
            subject = f"the id {column}" if column else "the order of the training rows"
            what = f"{subject} predicts the target with an out-of-fold {MEASURES[judge.task]} of {strength:.3f}"
            advice = "The file is sorted, by time, group or target: see whether split should be time or group"
            yield Finding("order", column, what, advice)


def adversarial(result: Adversarial | None, builders: Mapping[str, str]) -> Iterator[Finding]:
    """Train and test that a model tells apart.

    Parameters
    ----------
    builders : mapping of str to str
        The builder of each feature: counts and the like of training rows alone shift by themselves.
    """
    if result is None or result.auc - 2 * result.se <= 0.6:
        return
    column, share = next(iter(result.shares.items()))
    what = f"test rows are told from training rows with an AUC of {result.auc:.3f} ± {result.se:.3f}"
    what += f", {share:.0%} of it by {column}"
    advice = "Make folds the way the test file was made (split: time or group), and doubt the columns on top"
    if builders.get(column) in _FITTED_ON_ROWS:
        advice = "Statistics of training rows differ in new rows: try features.scope: train+test. Else: " + advice
    yield Finding("adversarial", column, what, advice)


def drifts(table: pd.DataFrame, sources: Mapping[str, str]) -> Iterator[Finding]:
    """Columns that are distributed differently in test, and levels that train never saw.

    Of the columns made from one source, the one that shifts most speaks for all.
    """
    lines = table.to_dict("records")
    limit = _SIGNIFICANT / max(1, len(lines))
    shifted = [line for line in lines if line["psi"] > _SHIFTED_PSI and line["p_value"] < limit]
    families: dict[str, list[dict[Hashable, Any]]] = {}
    for line in shifted:
        families.setdefault(sources.get(line["column"]) or line["column"], []).append(line)
    for family in list(families.values())[:_DRIFTS_SHOWN]:
        more = f"; {len(family) - 1} more columns of the same source" if len(family) > 1 else ""
        advice = "Use differences, ranks or shares within a period or group instead, or drop it"
        yield Finding("drift", family[0]["column"], _shift(family[0]) + more, advice)
    for line in lines:
        if line["unseen"] > _UNSEEN_SHARE:
            what = f"{line['unseen']:.0%} of the test rows have a level that train lacks"
            yield Finding("unseen", line["column"], what, "Prefer counts or parts of it; put rare levels together")


def _shift(line: dict[Hashable, Any]) -> str:
    what = f"PSI {line['psi']:.2f}, {line['test']} p {line['p_value']:.1g}"
    if abs(line["missing_train"] - line["missing_test"]) > 0.1:
        what += f"; missing in {line['missing_train']:.0%} of train, {line['missing_test']:.0%} of test"
    if np.isfinite(line["mean_train"]):
        what += f"; mean {line['mean_train']:.4g} in train, {line['mean_test']:.4g} in test"
    return what


def duplicates(found: Duplicates, train_rows: int, test_rows: int) -> Iterator[Finding]:
    """Rows and columns that stand twice."""
    if found.train > _DUPLICATE_SHARE * train_rows:
        what = f"{found.train} of {train_rows} training rows repeat another's features"
        what += f", {found.disagreeing} rows disagree about the target" if found.disagreeing else ""
        advice = "They may fall on both sides of a fold: use group folds, or clean.duplicates: drop"
        yield Finding("duplicates", "", what, advice)
    if found.across > _DUPLICATE_SHARE * test_rows:
        what = f"{found.across} of {test_rows} test rows have the features of a training row"
        yield Finding("duplicates", "", what, "Where that is no accident, the training rows' targets answer them")
    for column, twin in found.twins:
        yield Finding("twin", column, f"it is the same as {twin} in every row", "Add one of them to features.drop")


def far_out(described: pd.DataFrame, raw: Collection[str]) -> Iterator[Finding]:
    """Columns with a few values far out of their bulk, the farthest first; the target of a regression among them.

    Parameters
    ----------
    described : DataFrame
        As ``describe_table`` gives it.
    raw : collection of str
        The columns that hold what the files hold; of those made from them nothing new is learnt.
    """
    known = described[described["column"].isin(raw) | (described["kind"] == "target")]
    few = known[(known["farthest"] > _FAR_OUT) & (known["outliers"] > 0) & (known["outliers"] < _FEW)]
    few = few.sort_values(["farthest", "column"], ascending=[False, True]).head(_OUTLIERS_SHOWN)
    for line in few.to_dict("records"):
        what = f"{line['outliers']:.2%} of its values lie beyond Tukey's outer fences, up to {line['farthest']:.0f} "
        what += f"median absolute deviations from the median {line['median']:.4g}"
        what += f" (they go from {line['min']:.4g} to {line['max']:.4g})"
        advice = "Look whether they are errors; if so, a rule in clean.outliers (drop or clip)"
        if line["min"] >= 0:
            advice += ", else take logarithms (features.log_skewed_above): trees do not mind, linear models and nets do"
        if line["kind"] == "target":
            advice = (
                "Look at these rows; errors go by a rule in clean.outliers, else a log metric or transform bears them"
            )
        yield Finding("outliers", line["column"], what, advice)


def left_out(train: pd.DataFrame, statistics: Iterable[list[str]]) -> Iterator[Finding]:
    """Target statistics that leave one row out, by groups too large for that.

    In a group of n rows such a value differs by one row's target only, the other way round, so a tree that finds the
    group reads the target off it. Made-up rows of two classes, LightGBM's AUC on new rows by inner folds and by leaving
    one out: 0.730 and 0.726 in groups of 20 rows, 0.749 and 0.705 in those of 50, 0.758 and 0.655 in those of 200.

    Parameters
    ----------
    statistics : iterable of lists of str
        The columns that make each one's groups; those that are not there are refused by ``train``.
    """
    for columns in statistics:
        if set(columns) <= set(train.columns):
            sizes = train.groupby(columns, observed=True, dropna=False).size()
            mean = float((sizes**2).sum() / sizes.sum())
            if mean > _MOST_LEFT_OUT:
                what = f"a target statistic leaves one row out, in groups of {mean:,.0f} rows as the mean row has it"
                advice = "In such groups models read a training row's target off it: declare method: inner_folds"
                yield Finding("leave_one_out", ", ".join(columns), what, advice)


def constants(train: pd.DataFrame, columns: list[str]) -> Iterator[Finding]:
    """Features with one value in train."""
    for column in columns:
        if train[column].nunique(dropna=False) == 1:
            yield Finding("constant", column, "it has one value in train", "Add it to features.drop")


def id_likes(train: pd.DataFrame, kinds: Mapping[str, str]) -> Iterator[Finding]:
    """Categories that name nearly every row."""
    for column, kind in kinds.items():
        levels = train[column].nunique() if kind == "categorical" else 0
        if levels > _MOSTLY_UNIQUE * len(train):
            what = f"it has {levels} levels in {len(train)} training rows"
            advice = (
                f"Take parts of it in features.py, make it a key (features.keys), or give it the role text ({column})"
            )
            yield Finding("id_like", column, what, advice)
