"""Held-out answers: joined on id, scored once, with a bootstrap standard error."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.errors import PodiumError
from pipeline.declaration.metric import Metric
from pipeline.metrics import score

RESAMPLES = 200
MOST_ROWS_DRAWN = 10_000_000


def plain(value: Any) -> str:
    """A label or id as text that doesn't depend on how a file's column happened to be read.

    >>> plain(3.0), plain("3"), plain(True), plain("True")
    ('3', '3', 'True', 'True')
    """
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def answers_by_row(
    answers: pd.DataFrame, ids: pd.DataFrame, id_column: str | None, target: str, competition: str = ""
) -> pd.Series:
    """The answers in the order of the test rows.

    Parameters
    ----------
    answers : DataFrame
        The solution file, in the sample submission's layout. A single column is taken in the test rows' order.
    ids : DataFrame
        ``row_id`` and ``id`` of the test rows.
    id_column : str or None
        The id's column in ``answers``; by default its first.
    target : str
        The answer's column; where it isn't there, the second.

    Returns
    -------
    Series
        Answers indexed by ``row_id``; test rows without an answer are left out.

    Raises
    ------
    PodiumError
        Where an id stands twice, or no id of the test rows is there.
    """
    if answers.shape[1] == 1 and len(answers) == len(ids):
        return pd.Series(answers.iloc[:, 0].to_numpy(), index=ids["row_id"].to_numpy()).dropna()
    key = id_column if id_column in answers else answers.columns[0]
    value = target if target in answers else answers.columns[1]
    known = pd.Series(answers[value].to_numpy(), index=answers[key].map(plain))
    if known.index.has_duplicates:
        raise PodiumError(
            competition,
            "the solution file",
            "must hold each id once",
            got=repr(known.index[known.index.duplicated()][0]),
        )
    found = pd.Series(ids["id"].map(plain).map(known).to_numpy(), index=ids["row_id"].to_numpy()).dropna()
    if found.empty:
        raise PodiumError(competition, "the solution file", "must hold ids of the test file", got="none of them")
    return found


def coded(answers: pd.Series, classes: Sequence[Any], competition: str = "") -> np.ndarray:
    """Answers as class codes (int64), or as float64 values where there are no classes.

    Raises
    ------
    PodiumError
        Where a label is not among the training classes, or a value is no number.
    """
    if not classes:
        values = pd.to_numeric(answers, errors="coerce").to_numpy(dtype=np.float64)
        if not np.isfinite(values).all():
            raise PodiumError(competition, "the solution file", "must hold finite numbers")
        return values
    codes = answers.map(plain).map({plain(label): code for code, label in enumerate(classes)})
    if codes.isna().any():
        unknown = answers[codes.isna()].iloc[0]
        raise PodiumError(competition, "the solution file", "must hold labels of the training file", got=repr(unknown))
    return codes.to_numpy(dtype=np.int64)


def holdout_score(
    metric: Metric, truth: np.ndarray, prediction: np.ndarray, draw: np.random.Generator
) -> dict[str, float]:
    """The score on held-out rows and its standard error: the standard deviation over bootstrap resamples of the rows.

    Parameters
    ----------
    truth, prediction : arrays of shape (n,) or (n, classes)
        As ``pipeline.metrics.score`` takes them.

    Returns
    -------
    dict
        ``score``, ``se`` and ``rows``. Resamples on which the metric is undefined are left out.
    """
    resamples = int(np.clip(MOST_ROWS_DRAWN // max(len(truth), 1), 20, RESAMPLES))
    scores = np.full(resamples, np.nan)
    for number in range(resamples):
        rows = draw.integers(0, len(truth), len(truth))
        with suppress(PodiumError):
            scores[number] = score(metric, truth[rows], prediction[rows])
    known = scores[np.isfinite(scores)]
    se = float(known.std(ddof=1)) if len(known) > 1 else 0.0
    return {"score": float(score(metric, truth, prediction)), "se": se, "rows": len(truth)}
