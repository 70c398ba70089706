"""TabPFN v2, a transformer trained once on made tables, that looks at the training rows; by the package ``tabpfn``.

Source: Hollmann et al. (2025), Accurate predictions on small data with a tabular foundation model. Its weights are
fetched from Hugging Face on first use. It takes at most 10,000 rows, 500 columns and 10 classes.
"""

from __future__ import annotations

from typing import Any

from pipeline.models import Range, Setting
from pipeline.models._refitted import Package, refitted_card


def _estimator(setting: Setting, categories: list[int]) -> Any:
    import tabpfn
    from tabpfn.constants import ModelVersion

    kind = tabpfn.TabPFNRegressor if setting.objective == "regression" else tabpfn.TabPFNClassifier
    # Its own limit of 1,000 rows on a CPU is one of patience: ours stand on the card.
    return kind.create_default_for_version(
        ModelVersion.V2,
        **setting.params,
        categorical_features_indices=categories or None,
        device=setting.device,
        ignore_pretraining_limits=True,
        random_state=setting.seed,
    )


MODEL = refitted_card(
    Package("tabpfn", "tabpfn", "tabpfn", _estimator, most={"rows": 10_000, "columns": 500, "classes": 10}),
    defaults={"n_estimators": 8, "softmax_temperature": 0.9, "average_before_softmax": False},
    space={"n_estimators": Range(4, 32, integer=True), "softmax_temperature": Range(0.6, 1.2)},
    portfolio=({}, {"softmax_temperature": 1.0}, {"average_before_softmax": True}),
    missing=True,
)
