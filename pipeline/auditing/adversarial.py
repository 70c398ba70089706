"""Adversarial validation: how well a model tells test rows from training rows, and by which columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.auditing.ranks import area_under_roc

ROWS_AT_MOST = 20_000
FOLDS = 5
_ROUNDS = 60
LEAST_ROWS = 2 * FOLDS
_PARAMS = {
    "objective": "binary",
    "learning_rate": 0.1,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.8,
    "max_cat_to_onehot": 8,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


@dataclass(frozen=True)
class Adversarial:
    """What telling test from train came to.

    Parameters
    ----------
    auc : float
        The mean area under the ROC curve over the folds, out of fold; 0.5 where nothing tells them apart.
    se : float
        Its standard error over the folds.
    shares : mapping of str to float
        Each column's share of the gain, in [0, 1], the largest first.
    """

    auc: float
    se: float
    shares: Mapping[str, float]


def tell_apart(train: pd.DataFrame, test: pd.DataFrame, kinds: Mapping[str, str], seed: int) -> Adversarial | None:
    """Fit boosted trees to tell test from train, over five folds of at most 20,000 rows.

    Parameters
    ----------
    train, test : DataFrame
        The feature tables.
    kinds : mapping of str to kind
        The columns to use.
    seed : int
        For the sample, the folds and the trees.

    Returns
    -------
    Adversarial or None
        None where a file has fewer than ten rows.
    """
    if min(len(train), len(test)) < LEAST_ROWS:
        return None
    random = np.random.default_rng(seed)
    parts = [_sampled(part, random) for part in (train, test)]
    names = list(kinds)
    frame = pd.concat([part[names] for part in parts], ignore_index=True)
    is_test = np.repeat([False, True], [len(part) for part in parts])
    matrix = as_matrix(frame, kinds)
    folds = side_folds(is_test, random)
    categorical = [place for place, name in enumerate(names) if kinds[name] != "numeric"]
    scores, gains = [], np.zeros(len(names))
    for fold in range(FOLDS):
        score, gain = _one_fold(matrix, is_test, folds == fold, categorical, seed)
        scores.append(score)
        gains += gain
    order = np.argsort(-gains, kind="stable")
    total = gains.sum() or 1.0
    shares = {names[place]: float(gains[place] / total) for place in order}
    return Adversarial(float(np.mean(scores)), float(np.std(scores, ddof=1) / np.sqrt(FOLDS)), shares)


def boosted_apart(matrix: np.ndarray, is_test: np.ndarray, categorical: list[int], seed: int) -> Any:
    """Boosted trees that tell test rows from training rows: a LightGBM booster that predicts the chance of a test row.

    Parameters
    ----------
    matrix : float32 array of shape (n, columns)
        As ``as_matrix`` gives it.
    is_test : bool array of shape (n,)
    categorical : list of int
        The places of columns that hold codes.
    """
    import lightgbm

    label = is_test.astype(np.float32)
    rows = lightgbm.Dataset(matrix, label, categorical_feature=categorical, params={"verbosity": -1})
    return lightgbm.train({**_PARAMS, "seed": seed}, rows, _ROUNDS)


def side_folds(is_test: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Fold numbers from 0 to 4, int64 of shape (n,), drawn within each of the two files."""
    folds = np.empty(len(is_test), dtype=np.int64)
    for side in (False, True):
        rows = np.flatnonzero(is_test == side)
        folds[rows] = random.permutation(np.arange(len(rows)) % FOLDS)
    return folds


def as_matrix(frame: pd.DataFrame, kinds: Mapping[str, str]) -> np.ndarray:
    """These columns as float32 for trees: numbers as they are, levels as codes by falling frequency."""
    return np.column_stack([_column(frame[name], kind) for name, kind in kinds.items()])


def _sampled(frame: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    most = ROWS_AT_MOST // 2
    if len(frame) <= most:
        return frame
    return frame.iloc[np.sort(random.choice(len(frame), most, replace=False))]


def _column(values: pd.Series, kind: str) -> np.ndarray:
    """Numbers as they are; levels as codes by falling frequency, missing as NaN."""
    if kind == "numeric":
        return values.to_numpy(dtype=np.float32)
    codes = values.cat.codes.to_numpy()
    seen, places, counts = np.unique(codes, return_inverse=True, return_counts=True)
    ranks = np.empty(len(seen), dtype=np.float32)
    ranks[np.argsort(-counts, kind="stable")] = np.arange(len(seen))
    return np.where(codes < 0, np.nan, ranks[places]).astype(np.float32)


def _one_fold(
    matrix: np.ndarray, is_test: np.ndarray, valid: np.ndarray, categorical: list[int], seed: int
) -> tuple[float, np.ndarray]:
    booster = boosted_apart(matrix[~valid], is_test[~valid], categorical, seed)
    score = area_under_roc(is_test[valid], np.asarray(booster.predict(matrix[valid])))
    return score, np.asarray(booster.feature_importance("gain"), dtype=np.float64)
