"""Nearest neighbours, in a metric that stretches each column by what it is worth.

A small forest of extremely randomised trees is fitted on the rows, and each column is multiplied by its importance's
power ``sharpness`` (0: all columns count the same). A row's ``n_neighbors`` nearest vote with weights that fall from 1
to 0 between the row and the next neighbour beyond them; ``prior`` further votes go to the rows' own mean. Where
``n_neighbors`` is null, it is the number of least loss when each of up to 2,000 real rows is left out. From a table
beyond ``max_rows``, a sample of so many rows is searched for neighbours. Few columns are searched by a tree, many by
brute force.

Sources: Cover, Hart (1967), Nearest neighbor pattern classification; Hechenbichler, Schliep (2004), Weighted
k-nearest-neighbor techniques and ordinal classification; Geurts, Ernst, Wehenkel (2006) for the importance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.models import Model, Range, Rows, Setting, Wants
from pipeline.models._columns import matrix, shares
from pipeline.models._rows import real, sampled
from pipeline.models._skops import restore_by_skops, save_by_skops

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

_TRIED = (5, 10, 20, 40, 80, 160)
_JUDGED_ROWS, _FOREST_ROWS = 2_000, 20_000
_TREE_COLUMNS = 12
_BATCH = 5_000


@dataclass
class Neighbours:
    """What is fitted: the rows to search, what each of them says, and the columns' worth.

    Parameters
    ----------
    X : float32 array of shape (n, columns)
        The rows in the stretched metric.
    says : float64 array of shape (n, classes) or (n, 1)
        Their classes as 0 and 1, or their values.
    weight : float64 array of shape (n,)
    worth : float64 array of shape (columns,)
        The columns' importance, of sum 1.
    stretch : float32 array of shape (columns,)
        What each column is multiplied by.
    """

    setting: Setting | None = None
    parts: dict[str, Any] = field(default_factory=dict)
    index: Any = None


def _fit(model: Neighbours, training: Rows, stopping: Rows | None) -> None:
    import numpy as np

    if model.setting is None:
        raise TypeError("a restored model is for predicting only")
    setting, params = model.setting, model.setting.params
    rows = sampled(training, params["max_rows"], setting.seed)
    worth = _worth(setting, training)
    stretch = ((worth / worth.max()) ** params["sharpness"]).astype(np.float32)
    X, says = matrix(rows.X) * stretch, _says(rows.y, setting.classes)
    weight = np.ones(len(rows.y)) if rows.weight is None else rows.weight.astype(np.float64)
    known = {"classes": setting.classes, "threads": setting.threads, "prior": float(params["prior"])}
    model.parts = {**known, "X": X, "says": says, "weight": weight, "worth": worth, "stretch": stretch}
    model.index = _index(model.parts)
    model.parts["neighbours"] = params["n_neighbors"] or _best_number(model, rows, setting.seed)


def _worth(setting: Setting, training: Rows) -> np.ndarray:
    """Each column's importance in a small forest, all the same where it finds none: float64 of shape (columns,)."""
    import numpy as np
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

    rows = sampled(training, _FOREST_ROWS, setting.seed)
    kind = ExtraTreesClassifier if setting.classes else ExtraTreesRegressor
    share = "sqrt" if setting.classes else 0.4
    forest = kind(60, min_samples_leaf=5, max_features=share, random_state=setting.seed, n_jobs=setting.threads)
    worth = forest.fit(matrix(rows.X), rows.y, sample_weight=rows.weight).feature_importances_
    return worth if worth.sum() > 0 else np.full(len(worth), 1 / len(worth))


def _says(y: np.ndarray, classes: int) -> np.ndarray:
    import numpy as np

    return np.eye(classes)[y.astype(int)] if classes else y.astype(np.float64)[:, None]


def _index(parts: dict[str, Any]) -> Any:
    from sklearn.neighbors import NearestNeighbors

    kind = "kd_tree" if parts["X"].shape[1] <= _TREE_COLUMNS else "brute"
    return NearestNeighbors(algorithm=kind, n_jobs=parts["threads"]).fit(parts["X"])


def _best_number(model: Neighbours, rows: Rows, seed: int) -> int:
    """The number of neighbours of least loss on real rows, each of them left out of its own neighbours."""
    import numpy as np

    parts = model.parts
    count = len(real(rows).y)
    drawn = np.sort(np.random.default_rng(seed).permutation(count)[:_JUDGED_ROWS])
    tried = [k for k in _TRIED if k < len(rows.y) - 1] or [1]
    distance, near = model.index.kneighbors(parts["X"][drawn], min(tried[-1] + 2, len(rows.y)))
    own = near == drawn[:, None]
    own[~own.any(axis=1), -1] = True  # copies of the row came before it
    shape = (len(drawn), near.shape[1] - 1)
    distance, near = distance[~own].reshape(shape), near[~own].reshape(shape)
    losses = [_loss(parts, _voted(parts, distance, near, k), drawn) for k in tried]
    return tried[int(np.argmin(losses))]


def _loss(parts: dict[str, Any], prediction: np.ndarray, drawn: np.ndarray) -> float:
    """The weighted log loss, or the squared error, of the drawn rows."""
    import numpy as np

    says = parts["says"][drawn]
    lost = -np.log((prediction * says).sum(axis=1)) if parts["classes"] else (prediction - says)[:, 0] ** 2
    return float(np.average(lost, weights=parts["weight"][drawn]))


def _voted(parts: dict[str, Any], distance: np.ndarray, near: np.ndarray, number: int) -> np.ndarray:
    """The vote of the nearest: float64 of shape (rows, classes) or (rows, 1).

    Parameters
    ----------
    distance, near : arrays of shape (rows, at least number)
        Distances in ascending order, and the neighbours' positions.
    """
    import numpy as np

    edge = distance[:, min(number, distance.shape[1] - 1), None]
    closeness = (1 - (distance[:, :number] / np.maximum(edge, 1e-12)) ** 3) ** 3 + 1e-3
    votes = closeness * parts["weight"][near[:, :number]]
    mean = np.average(parts["says"], axis=0, weights=parts["weight"])
    if parts["classes"]:
        mean = (mean + 1e-6) / (mean + 1e-6).sum()
    total = np.einsum("ij,ijk->ik", votes, parts["says"][near[:, :number]]) + parts["prior"] * mean
    return total / (votes.sum(axis=1, keepdims=True) + parts["prior"])


def _predict(model: Neighbours, X: pd.DataFrame) -> np.ndarray:
    import numpy as np

    parts = model.parts
    rows, number = matrix(X) * parts["stretch"], min(parts["neighbours"], len(parts["X"]))
    sought = min(number + 1, len(parts["X"]))
    batches = [rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH)]
    found = (model.index.kneighbors(batch, sought) for batch in batches)
    prediction = np.concatenate([_voted(parts, distance, near, number) for distance, near in found])
    return prediction if parts["classes"] else prediction[:, 0]


def _save(model: Neighbours, path: Path) -> None:
    save_by_skops(model.parts, path)


def _restore(path: Path) -> Neighbours:
    parts = restore_by_skops(path)
    return Neighbours(None, parts, _index(parts))


def _describe(model: Neighbours) -> dict[str, Any]:
    """The number of neighbours, and how many rows they are looked for among."""
    return {"neighbours": int(model.parts["neighbours"]), "reference_rows": len(model.parts["X"]), "device": "cpu"}


MODEL = Model(
    build=lambda setting: Neighbours(setting),
    defaults={"n_neighbors": None, "sharpness": 0.5, "prior": 0.5, "max_rows": 50_000},
    space={"sharpness": Range(0.0, 1.5), "prior": Range(0.1, 5.0, log=True)},
    portfolio=(
        {},
        {"sharpness": 1.0, "prior": 1.0},
        {"sharpness": 0.2},
    ),
    wants=Wants(scale="standard", missing=False, categories="onehot"),
    libraries=("scikit-learn",),
    oversample=False,
    code=("models/_rows.py",),
    fit=_fit,
    predict=_predict,
    save=_save,
    restore=_restore,
    importance=lambda model, columns: shares(columns, model.parts["worth"]),
    describe=_describe,
)
