"""Balanced random forest: each tree is grown from as many rows of every class as the rarest has.

The forest's votes are those of a world of even classes; they are put back on the classes' shares among the rows it was
fitted on. For classes only.

Source: Chen, Liaw, Breiman (2004), Using random forest to learn imbalanced data; imbalanced-learn's implementation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import PodiumError
from pipeline.models import Model, Range, Rows, Setting, Wants
from pipeline.models._columns import matrix, shares, spread
from pipeline.models._forest import from_parts, parts_of
from pipeline.models._skops import restore_by_skops, save_by_skops

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd


@dataclass
class Balanced:
    """The forest, and the whole weight of each class that it has seen: float64 of shape (seen,)."""

    classes: int
    forest: Any
    totals: Any = None


def _build(setting: Setting) -> Balanced:
    from imblearn.ensemble import BalancedRandomForestClassifier

    if setting.objective == "regression":
        raise PodiumError(
            "",
            "models.balanced_forest",
            "balances classes, and values are predicted here",
            step="Take random_forest or extra_trees",
        )
    return Balanced(
        setting.classes,
        BalancedRandomForestClassifier(
            **setting.params,
            sampling_strategy="all",
            replacement=True,
            bootstrap=False,
            n_jobs=setting.threads,
            random_state=setting.seed,
        ),
    )


def _fit(model: Balanced, training: Rows, stopping: Rows | None) -> None:
    import numpy as np

    weight = np.ones(len(training.y)) if training.weight is None else training.weight.astype(np.float64)
    code = np.unique(training.y, return_inverse=True)[1]
    model.totals = np.bincount(code, weight)
    even = weight * (np.bincount(code) / model.totals)[code]
    model.forest.fit(matrix(training.X), training.y, sample_weight=even)
    model.forest.n_jobs = 1  # threads would add the trees' votes up in the order in which they end


def _predict(model: Balanced, X: pd.DataFrame) -> np.ndarray:
    """Probabilities on the classes' own shares: the trees' classes are even, so a class's whole weight is put back."""
    uneven = model.forest.predict_proba(matrix(X)) * model.totals
    return spread(uneven / uneven.sum(axis=1, keepdims=True), model.forest.classes_, model.classes)


def _save(model: Balanced, path: Path) -> None:
    model.forest.told_classes_ = model.classes
    save_by_skops({**parts_of(model.forest, "RandomForestClassifier"), "totals": model.totals}, path)


def _restore(path: Path) -> Balanced:
    parts = restore_by_skops(path)
    return Balanced(parts["classes"], from_parts(parts), parts["totals"])


MODEL = Model(
    build=_build,
    defaults={
        "n_estimators": 500,
        "min_samples_leaf": 2,
        "max_features": "sqrt",
        "max_depth": None,
    },
    space={"min_samples_leaf": Range(1, 10, log=True, integer=True), "max_depth": Range(4, 32, integer=True)},
    portfolio=(
        {},
        {"min_samples_leaf": 5, "max_features": 0.5},
        {"max_depth": 8, "max_features": 0.2},
    ),
    objectives=("binary", "multiclass"),
    wants=Wants(scale="none", missing=True, categories="onehot"),
    libraries=("scikit-learn", "imbalanced-learn"),
    oversample=False,
    also=("criterion", "min_samples_split", "ccp_alpha"),
    code=("models/_forest.py",),
    fit=_fit,
    predict=_predict,
    save=_save,
    restore=_restore,
    importance=lambda model, columns: shares(columns, model.forest.feature_importances_),
    describe=lambda model: {"trees": len(model.forest.estimators_), "device": "cpu"},
)
