"""The task and the metric, guessed from the target's values and the sample submission's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PodiumError, nearest
from pipeline.declaration.metric import METRICS, Task
from pipeline.scaffold.guess import Guess, Look, listed, look_at, numbers_of, words_of
from pipeline.scaffold.keys import MOST_CLASSES, Keys
from pipeline.scaffold.read import Raw

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MOST_NUMBER_CLASSES = 20
ROWS_PER_CLASS = 5
SKEWED_ABOVE = 1.5
LEAST_VALUES = 8
POSITIVE_WORDS = ("yes", "y", "true", "t", "1", "positive", "pos", "malignant", "churned", "fraud", ">50k")


@dataclass(frozen=True)
class Aim:
    """What is predicted and how it is scored.

    Parameters
    ----------
    task : guess of {"binary", "multiclass", "regression"}
        What the target is.
    metric : guess of dict
        The metric's ``name``, and its parameter where it has one.
    positive : guess of str or None
        For two labels of text: the one that counts as 1, where it is not the last in order.
    """

    task: Guess[Task]
    metric: Guess[dict[str, Any]]
    positive: Guess[str] | None = None


def find_aim(raw: Raw, keys: Keys, asked: str | None, slug: str) -> Aim:
    """Guess the task and, where none is asked for, the metric.

    Raises
    ------
    PodiumError
        Where the metric is not known, or does not fit the target.
    """
    words = words_of(raw.train[keys.target.value])
    look = look_at(words)
    if look.distinct < 2:
        raise PodiumError(slug, f"target {keys.target.value}", "must vary", got=f"{look.example!r} alone")
    sample = words_of(raw.sample[keys.submitted[0]]).dropna() if raw.sample is not None and keys.submitted else None
    task = _task(words, look, sample, keys)
    if asked is None:
        metric = _metric(task.value, words, sample, keys)
    else:
        metric = parse_metric(asked, slug)
        task = _task_for(task, metric.value["name"], look, slug, keys.target.value)
    return Aim(task, metric, _positive(words) if task.value == "binary" else None)


def parse_metric(asked: str, slug: str) -> Guess[dict[str, Any]]:
    """A metric as it is written on the command line: a name, ``f2`` or ``map@3``.

    >>> parse_metric("map@3", "toy").value
    {'name': 'map_at_k', 'k': 3}
    """
    why = "as asked for"
    if match := re.fullmatch(r"f([0-9.]+)", asked):
        return Guess({"name": "fbeta", "beta": float(match[1])}, why)
    if match := re.fullmatch(r"map@([0-9]+)", asked):
        return Guess({"name": "map_at_k", "k": int(match[1])}, why)
    if asked not in METRICS:
        step = nearest(asked, METRICS)
        raise PodiumError(slug, "--metric", "must be a known metric", got=repr(asked), step=step[:1].upper() + step[1:])
    return Guess({"name": asked}, why)


def _task(words: pd.Series, look: Look, sample: pd.Series | None, keys: Keys) -> Guess[Task]:
    labels = listed(sorted(words.dropna().unique()[:50]))
    if look.distinct == 2:
        return Guess("binary", f"the target has two values: {labels}")
    if keys.classes:
        return Guess("multiclass", f"the sample submission has a column for each label: {listed(list(keys.classes))}")
    if look.kind != "number":
        return Guess("multiclass", f"the target has {look.distinct} labels: {labels}")
    if not look.whole:
        return Guess("regression", "the target is a number with decimals")
    few = look.distinct <= MOST_NUMBER_CLASSES and look.rows >= ROWS_PER_CLASS * look.distinct
    if few and sample is not None and (look_at(sample).kind == "number" and not look_at(sample).whole):
        return Guess("regression", "the target has few whole numbers, but the sample submission shows decimals")
    if few:
        return Guess(
            "multiclass",
            f"the target has {look.distinct} whole numbers: {labels}; a metric of values makes it a regression",
        )
    return Guess("regression", f"the target has {look.distinct} different whole numbers")


def _task_for(task: Guess[Task], metric: str, look: Look, slug: str, target: str) -> Guess[Task]:
    """The guessed task, or the one that the asked metric scores where the target allows it."""
    tasks = METRICS[metric].tasks
    if task.value in tasks:
        return task
    if tasks == ("regression",) and look.kind == "number":
        return Guess("regression", f"{metric} scores values, and the target holds numbers")
    if tasks != ("regression",) and look.distinct <= MOST_CLASSES:
        kind: Task = "binary" if look.distinct == 2 else "multiclass"
        if kind in tasks:
            return Guess(kind, f"{metric} scores classes, and the target has {look.distinct} values")
    got = f"{metric}, which scores {' and '.join(tasks)}, for {target} with {look.distinct} different values"
    raise PodiumError(slug, "--metric", "must fit the target", got=got)


def _metric(task: Task, words: pd.Series, sample: pd.Series | None, keys: Keys) -> Guess[dict[str, Any]]:
    if task == "regression":
        return _value_metric(words)
    if keys.classes:
        return Guess({"name": "log_loss"}, "the sample submission has a column of probabilities for each label")
    labels = set(words.dropna().unique())
    shown = set(sample.unique()) if sample is not None else set()
    if task == "multiclass":
        return Guess({"name": "accuracy"}, "the usual one for labels")
    if shown and _as_labels(shown) <= _as_labels(labels) and (len(shown) == 2 or not are_numbers(shown)):
        return Guess({"name": "accuracy"}, f"the sample submission shows labels ({listed(sorted(shown))})")
    if shown and any("." in word and 0 < float(word) < 1 for word in shown if are_numbers({word})):
        return Guess({"name": "auc"}, f"the sample submission shows probabilities ({listed(sorted(shown), 2)})")
    return Guess({"name": "auc"}, "nothing tells the metric; this one needs no threshold")


def _value_metric(words: pd.Series) -> Guess[dict[str, Any]]:
    import numpy as np
    from scipy import stats

    values = _numbers(words)
    if len(values) < LEAST_VALUES or values.min() <= 0:
        return Guess({"name": "rmse"}, "the usual one for values")
    skewness, of_logarithm = (float(stats.skew(v)) for v in (values, np.log1p(values)))
    if skewness > SKEWED_ABOVE and abs(of_logarithm) < skewness / 2:
        lean = f"the target is positive and leans far to the right (skewness {skewness:.1f})"
        why = f"{lean}; write rmse if errors count as they are"
        return Guess({"name": "rmsle"}, why)
    return Guess({"name": "rmse"}, "the usual one for values")


def _numbers(words: pd.Series) -> np.ndarray:
    import numpy as np

    numbers = numbers_of(words.dropna())
    values = np.array([] if numbers is None else numbers, dtype=np.float64)
    return values[np.isfinite(values)]


def _positive(words: pd.Series) -> Guess[str] | None:
    """The label that counts as 1, where the words tell and it is not the last in order anyway."""
    labels = sorted(str(label) for label in words.dropna().unique())
    if are_numbers(set(labels)):
        return None
    first = labels[0].lower() in POSITIVE_WORDS and labels[1].lower() not in POSITIVE_WORDS
    return Guess(labels[0], f"by its word, against {labels[1]}") if first else None


def are_numbers(words: set[str]) -> bool:
    """Whether all of these are written as numbers."""
    return all(re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", word) for word in words)


def _as_labels(words: set[str]) -> set[str]:
    """Labels as they compare: ``1.0`` and ``1`` are one."""
    return {f"{float(word):g}" if are_numbers({word}) else word for word in words}
