"""What changes with time: the columns, the target, or what the columns say about the target.

Rows are cut into periods of about equal numbers. Between the last period and those before it:

- covariate shift: trees tell its rows from the earlier ones by their columns;
- label shift: the target's mean, or its class shares, differ between the periods;
- concept shift: trees fitted on one half of the last period rank its other half better than trees fitted on as many
  earlier rows. Scores are of rank alone, so that a target that only moves up or down does not count as one.

Columns made of the time column itself are left out: they tell the period by their nature.
Source of the terms: Moreno-Torres et al., "A unifying view on dataset shift in classification", 2012.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.auditing.adversarial import Adversarial, as_matrix, tell_apart
from pipeline.auditing.ranks import area_under_roc, average_ranks
from pipeline.declaration.metric import Task

PERIODS = 5
_MOST_ROWS = 40_000
_LEAST_ROWS = 200
_LEAST_LATE_ROWS = 200
_CHUNKS = 10
_ROUNDS = 60
_UNKNOWN = (float("nan"),) * 4
_PARAMS = {
    "learning_rate": 0.1,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "max_cat_to_onehot": 8,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
    "seed": 0,
}


@dataclass(frozen=True)
class Shift:
    """What changed with time.

    Parameters
    ----------
    time : str
        The column that orders the rows.
    periods : DataFrame
        One line a period: ``period``, ``start`` and ``end`` (as texts), ``rows``, and the target's ``mean``, or of each
        class its share, under ``share of <code>``.
    covariate : Adversarial or None
        How well the last period's rows are told from the earlier ones.
    label_p : float
        The chance that the target would differ so much between periods that are alike.
    early, late : float
        How well the last period is ranked by trees fitted on earlier rows, and on its own other half: AUC, for several
        classes the mean AUC of each against the rest, for values the rank correlation. NaN for too few rows.
    loss, loss_se : float
        ``late - early``, and its standard error over ten parts of the last period.
    """

    time: str
    periods: pd.DataFrame
    covariate: Adversarial | None
    label_p: float
    early: float
    late: float
    loss: float
    loss_se: float


@dataclass(frozen=True)
class Rows:
    """The rows before the last period and those of it, with their targets."""

    before: pd.DataFrame
    last: pd.DataFrame
    y_before: np.ndarray
    y_last: np.ndarray

    def halves(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """The positions of the last period's rows, drawn into two halves."""
        drawn = rng.permutation(len(self.last))
        return drawn[: len(drawn) // 2], drawn[len(drawn) // 2 :]


def find_shift(
    frame: pd.DataFrame, kinds: Mapping[str, str], target: np.ndarray, when: pd.Series, task: Task, seed: int
) -> Shift | None:
    """Look at what changes between periods.

    Parameters
    ----------
    frame : DataFrame of n rows
        The training features.
    kinds : mapping of str to kind
        The columns to use.
    target : array of shape (n,)
        Class codes or values.
    when : Series of n rows
        Dates or numbers that order the rows, under the column's name.

    Returns
    -------
    Shift or None
        None where there are fewer than 200 rows, or fewer than two times.
    """
    order = _as_numbers(when)
    if order is None or len(order) < _LEAST_ROWS or len(np.unique(order)) < 2:
        return None
    rng = np.random.default_rng(seed)
    period = _periods(order)
    rows = np.sort(rng.choice(len(order), min(len(order), _MOST_ROWS), replace=False))
    late = period[rows] == period.max()
    if not 0 < late.sum() < len(rows):
        return None
    before, last = frame.iloc[rows[~late]], frame.iloc[rows[late]]
    apart = tell_apart(before, last, kinds, seed) if kinds else None
    concept = _concept(Rows(before, last, target[rows[~late]], target[rows[late]]), kinds, task, seed)
    table = _period_table(period, when, target, task)
    return Shift(str(when.name), table, apart, _label_p(period, target, task), *concept)


def _as_numbers(when: pd.Series) -> np.ndarray | None:
    if pd.api.types.is_datetime64_any_dtype(when):
        when = when.astype("int64").where(when.notna())
    if not pd.api.types.is_numeric_dtype(when) or when.isna().any():
        return None
    numbers: np.ndarray = when.to_numpy(dtype=np.float64)
    return numbers


def _periods(order: np.ndarray) -> np.ndarray:
    """Period numbers from 0, without gaps; equal times are never parted."""
    edges = np.unique(np.quantile(order, np.arange(1, PERIODS) / PERIODS))
    numbers: np.ndarray = np.unique(np.searchsorted(edges, order, side="left"), return_inverse=True)[1]
    return numbers


def _period_table(period: np.ndarray, when: pd.Series, target: np.ndarray, task: Task) -> pd.DataFrame:
    lines = []
    for number in range(int(period.max()) + 1):
        own = period == number
        line: dict[str, Any] = {"period": number, "start": str(when[own].min()), "end": str(when[own].max())}
        line["rows"] = int(own.sum())
        if task == "regression":
            line["mean"] = float(target[own].mean())
        else:
            shares = np.bincount(target[own].astype(int), minlength=int(target.max()) + 1) / own.sum()
            line |= {f"share of {code}": float(share) for code, share in enumerate(shares)}
        lines.append(line)
    return pd.DataFrame(lines)


def _label_p(period: np.ndarray, target: np.ndarray, task: Task) -> float:
    """By chi-squared for classes, by Kruskal and Wallis's test on ranks for values."""
    from scipy import stats

    if len(np.unique(target)) < 2:
        return 1.0
    if task == "regression":
        return float(stats.kruskal(*(target[period == k] for k in np.unique(period))).pvalue)
    return float(stats.chi2_contingency(pd.crosstab(period, target).to_numpy()).pvalue)


def _concept(rows: Rows, kinds: Mapping[str, str], task: Task, seed: int) -> tuple[float, float, float, float]:
    """``early``, ``late``, ``loss`` and ``loss_se``."""
    halves, size = rows.halves(np.random.default_rng([seed, 1])), len(rows.last) // 2
    classes = 2 if task == "regression" else len(np.unique(np.concatenate([rows.y_before, rows.y_last])))
    if not kinds or len(rows.last) < _LEAST_LATE_ROWS or len(rows.before) < size:
        return _UNKNOWN
    pairs = []
    for own, other in (halves, halves[::-1]):
        drawn = np.random.default_rng([seed, 2]).choice(len(rows.before), len(own), replace=False)
        fits = (rows.before.iloc[drawn], rows.y_before[drawn]), (rows.last.iloc[own], rows.y_last[own])
        if any(len(np.unique(y)) < classes for _, y in fits):
            return _UNKNOWN
        both = [_predicted(frame, y, rows.last.iloc[other], kinds, task) for frame, y in fits]
        for part in np.array_split(np.arange(len(other)), _CHUNKS // 2):
            truth = rows.y_last[other][part]
            pairs.append([_score(prediction[part], truth, task) for prediction in both])
    known = np.array([pair for pair in pairs if np.isfinite(pair).all()])
    if len(known) < _CHUNKS // 2:
        return _UNKNOWN
    loss, (early, late) = known[:, 1] - known[:, 0], known.mean(axis=0)
    return float(early), float(late), float(loss.mean()), float(loss.std(ddof=1) / np.sqrt(len(loss)))


def _score(prediction: np.ndarray, y: np.ndarray, task: Task) -> float:
    if task == "regression":
        ranks = average_ranks(prediction), average_ranks(y)
        return float(np.corrcoef(*ranks)[0, 1]) if min(rank.std() for rank in ranks) > 0 else float("nan")
    areas = [
        area_under_roc(y == code, prediction[:, code])
        for code in range(prediction.shape[1])
        if 0 < (y == code).sum() < len(y) and (code or prediction.shape[1] > 2)
    ]
    return float(np.mean(areas)) if areas else float("nan")


def _predicted(
    frame: pd.DataFrame, y: np.ndarray, wanted: pd.DataFrame, kinds: Mapping[str, str], task: Task
) -> np.ndarray:
    """What trees fitted on these rows predict for others: ranks of values, or one column a class code."""
    import lightgbm

    both = as_matrix(pd.concat([frame, wanted], ignore_index=True), kinds)
    categorical = [place for place, kind in enumerate(kinds.values()) if kind != "numeric"]
    label = average_ranks(y) / len(y) if task == "regression" else y
    several = {"objective": "multiclass", "num_class": int(y.max()) + 1}
    rows = lightgbm.Dataset(
        both[: len(frame)], label, categorical_feature=categorical, params={"verbosity": -1, "num_threads": 1}
    )
    params = _PARAMS | ({"objective": "regression"} if task == "regression" else several)
    return np.asarray(lightgbm.train(params, rows, _ROUNDS).predict(both[len(frame) :], num_threads=1))
