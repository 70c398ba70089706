"""Slices: how the ensemble scores where a column has one level, and which way it errs there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

import numpy as np
import pandas as pd

from pipeline.core.errors import PodiumError
from pipeline.evaluation.labels import decided_labels
from pipeline.evaluation.residuals import on_scale
from pipeline.evaluation.scored import ENSEMBLE, Scored
from pipeline.metrics import score

PARTS, LEVELS = 5, 7
OTHERS, MISSING = "all others", "missing"


def slice_table(scored: Scored, columns: Mapping[str, pd.Series]) -> pd.DataFrame:
    """The ensemble's score by level of each column.

    Parameters
    ----------
    scored : Scored
    columns : mapping of str to Series of length n
        Values by the training rows' positions: numbers are cut into fifths, dates and categories as ``levels_of`` does.

    Returns
    -------
    DataFrame
        ``column``, ``position``, ``level``, ``rows``, ``score`` (the mean over the folds that it is defined in; NaN
        where there is none), ``se`` (NaN of fewer than two), ``folds``; for a regression also ``bias``, the mean
        residual on the metric's scale, and ``bias_se``.
    """
    rows = scored.rows(ENSEMBLE)
    prediction, residual = _prediction(scored, rows), _residual(scored, rows)
    lines = []
    for name, values in columns.items():
        codes, levels = levels_of(values.iloc[rows])
        for position, level in enumerate(levels):
            inside = codes == position
            own = _scores(scored, rows[inside], prediction[inside])
            line = {"column": name, "position": position, "level": level, "rows": int(inside.sum())}
            line |= {"score": float(np.mean(own)) if own else np.nan, "se": _se(own), "folds": len(own)}
            if residual is not None:
                told = residual[inside]
                told = told[~np.isnan(told)]  # of a level that the metric leaves out whole, such as RMSPE's zeros, none
                line |= {"bias": float(told.mean()) if len(told) else np.nan, "bias_se": _se(told)}
            lines.append(line)
    names = ["column", "position", "level", "rows", "score", "se", "folds"]
    names += ["bias", "bias_se"] if residual is not None else []
    return pd.DataFrame(lines, columns=names).astype({"column": "str", "level": "str", "score": "float64"})


def levels_of(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Each row's level and the levels' names: fifths of numbers and dates, or the most frequent categories.

    Numbers of few different values keep each; what is missing has a level of its own, which comes last.

    >>> levels_of(pd.Series(["a", "b", None, "a"]))[1]
    ['a', 'b', 'missing']
    """
    missing = values.isna().to_numpy()
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if numeric or _is_date(values):
        codes, names = _fifths(values, missing)
    else:
        counts = values.astype("str").value_counts()
        names = [str(name) for name in counts.index[:LEVELS]]
        codes = pd.Index(names).get_indexer(pd.Index(values.astype("str")))
        names += [OTHERS] if len(counts) > LEVELS else []
        codes = np.where(codes < 0, len(counts.index[:LEVELS]), codes)
    if missing.any():
        codes, names = np.where(missing, len(names), codes), [*names, MISSING]
    return codes, names


def _is_date(values: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(values)


def _fifths(values: pd.Series, missing: np.ndarray) -> tuple[np.ndarray, list[str]]:
    known = values[~missing]
    if known.nunique() <= LEVELS:
        levels = sorted(known.unique())
        return pd.Index(levels).get_indexer(pd.Index(values)), [_written(level) for level in levels]
    numbers = values.astype("int64" if _is_date(values) else "float64").to_numpy()
    inner = np.unique(np.quantile(numbers[~missing], np.arange(1, PARTS) / PARTS, method="inverted_cdf"))
    codes = np.searchsorted(inner, numbers, side="left")
    present, codes = np.unique(np.where(missing, -1, codes), return_inverse=True)
    ends = [known[codes[~missing] == place] for place in range(len(present)) if present[place] >= 0]
    shift = int(missing.any())
    if shift:
        ends = [known[codes[~missing] == place] for place in range(1, len(present))]
    return codes - shift, [f"{_written(part.min())} to {_written(part.max())}" for part in ends]


def _written(value: object) -> str:
    if isinstance(value, float | np.floating):
        return f"{value:.4g}".replace("-", "−")
    return str(value).removesuffix(" 00:00:00")


def _prediction(scored: Scored, rows: np.ndarray) -> np.ndarray:
    if scored.metric.facts.needs == "label":
        return decided_labels(scored)[1]
    return scored.predictions[ENSEMBLE][rows]


def _residual(scored: Scored, rows: np.ndarray) -> np.ndarray | None:
    if scored.task != "regression":
        return None
    transform = scored.metric.facts.transform
    actual, predicted = scored.target[rows].astype(np.float64), scored.predictions[ENSEMBLE][rows]
    return on_scale(actual, transform) - on_scale(predicted, transform)


def _scores(scored: Scored, rows: np.ndarray, prediction: np.ndarray) -> list[float]:
    found, outer = [], scored.outer[rows]
    for fold in np.unique(outer):
        inside = outer == fold
        with suppress(PodiumError):
            truth = scored.target[rows][inside]
            found.append(score(scored.metric, truth, prediction[inside], classes=len(scored.classes) or None))
    return found


def _se(values: Sequence[float] | np.ndarray) -> float:
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    return float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else float("nan")
