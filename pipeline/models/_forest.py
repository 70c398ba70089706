"""What random forests and extra trees have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.models import Model, Range, Rows, Setting, Wants, fit_plainly, for_classes
from pipeline.models._columns import shares
from pipeline.models._skops import restore_by_skops, save_by_skops

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np

SPACE = {
    "min_samples_leaf": Range(1, 100, log=True, integer=True, per_row=0.02),
    "max_features": Range(0.05, 1.0, least_columns=1),
    "max_depth": Range(4, 32, integer=True),
}
PORTFOLIO: tuple[dict[str, Any], ...] = (
    {},
    {"max_features": 0.7, "min_samples_leaf": 5},
    {"max_features": 0.15, "min_samples_leaf": 1},
    {"max_features": 0.9, "min_samples_leaf": 3, "max_depth": 8},
)
ALSO = ("criterion", "min_samples_split", "ccp_alpha")


def forest(classifier: str, regressor: str, defaults: Mapping[str, Any], wants: Wants) -> Model:
    """The card of one kind of forest.

    Parameters
    ----------
    classifier, regressor : str
        The classes' names in ``sklearn.ensemble``.
    defaults : mapping
        scikit-learn's own parameters, and two of ours. ``max_features``: null means the square root of the columns for
        classes and two fifths of them for values. ``bag_rows``: the most rows that one tree is grown from, which
        bounds a stored forest's size on large tables.
    wants : Wants
        What it eats.
    """

    def build(setting: Setting) -> Any:
        import sklearn.ensemble

        params = dict(setting.params)
        bag_rows = params.pop("bag_rows")
        if params["max_features"] is None:
            params["max_features"] = 0.4 if setting.objective == "regression" else "sqrt"
        kind = regressor if setting.objective == "regression" else classifier
        estimator = getattr(sklearn.ensemble, kind)(**params, n_jobs=setting.threads, random_state=setting.seed)
        estimator.bag_rows_ = bag_rows
        return for_classes(estimator, setting)

    return Model(
        build=build,
        defaults=defaults,
        space=SPACE,
        portfolio=PORTFOLIO,
        wants=wants,
        libraries=("scikit-learn",),
        words=("max_features",),
        also=ALSO,
        code=("models/_forest.py",),
        fit=_fit,
        save=_save,
        restore=_restore,
        importance=lambda estimator, columns: shares(columns, estimator.feature_importances_),
        describe=lambda estimator: {"trees": len(estimator.estimators_), "device": "cpu"},
    )


def _fit(estimator: Any, training: Rows, stopping: Rows | None) -> None:
    if len(training.y) > estimator.bag_rows_:
        estimator.set_params(bootstrap=True, max_samples=estimator.bag_rows_)
    fit_plainly(estimator, training, stopping)
    estimator.n_jobs = 1  # threads would add the trees' votes up in the order in which they end


def _save(estimator: Any, path: Path) -> None:
    save_by_skops(parts_of(estimator, type(estimator).__name__), path)


def _restore(path: Path) -> Any:
    return from_parts(restore_by_skops(path))


def parts_of(estimator: Any, kind: str) -> dict[str, Any]:
    """A forest as one table of nodes, which is stored some twenty times faster than tree by tree.

    Parameters
    ----------
    estimator : object
        Fitted, with ``told_classes_``.
    kind : str
        The class in ``sklearn.ensemble`` that predicts as it does.
    """
    import numpy as np

    states = [tree.tree_.__getstate__() for tree in estimator.estimators_]
    counts = np.array([len(state["nodes"]) for state in states])
    nodes = np.zeros(counts.sum(), dtype=states[0]["nodes"].dtype)  # zeros between the fields, too
    for name in nodes.dtype.names:
        nodes[name] = np.concatenate([state["nodes"][name] for state in states])
    return {
        "kind": kind,
        "tree": type(estimator.estimators_[0]).__name__,
        "columns": estimator.n_features_in_,
        "classes": estimator.told_classes_,
        "seen": getattr(estimator, "classes_", np.empty(0)),
        "depths": np.array([state["max_depth"] for state in states]),
        "counts": counts,
        "nodes": nodes,
        "values": np.concatenate([state["values"] for state in states]),
    }


def from_parts(parts: Mapping[str, Any]) -> Any:
    """The forest that ``parts_of`` took apart, as far as predicting needs it."""
    import numpy as np
    import sklearn.ensemble

    estimator = getattr(sklearn.ensemble, parts["kind"])(n_estimators=len(parts["counts"]))
    _know_columns(estimator, parts["columns"], parts["seen"])
    estimator.told_classes_ = parts["classes"]
    cuts = np.cumsum(parts["counts"])[:-1]
    each = zip(parts["depths"], np.split(parts["nodes"], cuts), np.split(parts["values"], cuts), strict=True)
    estimator.estimators_ = [_tree(parts, *state) for state in each]
    return estimator


def _tree(parts: Mapping[str, Any], depth: int, nodes: np.ndarray, values: np.ndarray) -> Any:
    """One tree of a stored forest, as far as predicting needs it."""
    import numpy as np
    import sklearn.tree
    from sklearn.tree._tree import Tree

    tree = getattr(sklearn.tree, parts["tree"])()
    _know_columns(tree, parts["columns"], np.arange(len(parts["seen"])))
    tree.tree_ = Tree(parts["columns"], np.array([values.shape[2]], dtype=np.intp), 1)
    tree.tree_.__setstate__({"max_depth": int(depth), "node_count": len(nodes), "nodes": nodes, "values": values})
    return tree


def _know_columns(estimator: Any, columns: int, seen: np.ndarray) -> None:
    """What scikit-learn sets on whatever it fits to these columns and classes."""
    estimator.n_features_in_, estimator.n_outputs_ = columns, 1
    if len(seen):
        estimator.classes_, estimator.n_classes_ = seen, len(seen)
