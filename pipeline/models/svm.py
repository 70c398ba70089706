"""Least-squares support vector machine: kernel ridge regression of values, and of classes as -1 and 1.

Up to ``exact_rows`` rows the radial kernel is taken whole; beyond, it is Nyström's, over ``components`` rows drawn from
at most ``max_rows``, with a ridge or a logistic regression on top. Of the strength ``C`` and the ``width`` (the
kernel's exponent, as a multiple of one over twice the median squared distance), what is null is chosen by the loss of
each of up to 800 real rows left out, which a kernel's inverse gives at once. The decisions of rows left out also teach
a logistic regression what probability a decision means.

Sources: Suykens, Vandewalle (1999), Least squares support vector machine classifiers; Rifkin, Lippert (2007), Notes on
regularized least squares, for the rows left out; Williams, Seeger (2001), Using the Nyström method; Platt (1999).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.models import Model, Range, Rows, Setting, Wants
from pipeline.models._columns import matrix, spread
from pipeline.models._rows import real, sampled
from pipeline.models._skops import restore_by_skops, save_by_skops

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_WIDTHS = (0.1, 0.3, 1.0)
_JUDGED_ROWS, _MEDIAN_ROWS = 800, 500
_BATCH = 5_000
_CURVATURE = 4.0  # how much more a squared loss is curved than a logistic one: the same penalty then weighs the same


@dataclass
class Machine:
    """What is fitted, as numbers that can be stored.

    ``parts`` holds ``support`` (rows, columns), ``gamma``, ``mean`` and ``scale`` of a value's target, the classes
    seen, and either ``coefficients`` (rows, outputs) of the whole kernel or Nyström's ``basis``, with ``top``,
    scikit-learn's estimator that comes last.
    """

    setting: Setting | None = None
    parts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """A target as columns to regress on: float64 ``says`` of shape (n, outputs), and the rows' weights of mean 1."""

    says: np.ndarray
    weight: np.ndarray


def _fit(model: Machine, training: Rows, stopping: Rows | None) -> None:
    from threadpoolctl import threadpool_limits

    if model.setting is None:
        raise TypeError("a restored model is for predicting only")
    setting, params = model.setting, model.setting.params
    rows = sampled(training, params["max_rows"], setting.seed)
    with threadpool_limits(limits=setting.threads):
        strength, width = _chosen(setting, rows)
        X = matrix(rows.X)
        kernel = {"gamma": width * _gamma(X, setting.seed), "C": strength, "width": width}
        model.parts = {"classes": setting.classes, **kernel, **_scale(rows, setting)}
        if len(rows.y) <= params["exact_rows"]:
            _fit_whole(model.parts, X, _target(model.parts, rows))
        else:
            _fit_nystroem(model.parts, X, rows, setting)


def _scale(rows: Rows, setting: Setting) -> dict[str, Any]:
    """A value's weighted mean and deviation; of classes, those that the rows have."""
    import numpy as np

    if setting.classes:
        return {"seen": np.unique(rows.y).astype(int), "mean": 0.0, "scale": 1.0}
    mean = float(np.average(rows.y, weights=rows.weight))
    scale = float(np.sqrt(np.average((rows.y - mean) ** 2, weights=rows.weight))) or 1.0
    return {"seen": np.empty(0, dtype=int), "mean": mean, "scale": scale}


def _target(parts: dict[str, Any], rows: Rows) -> Target:
    """Values around 0; of two classes, -1 and 1; of more, -1 and 1 a class."""
    import numpy as np

    weight = np.ones(len(rows.y)) if rows.weight is None else rows.weight / rows.weight.mean()
    if not parts["classes"]:
        return Target(((rows.y - parts["mean"]) / parts["scale"])[:, None], weight)
    says = np.where(rows.y[:, None] == parts["seen"], 1.0, -1.0)
    return Target(says[:, 1:] if says.shape[1] == 2 else says, weight)


def _gamma(X: np.ndarray, seed: int) -> float:
    """One over twice the median squared distance between rows."""
    import numpy as np
    from sklearn.metrics.pairwise import euclidean_distances

    drawn = X[np.random.default_rng(seed).permutation(len(X))[:_MEDIAN_ROWS]]
    apart = euclidean_distances(drawn, squared=True)[np.triu_indices(len(drawn), 1)]
    return float(1 / (2 * (np.median(apart) or apart.mean() or 1.0)))


def _chosen(setting: Setting, rows: Rows) -> tuple[float, float]:
    """The strength and the width, declared or of least loss on real rows left out."""
    params = setting.params
    strengths = _STRENGTHS if params["C"] is None else (params["C"],)
    widths = _WIDTHS if params["width"] is None else (params["width"],)
    if len(strengths) * len(widths) == 1:
        return strengths[0], widths[0]
    judged = sampled(real(rows), _JUDGED_ROWS, setting.seed)
    X, target = matrix(judged.X), _target({"classes": setting.classes, **_scale(judged, setting)}, judged)
    losses = {}
    for width in widths:
        kernel = _kernel(X, X, width * _gamma(X, setting.seed))
        for strength in strengths:
            missed = (target.says - _left_out(kernel, target, strength)[1]) ** 2
            losses[strength, width] = float((missed.sum(axis=1) * target.weight).mean())
    return min(losses, key=lambda pair: losses[pair])


def _kernel(X: np.ndarray, support: np.ndarray, gamma: float) -> np.ndarray:
    """The radial kernel plus 1, which lets the decision have a constant: float64 of shape (rows, support)."""
    import numpy as np
    from sklearn.metrics.pairwise import rbf_kernel

    return rbf_kernel(X.astype(np.float64), support.astype(np.float64), gamma=gamma) + 1.0


def _left_out(kernel: np.ndarray, target: Target, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """The coefficients, and each row's decision by the machine that has all rows but it; both of shape (n, outputs)."""
    import numpy as np
    from scipy.linalg import cho_factor, cho_solve

    ridge = kernel + np.diag(1 / (strength * np.maximum(target.weight, 1e-6)))
    inverse = cho_solve(cho_factor(ridge, lower=True), np.eye(len(ridge)))
    coefficients = inverse @ target.says
    return coefficients, target.says - coefficients / np.diag(inverse)[:, None]


def _fit_whole(parts: dict[str, Any], X: np.ndarray, target: Target) -> None:
    coefficients, decisions = _left_out(_kernel(X, X, parts["gamma"]), target, parts["C"])
    parts |= {"support": X, "coefficients": coefficients, "top": None}
    if parts["classes"]:
        parts["top"] = _logistic(1.0).fit(decisions, _codes(target), sample_weight=target.weight)


def _codes(target: Target) -> np.ndarray:
    """Which of the classes seen each row has."""
    import numpy as np

    says = target.says
    return says.argmax(axis=1) if says.shape[1] > 1 else (says[:, 0] > 0).astype(np.int64)


def _logistic(strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=1000)


def _fit_nystroem(parts: dict[str, Any], X: np.ndarray, rows: Rows, setting: Setting) -> None:
    """A basis of drawn rows that makes the kernel a product of columns, and a linear model on these."""
    import numpy as np
    from sklearn.linear_model import Ridge

    drawn = np.sort(np.random.default_rng(setting.seed).permutation(len(X))[: setting.params["components"]])
    parts["support"] = X[drawn]
    values, vectors = np.linalg.eigh(_kernel(parts["support"], parts["support"], parts["gamma"]))
    kept = values > values[-1] * 1e-10
    parts["basis"] = vectors[:, kept] / np.sqrt(values[kept])
    columns, target = _kernel(X, parts["support"], parts["gamma"]) @ parts["basis"], _target(parts, rows)
    if parts["classes"]:
        strength = _CURVATURE * parts["C"]
        parts["top"] = _logistic(strength).fit(columns, _codes(target), sample_weight=target.weight)
    else:
        parts["top"] = Ridge(1 / parts["C"]).fit(columns, target.says[:, 0], sample_weight=target.weight)


def _predict(model: Machine, X: pd.DataFrame) -> np.ndarray:
    import numpy as np

    rows = matrix(X)
    prediction = np.concatenate([_one_batch(model.parts, rows[i : i + _BATCH]) for i in range(0, len(rows), _BATCH)])
    if model.parts["classes"] == 0:
        return prediction * model.parts["scale"] + model.parts["mean"]
    return spread(prediction, model.parts["seen"], model.parts["classes"])


def _one_batch(parts: dict[str, Any], rows: np.ndarray) -> np.ndarray:
    """Standardised values, or probabilities of the classes seen."""
    kernel = _kernel(rows, parts["support"], parts["gamma"])
    columns = kernel @ (parts["basis"] if "basis" in parts else parts["coefficients"])
    if parts["classes"]:
        return parts["top"].predict_proba(columns)
    return parts["top"].predict(columns) if "basis" in parts else columns[:, 0]


def _describe(model: Machine) -> dict[str, Any]:
    """The settings that were chosen, how many rows the kernel is over, and whether it is whole."""
    parts = model.parts
    chosen = {"C": float(parts["C"]), "width": float(parts["width"])}
    return {**chosen, "support_rows": len(parts["support"]), "whole_kernel": "basis" not in parts, "device": "cpu"}


MODEL = Model(
    build=lambda setting: Machine(setting),
    defaults={"C": None, "width": None, "exact_rows": 5_000, "components": 500, "max_rows": 50_000},
    space={"C": Range(0.03, 100.0, log=True), "width": Range(0.03, 3.0, log=True)},
    portfolio=(
        {},
        {"width": 0.1},
        {"width": 1.0},
    ),
    wants=Wants(scale="standard", missing=False, categories="onehot"),
    libraries=("scikit-learn", "scipy"),
    oversample=False,
    side_by_side=False,
    code=("models/_rows.py",),
    fit=_fit,
    predict=_predict,
    save=lambda model, path: save_by_skops(model.parts, path),
    restore=lambda path: Machine(None, restore_by_skops(path)),
    describe=_describe,
)
