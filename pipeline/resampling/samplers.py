"""Synthetic and dropped rows, through imbalanced-learn.

Sources
-------
SMOTE and SMOTENC: Chawla et al. 2002. Borderline-SMOTE: Han et al. 2005. ADASYN: He et al. 2008. SMOTE with Tomek links
or edited nearest neighbours: Batista et al. 2004. All as ``imblearn`` 0.14 has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.declaration.oversample import Oversample
from pipeline.resampling import DROPPING, Part, Resampled, grown, shrunk
from pipeline.resampling.space import Space

MOST_BYTES = 4 * 2**30


def resample(part: Part, section: Oversample) -> Resampled:
    """Make a part's synthetic rows and tell which real rows to leave out.

    Numeric columns are imputed with the part's medians and standardized while neighbours are sought, and put back
    after. ``random`` copies whole rows; the synthetic rows of all other methods have no keys and no missing numbers.

    Raises
    ------
    PodiumError
        Where the columns' kinds, the number of neighbours or the rows themselves do not suit the method.
    """
    every = np.arange(len(part.y))
    if section.method == "random_under":
        return Resampled(part.frame.iloc[:0], part.y[:0], np.setdiff1d(every, _picked(part, section)))
    wanted = grown(part.counts(), section.ratio)
    if wanted == part.counts() and section.method not in DROPPING:
        return Resampled(part.frame.iloc[:0], part.y[:0], every[:0])
    if section.method == "random":
        copies = _picked(part, section)[len(every) :]
        return Resampled(part.frame.iloc[copies], part.y[copies], every[:0])
    _check_kinds(part, section)
    _check_neighbours(part, section, wanted)
    return _by_neighbours(part, section, wanted)


def _picked(part: Part, section: Oversample) -> np.ndarray:
    """Positions of the rows that a random sampler ends with; only positions go through it, so any column will do."""
    from imblearn.over_sampling import RandomOverSampler
    from imblearn.under_sampling import RandomUnderSampler

    over = section.method == "random"
    wanted = (grown if over else shrunk)(part.counts(), section.ratio)
    sampler = (RandomOverSampler if over else RandomUnderSampler)(sampling_strategy=wanted, random_state=part.seed)
    sampler.fit_resample(np.arange(len(part.y))[:, np.newaxis], part.y)
    return np.asarray(sampler.sample_indices_)


def _by_neighbours(part: Part, section: Oversample, wanted: Mapping[int, int]) -> Resampled:
    space = Space.fit(part)
    X = space.array(wanted)
    if section.method == "smotenc":
        _check_memory(part, section, X, wanted)
    sampler = _sampler(part, section, wanted)
    try:
        X, y = sampler.fit_resample(X, part.y)
    except (ValueError, RuntimeError) as error:
        said = " ".join(str(error).split()).rstrip(".")
        step = "Use method smote or random, or a lower oversample.ratio"
        raise part.refused("method", "must suit the rows", f"{section.method}, which says: {said}", step) from error
    cleaner = getattr(sampler, "tomek_", None) or getattr(sampler, "enn_", None)
    origin = np.arange(len(y)) if cleaner is None else np.asarray(cleaner.sample_indices_)
    made = origin >= len(part.y)
    _check_made(part, section, wanted, y)
    return Resampled(space.rows(X[made]), y[made], np.setdiff1d(np.arange(len(part.y)), origin))


def _sampler(part: Part, section: Oversample, wanted: Mapping[int, int]) -> Any:
    from imblearn import combine, over_sampling

    about = {"sampling_strategy": dict(wanted), "random_state": part.seed}
    neighbours = section.neighbours
    if section.method == "smotenc":
        numeric = len(part.named("numeric"))
        codes = list(range(numeric, numeric + len(part.named("categorical"))))
        return over_sampling.SMOTENC(codes, k_neighbors=neighbours, **about)
    if section.method == "borderline_smote":
        return over_sampling.BorderlineSMOTE(k_neighbors=neighbours, m_neighbors=2 * neighbours, **about)
    if section.method == "adasyn":
        return over_sampling.ADASYN(n_neighbors=neighbours, **about)
    smote = over_sampling.SMOTE(k_neighbors=neighbours, **about)
    combined = {"smote_tomek": combine.SMOTETomek, "smote_enn": combine.SMOTEENN}.get(section.method)
    return combined(smote=smote, **about) if combined else smote


def _check_kinds(part: Part, section: Oversample) -> None:
    categorical, method = part.named("categorical"), section.method
    if method != "smotenc" and categorical:
        shown = ", ".join(categorical[:3]) + (f" and {len(categorical) - 3} more" if len(categorical) > 3 else "")
        allowed = f"must be smotenc or random, because there are categorical columns ({shown})"
        raise part.refused("method", allowed, method, "Write method: smotenc")
    if method == "smotenc" and not categorical:
        raise part.refused(
            "method", "must not be smotenc, because no column is categorical", step="Write method: smote"
        )
    if not part.named("numeric"):
        allowed = "must be random or class_weight, because no column is numeric"
        raise part.refused("method", allowed, method, "Write method: random")


def _check_neighbours(part: Part, section: Oversample, wanted: Mapping[int, int]) -> None:
    for code, count in part.counts().items():
        if wanted[code] == count or count > section.neighbours:
            continue
        whose = f"because class {part.labels[code]!r} has {count} {'row' if count == 1 else 'rows'} to learn from"
        if count == 1:
            raise part.refused("method", f"must be random or class_weight, {whose}", section.method)
        raise part.refused("neighbours", f"must be at most {count - 1}, {whose}", str(section.neighbours), "Lower it")


def _check_memory(part: Part, section: Oversample, X: np.ndarray, wanted: Mapping[int, int]) -> None:
    """Refuse a SMOTENC whose table of neighbours (made rows x neighbours x one-hot columns) would not fit."""
    numeric = len(part.named("numeric"))
    width = numeric + sum(len(np.unique(column)) for column in X[:, numeric:].T)
    made = max(wanted[code] - count for code, count in part.counts().items())
    size = made * section.neighbours * width * X.itemsize
    if size > MOST_BYTES:
        raise part.refused(
            "method",
            f"must need less than {MOST_BYTES / 2**30:.0f} GiB",
            f"smotenc, which needs {size / 2**30:.0f} GiB for {made} rows of {width} one-hot columns",
            "Lower oversample.ratio, list columns of many levels under features.keys, or write method: random",
        )


def _check_made(part: Part, section: Oversample, wanted: Mapping[int, int], y: np.ndarray) -> None:
    """Refuse a sampler that left a class as it was, or took it away: it would pass for a balanced one."""
    for code, count in part.counts().items():
        left, label = int((y == code).sum()), repr(part.labels[code])
        if left == 0:
            allowed, got = f"must leave rows of class {label}", f"{section.method}, which drops all {count}"
            raise part.refused("method", allowed, got, "Use method smote")
        if wanted[code] > count and left == count and section.method in ("borderline_smote", "adasyn"):
            allowed = f"must make rows of class {label}"
            got = f"{section.method}, which finds none of its {count} rows on a border with other classes"
            raise part.refused("method", allowed, got, "Use method smote")
