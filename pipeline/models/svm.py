"""Least-squares support vector machine: kernel ridge regression of values, and of classes as -1 and 1.

Up to ``exact_rows`` rows the radial kernel is taken whole; beyond, it is Nyström's, over ``components`` rows drawn
from at most ``max_rows``. Of the strength ``C`` and the ``width`` (the kernel's exponent, as a multiple of one over
twice the median squared distance), what is null is chosen by the loss of each of up to 800 real rows left out, which a
kernel's inverse gives at once; Nyström's strength by that of each of its rows, where none is synthetic. The decisions
of rows left out also teach a logistic regression what probability a decision means.

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
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

_STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_STRONGER = (100.0, 300.0)  # for Nyström's many rows
_WIDTHS = (0.1, 0.3, 1.0)
_JUDGED_ROWS, _MEDIAN_ROWS = 800, 500
_BATCH = 5_000
_LEAST_WEIGHT = 1e-6  # of a row that does not count
_LEAST_REST = 1e-6  # of a row's own part in its decision: a row that alone fixes a column has none left


@dataclass
class Machine:
    """What is fitted, as numbers that can be stored.

    ``parts`` holds ``support`` (rows, columns) and its ``coefficients`` (rows, outputs), ``gamma``, ``mean`` and
    ``scale`` of a value's target, the classes seen, whether the kernel is ``whole``, and of classes ``top``,
    scikit-learn's logistic regression on the decisions.
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
    losses: dict[tuple[float, float], float] = {}
    for width in widths:
        found = _losses(_kernel(X, X, width * _gamma(X, setting.seed)), target, strengths)
        losses |= {(strength, width): loss for strength, loss in zip(strengths, found, strict=True)}
    return min(losses, key=lambda pair: losses[pair])


def _losses(kernel: np.ndarray, target: Target, strengths: Sequence[float]) -> list[float]:
    """By strength, the loss on rows left out: what ``_left_out`` says, for one decomposition of them all."""
    import numpy as np

    root = np.sqrt(np.maximum(target.weight, _LEAST_WEIGHT))
    spread_by_axis, axes = np.linalg.eigh(kernel * root[:, None] * root)
    found, moments = [], axes.T @ (root[:, None] * target.says)
    for strength in strengths:
        shares = 1 / (np.maximum(spread_by_axis, 0.0) + 1 / strength)
        missed = (axes @ (shares[:, None] * moments)) / (root * (axes**2 @ shares))[:, None]
        found.append(float(((missed**2).sum(axis=1) * target.weight).mean()))
    return found


def _kernel(X: np.ndarray, support: np.ndarray, gamma: float) -> np.ndarray:
    """The radial kernel plus 1, which lets the decision have a constant: float64 of shape (rows, support)."""
    import numpy as np
    from sklearn.metrics.pairwise import rbf_kernel

    return rbf_kernel(X.astype(np.float64), support.astype(np.float64), gamma=gamma) + 1.0


def _left_out(kernel: np.ndarray, target: Target, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """The coefficients, and each row's decision by the machine that has all rows but it; both of shape (n, outputs)."""
    import numpy as np
    from scipy.linalg import cho_factor, cho_solve

    ridge = kernel + np.diag(1 / (strength * np.maximum(target.weight, _LEAST_WEIGHT)))
    inverse = cho_solve(cho_factor(ridge, lower=True), np.eye(len(ridge)))
    coefficients = inverse @ target.says
    return coefficients, target.says - coefficients / np.diag(inverse)[:, None]


def _fit_whole(parts: dict[str, Any], X: np.ndarray, target: Target) -> None:
    coefficients, decisions = _left_out(_kernel(X, X, parts["gamma"]), target, parts["C"])
    parts |= {"support": X, "coefficients": coefficients, "whole": True, "top": _meaning(parts, decisions, target)}


def _meaning(parts: dict[str, Any], decisions: np.ndarray, target: Target) -> Any:
    """What probability a decision means, learnt from those on rows left out; None of values."""
    from sklearn.linear_model import LogisticRegression

    if not parts["classes"]:
        return None
    return LogisticRegression(max_iter=1000).fit(decisions, _codes(target), sample_weight=target.weight)


def _codes(target: Target) -> np.ndarray:
    """Which of the classes seen each row has."""
    import numpy as np

    says = target.says
    return says.argmax(axis=1) if says.shape[1] > 1 else (says[:, 0] > 0).astype(np.int64)


def _fit_nystroem(parts: dict[str, Any], X: np.ndarray, rows: Rows, setting: Setting) -> None:
    """A basis of drawn rows that makes the kernel a product of columns, and a ridge regression on these."""
    import numpy as np

    drawn = np.sort(np.random.default_rng(setting.seed).permutation(len(X))[: setting.params["components"]])
    support, target = X[drawn], _target(parts, rows)
    values, vectors = np.linalg.eigh(_kernel(support, support, parts["gamma"]))
    kept = values > values[-1] * 1e-10
    basis = vectors[:, kept] / np.sqrt(values[kept])
    columns = _times(_kernel(X, support, parts["gamma"]), basis)
    free = setting.params["C"] is None and not rows.made
    strength, coefficients, decisions = _ridge(columns, target, _STRENGTHS + _STRONGER if free else (parts["C"],))
    parts |= {"support": support, "coefficients": basis @ coefficients, "whole": False, "C": strength}
    parts["top"] = _meaning(parts, decisions, target)


def _ridge(columns: np.ndarray, target: Target, strengths: Sequence[float]) -> tuple[float, np.ndarray, np.ndarray]:
    """Of several ridge regressions the one of least loss on rows left out, each of them in turn.

    The columns are turned to the principal axes of their products: there every strength is a division, and the part of
    a row in its own decision, which tells the decision without it, a product.

    Parameters
    ----------
    columns : float64 array of shape (n, r)
        Overwritten.
    strengths : sequence of float
        One over each penalty.

    Returns
    -------
    The strength; the coefficients, of shape (r, outputs); each row's decision without it, of shape (n, outputs).
    """
    import numpy as np

    each = target.weight[:, None]
    starts = range(0, len(columns), _BATCH)
    products = sum(columns[i : i + _BATCH].T @ (columns[i : i + _BATCH] * each[i : i + _BATCH]) for i in starts)
    spread_by_axis, axes = np.linalg.eigh(products)
    turned = _times(columns, axes)
    shares = 1 / (np.maximum(spread_by_axis, 0.0)[:, None] + 1 / np.asarray(strengths))
    own = each * np.concatenate([turned[i : i + _BATCH] ** 2 @ shares for i in starts])
    rest = np.maximum(1 - own, _LEAST_REST)
    moments = turned.T @ (each * target.says)

    def regression(place: int) -> tuple[np.ndarray, np.ndarray]:
        """The coefficients on the turned columns, and by how much each row is missed without it."""
        coefficients = shares[:, place, None] * moments
        return coefficients, (target.says - turned @ coefficients) / rest[:, place, None]

    losses = [float((regression(place)[1] ** 2 * each).sum()) for place in range(len(strengths))]
    best = int(np.argmin(losses))
    coefficients, missed = regression(best)
    return strengths[best], axes @ coefficients, target.says - missed


def _times(columns: np.ndarray, by: np.ndarray) -> np.ndarray:
    """The product with a matrix that is no wider, written over the columns: a large one is not held twice."""
    product = columns[:, : by.shape[1]]
    for start in range(0, len(columns), _BATCH):
        product[start : start + _BATCH] = columns[start : start + _BATCH] @ by
    return product


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
    decisions = kernel @ parts["coefficients"]
    return parts["top"].predict_proba(decisions) if parts["classes"] else decisions[:, 0]


def _describe(model: Machine) -> dict[str, Any]:
    """The settings that were chosen, how many rows the kernel is over, and whether it is whole."""
    parts = model.parts
    chosen = {"C": float(parts["C"]), "width": float(parts["width"])}
    return {**chosen, "support_rows": len(parts["support"]), "whole_kernel": parts["whole"], "device": "cpu"}


MODEL = Model(
    build=lambda setting: Machine(setting),
    defaults={"C": None, "width": None, "exact_rows": 3_000, "components": 1_000, "max_rows": 50_000},
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
