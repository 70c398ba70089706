"""The zoo: one file per model, and the file's name is the model's name.

A file exposes ``MODEL = Model(...)``. Nothing here imports a model: ``load("xgboost")`` imports
``pipeline.models.xgboost``, and that imports its library only inside ``build``, ``fit``, ``save`` and ``restore``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipeline.core.errors import PodiumError, nearest
from pipeline.models._columns import matrix, spread
from pipeline.models._skops import restore_by_skops, save_by_skops

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from pipeline.declaration.metric import Metric

Objective = Literal["binary", "multiclass", "regression"]


@dataclass(frozen=True)
class Wants:
    """What a model can eat; ``preprocess`` serves exactly that.

    Parameters
    ----------
    scale : {"none", "standard", "quantile"}
        How numeric columns are scaled.
    missing : bool
        Whether NaN may stand in numeric columns. Where not, they are imputed.
    categories : {"native", "codes", "onehot", "target"}
        ``native``: pandas' category type, missing allowed. ``codes``: integers from 0, with the
        largest code for missing and unseen levels, in category type.
        ``onehot``: float32 0/1 columns. ``target``: in-fold target statistics.
    keys : bool
        Whether keys are categories for it, and target statistics none of its columns: it learns from ids themselves.
    """

    scale: Literal["none", "standard", "quantile"] = "none"
    missing: bool = False
    categories: Literal["native", "codes", "onehot", "target"] = "onehot"
    keys: bool = False


@dataclass(frozen=True)
class Range:
    """A range that Optuna searches: numbers from ``low`` to ``high``, or one of ``choices``.

    ``per_row``: the upper end is at most so much a training row, as for leaves, of which few rows bear few.
    ``least_columns``: the lower end, a share of the columns, is at least that of so many of them.
    """

    low: float | None = None
    high: float | None = None
    log: bool = False
    integer: bool = False
    choices: tuple[Any, ...] = ()
    per_row: float | None = None
    least_columns: int | None = None


@dataclass(frozen=True)
class Setting:
    """What a model is built for.

    Parameters
    ----------
    params : mapping
        The card's defaults with the declared or tuned settings over them.
    objective : {"binary", "multiclass", "regression"}
        What is fitted.
    classes : int
        The number of classes; 0 for a regression.
    seed : int
        The only source of randomness.
    threads : int
        How many threads the library may start.
    device : {"cpu", "cuda"}
        Decided before; a model that knows only the CPU ignores it.
    metric : Metric or None
        What the competition scores, for a model that can aim at it.
    transform : {"identity", "log1p", "log"}
        What a regression's target was put through.
    checkpoints : Path or None
        A folder where a long training may keep its state, to go on after a kill; emptied once the fold is finished.
    """

    params: Mapping[str, Any]
    objective: Objective
    classes: int
    seed: int
    threads: int = 1
    device: str = "cpu"
    metric: Metric | None = None
    transform: str = "identity"
    checkpoints: Path | None = None


@dataclass(frozen=True)
class Rows:
    """Rows to fit on or to stop early on.

    Parameters
    ----------
    X : DataFrame of shape (n, columns)
        As ``preprocess`` made it for the model's ``wants``.
    y : float or int array of shape (n,)
        Class codes from 0, or the transformed target of a regression.
    weight : float array of shape (n,) or None
        Row weights.
    made : int
        How many of the last rows are synthetic: a model that searches its own settings must not validate on them.
    """

    X: pd.DataFrame
    y: np.ndarray
    weight: np.ndarray | None = None
    made: int = 0


@dataclass(frozen=True)
class Curve:
    """How a fit went, for models that grow by rounds or epochs.

    Parameters
    ----------
    measure : str
        What is measured, as the library calls it.
    values : sequence of float
        The measure on the stopping rows after the first round, the second, and so on, those past the best among them.
    """

    measure: str
    values: Sequence[float]


def for_classes(estimator: Any, setting: Setting) -> Any:
    """The estimator, told how many classes there are: an inner split of few rows may hold fewer."""
    estimator.told_classes_ = setting.classes
    return estimator


def fit_plainly(estimator: Any, training: Rows, stopping: Rows | None) -> None:
    """Fit a scikit-learn estimator that does not stop early, on a float32 matrix."""
    estimator.fit(matrix(training.X), training.y, sample_weight=training.weight)


def predict_plainly(estimator: Any, X: pd.DataFrame) -> np.ndarray:
    """Predictions of a scikit-learn estimator: ``(n,)`` values, or ``(n, classes)`` probabilities where it has them."""
    if not hasattr(estimator, "predict_proba"):
        return estimator.predict(matrix(X))
    classes = getattr(estimator, "told_classes_", len(estimator.classes_))
    return spread(estimator.predict_proba(matrix(X)), estimator.classes_, classes)


def no_importance(estimator: Any, columns: list[str]) -> Mapping[str, float]:
    """For models that cannot say which columns they use."""
    return {}


def no_curve(estimator: Any) -> Curve | None:
    """For models without rounds, and those whose library does not look at stopping rows."""
    return None


@dataclass(frozen=True)
class Model:
    """A model's card: how it is built and fitted, what it eats, where it is searched.

    Parameters
    ----------
    build : callable
        ``build(setting) -> estimator``, unfitted; imports the library.
    defaults : mapping
        The settings a specialist would start from. A declared setting must be a key of it or of ``also``.
    space : mapping of str to Range
        What ``tune`` searches.
    portfolio : tuple of mapping
        A few good and different settings, as changes to the defaults, in the order in which they are worth training;
        the defaults themselves, no change, come first.
    wants : Wants
        What it eats.
    share : float
        Its weight where a run's budget is shared among the models: more for a family that uses time well. Without a
        budget models are trained in the order of it, and in the declared one where it is the same.
    start : float or None
        Seconds of a run that go by before and after any of its fits, where importing its library makes them more than
        other models'.
    by_class : bool
        Whether its time grows with the number of classes, as that of boosted trees does: a tree a class in each round.
    objectives : tuple of str
        What it can be fitted for.
    libraries : tuple of str
        Distributions whose versions are recorded.
    stops_early : bool
        Whether ``fit`` uses the stopping rows; then ``fit`` gets an inner split of the fold's training rows, unless
        ``early_stopping_rounds: null`` is declared: then all rounds are fitted, on all the training rows.
    oversample : bool
        Whether it eats synthetic rows by default, once ``oversample.method`` is declared.
    weighted : bool
        Whether it takes row weights.
    side_by_side : bool
        Whether several fits may run in threads of one process with the same result; else they run in several.
    also : tuple of str
        Further settings that may be declared.
    words : tuple of str
        Settings that may be a word though the default is a number or null, such as a forest's ``max_features: sqrt``.
    code : tuple of str
        Files and folders under ``pipeline/`` that hold more of the model's code, such as ``nets``.
    suffix : str
        The stored file's suffix.
    fit, predict, save, restore, importance, describe, curve : callable
        ``fit(estimator, training, stopping)``; ``predict(estimator, X)`` gives ``(n,)`` values for a regression and
        ``(n, classes)`` probabilities else; ``save(estimator, path)``; ``restore(path)`` gives something ``predict``
        takes; ``importance(estimator, columns)`` by column; ``describe(estimator)`` what is worth recording,
        such as ``{"rounds": 120, "device": "cpu"}``; ``curve(estimator)`` of one just fitted: its ``Curve``, None where
        it stopped on no rows.
    """

    build: Callable[[Setting], Any]
    defaults: Mapping[str, Any]
    space: Mapping[str, Range]
    wants: Wants
    libraries: tuple[str, ...]
    portfolio: tuple[Mapping[str, Any], ...] = ({},)
    share: float = 1.0
    start: float | None = None
    by_class: bool = False
    objectives: tuple[Objective, ...] = ("binary", "multiclass", "regression")
    stops_early: bool = False
    oversample: bool = True
    weighted: bool = True
    side_by_side: bool = True
    also: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    suffix: str = ".skops"
    fit: Callable[[Any, Rows, Rows | None], None] = fit_plainly
    predict: Callable[[Any, Any], Any] = predict_plainly
    save: Callable[[Any, Path], None] = save_by_skops
    restore: Callable[[Path], Any] = restore_by_skops
    importance: Callable[[Any, list[str]], Mapping[str, float]] = no_importance
    describe: Callable[[Any], dict[str, Any]] = field(default=lambda estimator: {})
    curve: Callable[[Any], Curve | None] = no_curve


def names() -> list[str]:
    """The known models: the files of this folder."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def load(name: str, competition: str = "") -> Model:
    """The card of one model; its library is not imported.

    Raises
    ------
    PodiumError
        Where no such model is known; it names the nearest.
    """
    if name not in names():
        raise PodiumError(competition, "models", "must name known models", got=repr(name), step=nearest(name, names()))
    model: Model = importlib.import_module(f"pipeline.models.{name}").MODEL
    return model
