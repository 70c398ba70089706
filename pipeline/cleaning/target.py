"""The target: labels to codes, or values, with every row of it checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline.cleaning.ledger import Ledger, examples
from pipeline.cleaning.words import as_numbers, from_decimal_commas
from pipeline.core.errors import PodiumError
from pipeline.declaration.specs import CleanSpec

Label = str | bool | int | float

_WORDS = {True: {"true", "t", "yes", "y", "1", "on"}, False: {"false", "f", "no", "n", "0", "off"}}
_WHOLE_NUMBER = r"[+-]?(?:0|[1-9]\d{0,14})"


@dataclass(frozen=True)
class Target:
    """The training target.

    Parameters
    ----------
    values : int64 codes or float64 values, of shape (n,)
        By training row, in the file's order.
    classes : list of labels
        In the order of their codes, a binary target's positive one last; empty for a regression.
    """

    values: np.ndarray
    classes: list[Label]

    @property
    def labels(self) -> np.ndarray:
        """What the file says: the labels themselves, or the values."""
        return np.array(self.classes, dtype=object)[self.values] if self.classes else self.values


def read_target(spec: CleanSpec, raw: pd.Series, ledger: Ledger) -> Target:
    """The target as numbers.

    Parameters
    ----------
    raw : Series of shape (n,)
        The target's column as the training file has it.

    Raises
    ------
    PodiumError
        Where a value is missing, infinite, not a number, or out of the target transform's range; where the number of
        classes does not fit the task, or ``columns.positive`` is no label.
    """
    words = _words(spec, raw, ledger)
    _refuse(spec, words.isna(), "must have a value in every training row", "missing")
    if spec.task == "regression":
        return Target(_values(spec, words), [])
    labels = _labels(words)
    classes = _classes(spec, sorted(set(labels.tolist())))
    codes = pd.Categorical(labels, categories=classes).codes.astype(np.int64)
    for code, count in enumerate(np.bincount(codes, minlength=len(classes))):
        ledger.enter("classes", label=str(classes[code]), rows=int(count))
    return Target(codes, classes)


def _words(spec: CleanSpec, raw: pd.Series, ledger: Ledger) -> pd.Series:
    if not pd.api.types.is_string_dtype(raw):
        return raw
    words = raw.str.strip()
    unknown = ["", *spec.clean.unknown]
    unknown = [word for word in unknown if word != "None" or spec.task == "regression"]
    if spec.task != "regression" and "None" in spec.clean.unknown and (words == "None").any():
        ledger.note(f"target {spec.columns.target}: 'None' is taken as a label, not as an unknown value")
    return words.mask(words.isin(unknown))


def _refuse(spec: CleanSpec, bad: pd.Series, allowed: str, what: str, step: str = "") -> None:
    rows = np.flatnonzero(bad.to_numpy())
    if len(rows):
        shown = examples([int(row) + 1 for row in rows])
        raise PodiumError(
            spec.competition,
            f"target {spec.columns.target}",
            allowed,
            got=f"{len(rows)} {what}, in data row{'s' if len(rows) > 1 else ''} {shown}",
            where=spec.files.train,
            step=step or "Mend the file; if the word is a label, take it out of clean.unknown",
        )


def _values(spec: CleanSpec, words: pd.Series) -> np.ndarray:
    parsed = as_numbers(words) if isinstance(words.dtype, pd.StringDtype) else words
    parsed = from_decimal_commas(words) if parsed is None else parsed
    numbers = (pd.to_numeric(words, errors="coerce") if parsed is None else parsed).astype(np.float64)
    wrong = words[numbers.isna()]
    step = f"Text such as {examples(wrong.unique().tolist())} asks for a classification metric" if len(wrong) else ""
    _refuse(spec, numbers.isna(), "must be a number for a regression", "that are text", step)
    _refuse(spec, numbers.abs() == np.inf, "must be finite", "infinite", "Mend the file")
    metric = "Mend the file, or choose a metric that allows such values"
    if spec.transform == "log1p":
        _refuse(spec, numbers <= -1, "must be above -1 for this metric (it is trained on log1p)", "at or below", metric)
    if spec.transform == "log":
        _refuse(
            spec, numbers < 0, "must be 0 or more for this metric (it is trained on the logarithm)", "below", metric
        )
    if numbers.nunique() < 2:
        raise PodiumError(
            spec.competition, f"target {spec.columns.target}", "must vary", got=f"{numbers.iloc[0]:g} alone"
        )
    values: np.ndarray = numbers.to_numpy()
    return values


def _labels(words: pd.Series) -> np.ndarray:
    """Labels of one type: whole numbers, numbers, ``True`` and ``False``, or texts."""
    distinct = pd.Series(words.unique())
    if pd.api.types.is_bool_dtype(words):
        return words.astype(object).to_numpy()
    if pd.api.types.is_numeric_dtype(words):
        whole = bool((distinct == distinct.round()).all())
        return words.astype(np.int64 if whole else np.float64).astype(object).to_numpy()
    if distinct.str.fullmatch(_WHOLE_NUMBER).all():
        return words.astype(np.int64).astype(object).to_numpy()
    if np.isfinite(pd.to_numeric(distinct, errors="coerce").astype(np.float64)).all():
        return words.astype(np.float64).astype(object).to_numpy()
    if set(distinct) <= {"True", "False"}:
        return (words == "True").astype(object).to_numpy()
    return words.astype(object).to_numpy()


def _classes(spec: CleanSpec, classes: list[Label]) -> list[Label]:
    subject = f"target {spec.columns.target}"
    if spec.task == "binary" and len(classes) != 2:
        step = "Declare task: multiclass" if len(classes) > 2 else ""
        allowed = "must have two labels for task binary"
        got = f"{len(classes)}: {examples(classes, 6)}"
        raise PodiumError(spec.competition, subject, allowed, got=got, where=spec.files.train, step=step)
    if len(classes) < 2:
        raise PodiumError(spec.competition, subject, "must have two labels or more", got=examples(classes))
    positive = spec.columns.positive
    if positive is None:
        return classes
    chosen = [label for label in classes if _same(label, positive)]
    if not chosen:
        allowed = f"must be one of the labels {examples(classes)}"
        raise PodiumError(spec.competition, "columns.positive", allowed, got=repr(positive))
    return [label for label in classes if label not in chosen] + chosen[:1]


def _same(label: Any, declared: Any) -> bool:
    """Whether a declared label means this one; YAML reads a bare ``yes`` as true, so words of truth match booleans."""
    if isinstance(declared, bool) and not isinstance(label, bool):
        return str(label).lower() in _WORDS[declared]
    return label == declared or str(label) == str(declared)
